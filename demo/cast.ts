/** Everybody who plays in a run: eight partners, the dispatch, the clerk, and the gateways between them. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { codesOf, district, type DistrictChannel } from './district.ts'
import { writeChannelFile, writeSecrets, type PartnerSecrets } from './channel-files.ts'
import { createGatewayAdmin, type GatewayAdmin } from './gateway-admin.ts'
import { startGateways, type Gateways } from './gateways.ts'
import type { DemoOptions } from './options.ts'
import type { ClerkSettings } from './peers/clerk.ts'
import type { DispatchSettings } from './peers/dispatch.ts'
import type { ForumSettings } from './peers/forum.ts'
import type { HotlineSettings } from './peers/hotline.ts'
import type { Submission } from './plan.ts'
import { startPeer, type PeerProcess } from './processes.ts'

export interface Cast {
  readonly partners: readonly PeerProcess[]
  readonly dispatch: PeerProcess
  readonly clerk: PeerProcess
  readonly gateways: Gateways
  readonly admin: GatewayAdmin
  /** Everybody's API key. */
  readonly key: string
  /** Ends when somebody died who cannot come back. */
  readonly failed: Promise<never>
  everybody(): readonly PeerProcess[]
  stop(): Promise<void>
}

export interface Stage {
  readonly folder: string
  readonly options: DemoOptions
  readonly paceMs: number
  readonly plans: ReadonlyMap<string, readonly Submission[]>
  readonly say: (text: string) => void
}

export async function assemble(stage: Stage): Promise<Cast> {
  const { folder, options, plans, say } = stage
  const folders = { channels: join(folder, 'channels'), secrets: join(folder, 'secrets') }
  const failure = Promise.withResolvers<never>()
  failure.promise.catch(() => undefined)
  const started: { stop(): Promise<unknown> }[] = []
  const stop = async () => {
    await Promise.all(started.slice(0, -1).map((one) => one.stop()))
    await started.at(-1)?.stop()
  }
  const keep = <One extends { stop(): Promise<unknown> }>(one: One): One => {
    started.push(one)
    return one
  }
  try {
    writePlans(folder, plans)
    const partners = await allStarted(
      district.map(async (channel) => {
        const secrets = writeSecrets(folders, channel.channel)
        const peer = keep(
          await startPeer({
            name: channel.channel,
            kind: channel.kind,
            folder,
            settings: settingsOf(channel, secrets, options.seed),
            onDeath: (reason) => failure.reject(new Error(reason)),
          }),
        )
        writeChannelFile(folders, channel, peer.address)
        return peer
      }),
    )
    const points = options.kill.kind === 'points' ? options.kill.points : []
    const everybody: PeerProcess[] = [...partners]
    const gateways: Gateways = await startGateways({
      folder,
      ...folders,
      many: options.gateways,
      databaseUrl: options.databaseUrl,
      killAt: points,
      onChange: (what) => {
        say(what)
        for (const peer of everybody) peer.say({ kind: 'gateways', addresses: gateways.addresses() })
      },
    })
    gateways.failed.catch((cause: unknown) => failure.reject(cause))
    // One key for all, since each is made by a command of its own.
    const key = await gateways.createKey('demo', 'dispatch,admin')
    const revived = (reason: string) => say(`${reason}; it is started again`)
    const dispatchSettings: DispatchSettings = { key, seed: options.seed, stepMs: stage.paceMs }
    const pages = district.flatMap((channel, index) =>
      channel.kind === 'forum' ? [[channel.channel, partners[index]?.address ?? ''] as const] : [],
    )
    const clerkSettings: ClerkSettings = { key, name: 'C-07', pages: Object.fromEntries(pages) }
    const dispatch = keep(
      await startPeer({
        name: 'dispatch',
        kind: 'dispatch',
        folder,
        settings: dispatchSettings,
        onDeath: revived,
      }),
    )
    const clerk = keep(
      await startPeer({ name: 'clerk', kind: 'clerk', folder, settings: clerkSettings, onDeath: revived }),
    )
    everybody.push(dispatch, clerk)
    const admin = createGatewayAdmin(key)
    keep(gateways)
    return {
      partners,
      dispatch,
      clerk,
      gateways,
      admin,
      key,
      failed: failure.promise,
      everybody: () => everybody,
      stop,
    }
  } catch (cause) {
    await stop()
    throw cause
  }
}

/** Waits for all, so that nobody starts after a failure has stopped the others. Throws the first failure. */
async function allStarted<One>(starting: readonly Promise<One>[]): Promise<One[]> {
  await Promise.allSettled(starting)
  return Promise.all(starting)
}

function writePlans(folder: string, plans: ReadonlyMap<string, readonly Submission[]>): void {
  mkdirSync(join(folder, 'plans'), { recursive: true })
  for (const [channel, plan] of plans) {
    writeFileSync(
      join(folder, 'plans', `${channel}.jsonl`),
      plan.map((submission) => `${JSON.stringify(submission)}\n`).join(''),
    )
  }
}

function settingsOf(
  channel: DistrictChannel,
  secrets: PartnerSecrets,
  seed: number,
): HotlineSettings | ForumSettings {
  if (channel.kind === 'hotline') {
    const { style, coordinates, hasOwnCategories, headerNames } = channel
    return {
      channel: channel.channel,
      seed,
      secret: secrets.push,
      callbackSecret: secrets.back,
      style,
      coordinates,
      hasOwnCategories,
      resultCodes: [...codesOf(channel).result],
      ...(headerNames && { headerNames }),
    }
  }
  return {
    channel: channel.channel,
    title: channel.name,
    format: channel.format,
    validator: channel.validator,
    seed,
    ...(channel.replies === 'api' && { replyToken: secrets.back }),
    ...(channel.isWatched && { webhookSecret: secrets.push }),
  }
}
