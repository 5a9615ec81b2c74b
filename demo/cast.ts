/** Everybody who plays in a run: the partners, the dispatch, the clerk, and the gateways between them. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeChannelFile, writeSecret, type PartnerFolders } from './channel-files.ts'
import { createGatewayAdmin, type GatewayAdmin } from './gateway-admin.ts'
import { startGateways, type Gateways } from './gateways.ts'
import type { DemoOptions } from './options.ts'
import type { Partner } from './partners/partner.ts'
import type { ClerkSettings } from './peers/clerk.ts'
import type { DispatchSettings } from './peers/dispatch.ts'
import type { Submission } from './plan.ts'
import { startPeer, type PeerProcess } from './processes.ts'
import { noServices, startServices, type Services } from './services.ts'

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
  readonly district: readonly Partner[]
  readonly paceMs: number
  readonly plans: ReadonlyMap<string, readonly Submission[]>
  readonly say: (text: string) => void
}

type Stoppable = { stop(): Promise<unknown> }

export async function assemble(stage: Stage): Promise<Cast> {
  const { folder, options, district, plans, say } = stage
  const folders = { channels: join(folder, 'channels'), secrets: join(folder, 'secrets') }
  const failure = Promise.withResolvers<never>()
  failure.promise.catch(() => undefined)
  const { keep, stop } = stopInOrder()
  try {
    const services = keep('last', options.services ? await startServices(say) : noServices)
    writePlans(folder, plans)
    const partners = await allStarted(
      district.map((partner) =>
        startPartner(partner, {
          folder,
          folders,
          seed: options.seed,
          services,
          keep: (peer) => keep('first', peer),
          onDeath: (reason) => failure.reject(new Error(reason)),
        }),
      ),
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
    keep('second', gateways)
    gateways.failed.catch((cause: unknown) => failure.reject(cause))
    // One key for all, since each is made by a command of its own.
    const key = await gateways.createKey('demo', 'dispatch,admin')
    const onDeath = (reason: string) => say(`${reason}; it is started again`)
    const startOwn = async (program: 'dispatch' | 'clerk', settings: object) =>
      keep('first', await startPeer({ name: program, program, folder, settings, onDeath, returns: true }))
    const dispatchSettings: DispatchSettings = {
      key,
      seed: options.seed,
      stepMs: stage.paceMs,
      handledUnits: district.flatMap(({ handles = [] }) => handles),
    }
    const dispatch = await startOwn('dispatch', dispatchSettings)
    const clerkSettings: ClerkSettings = {
      key,
      name: 'C-07',
      pages: addressesOf(
        district.filter(({ hasPages }) => hasPages),
        partners,
      ),
      asked: addressesOf(
        district.filter(({ isAsked }) => isAsked),
        partners,
      ),
    }
    const clerk = await startOwn('clerk', clerkSettings)
    everybody.push(dispatch, clerk)
    const admin = createGatewayAdmin(key)
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

/** Peers stop first, so that they do not wonder where the gateways are; then the gateways; then the servers below. */
function stopInOrder(): {
  keep: <One extends Stoppable>(when: 'first' | 'second' | 'last', one: One) => One
  stop: () => Promise<void>
} {
  const started = { first: [] as Stoppable[], second: [] as Stoppable[], last: [] as Stoppable[] }
  return {
    keep: (when, one) => {
      started[when].push(one)
      return one
    },
    stop: async () => {
      for (const group of [started.first, started.second, started.last])
        await Promise.all(group.map((one) => one.stop()))
    },
  }
}

async function startPartner(
  partner: Partner,
  {
    folder,
    folders,
    seed,
    services,
    keep,
    onDeath,
  }: {
    folder: string
    folders: PartnerFolders
    seed: number
    services: Services
    keep: (peer: PeerProcess) => void
    onDeath: (reason: string) => void
  },
): Promise<PeerProcess> {
  const { channel, peer: program } = partner
  const { settings, channelFile } = partner.prepare({
    seed,
    services,
    secret: (name, value) => writeSecret(folders, `${channel}-${name}`, value),
  })
  const peer = await startPeer({ name: channel, program, folder, settings, onDeath, returns: false })
  keep(peer)
  writeChannelFile(folders, partner, channelFile(peer.at))
  return peer
}

/** Where these partners listen, by channel. */
function addressesOf(some: readonly Partner[], peers: readonly PeerProcess[]): Record<string, string> {
  const channels = some.map(({ channel }) => channel)
  return Object.fromEntries(
    peers.flatMap(({ name, at }) => (channels.includes(name) ? [[name, at.address] as const] : [])),
  )
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
