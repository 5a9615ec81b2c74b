/** One run from its first process to its reconciled books. */
import { existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { assemble, type Cast } from './cast.ts'
import { districtWith } from './district.ts'
import type { Partner } from './partners/partner.ts'
import { readMessages, sampleFile } from './messages.ts'
import { defaultCount, type DemoOptions } from './options.ts'
import { readLedgers } from './peers/ledger.ts'
import { planSubmissions } from './plan.ts'
import { printAddresses, type DemoResult } from './print.ts'
import { createProgress, type Progress } from './progress.ts'
import { reconcile } from './reconcile.ts'
import { settle, type Settled } from './settle.ts'

const stallMs = 120_000

/** Runs one demo to its end. Throws where it cannot begin, or somebody died who cannot come back. */
export async function playDemo(
  options: DemoOptions,
  onResult: (result: DemoResult) => void = () => undefined,
): Promise<DemoResult> {
  const startedAtMs = Date.now()
  const progress = createProgress(options.quiet ? 'quiet' : 'shown')
  const messages = readMessages(
    options.messages === undefined ? sampleFile : resolve(process.env['GUIYI_CWD'] ?? '.', options.messages),
  )
  const wanted = options.count ?? (options.messages === undefined ? defaultCount : messages.length)
  if (wanted > messages.length) progress.say(`There are ${messages.length} messages; all of them are sent.`)
  const district = districtWith(options.services ? 'with-services' : 'without-services')
  const plans = planSubmissions(messages.slice(0, wanted), {
    channels: district,
    seed: options.seed,
    ratePerS: options.ratePerS,
  })
  const submissions = [...plans.values()].reduce((sum, plan) => sum + plan.length, 0)
  const folder = freshFolder(options.var)
  progress.say(
    `${Math.min(wanted, messages.length)} messages, ${submissions} submissions through ${district.length} channels. Everything of this run lies in ${folder}`,
  )

  const { signal, off } = stopOnSignals()
  let cast: Cast | undefined
  try {
    cast = await assemble({
      folder,
      options,
      district,
      plans,
      paceMs: options.paceMs ?? paceOf(submissions, options.ratePerS),
      say: progress.say,
    })
    const settled = await perform(cast, { options, submissions, progress, signal })
    if (signal.aborted) throw new Error('Stopped before the end; nothing was reconciled.')
    const result = {
      ...(await closeBooks(cast, settled, { district, folder })),
      durationS: Math.round((Date.now() - startedAtMs) / 100) / 10,
    }
    progress.end()
    onResult(result)
    if (options.keep) await stayUp(cast, result, signal)
    return result
  } finally {
    progress.end()
    await cast?.stop()
    off()
  }
}

async function perform(
  cast: Cast,
  {
    options,
    submissions,
    progress,
    signal,
  }: { options: DemoOptions; submissions: number; progress: Progress; signal: AbortSignal },
): Promise<Settled> {
  const addresses = cast.gateways.addresses()
  cast.admin.setAddresses(addresses)
  const before = await cast.admin.counts()
  if (before?.channels.some(({ reports }) => reports > 0) === true)
    throw new Error(
      'The database that DATABASE_URL names holds reports already. Give the demo an empty one, or unset DATABASE_URL.',
    )
  progress.say(`gateway: ${addresses.join(', ')}`)
  for (const peer of cast.everybody()) {
    peer.say({ kind: 'gateways', addresses })
    peer.say({ kind: 'go' })
  }
  const settled = settle(cast, {
    submissions,
    kill: options.kill,
    seed: options.seed,
    progress,
    signal,
    stallMs,
  })
  return Promise.race([settled, cast.failed])
}

async function closeBooks(
  cast: Cast,
  settled: Settled,
  { district, folder }: { district: readonly Partner[]; folder: string },
): Promise<Omit<DemoResult, 'durationS'>> {
  const none = { channels: [], cases: {}, waiting: 0 }
  const listed =
    settled.counts === null
      ? []
      : await Promise.all(
          district.map(async ({ channel }) => [channel, await cast.admin.reports(channel)] as const),
        )
  const books = reconcile({
    channels: district,
    ledgers: readLedgers(join(folder, 'ledgers')),
    listed: new Map(listed),
    counts: settled.counts ?? none,
  })
  const { deaths } = cast.gateways
  const common = { deaths, killPointsLeft: cast.gateways.killPointsLeft(), folder }
  if (settled.kind === 'done') return { ...books, ...common }
  return {
    ...books,
    ...common,
    even: false,
    differences: [...settled.why.map((why) => `stuck: ${why}`), ...books.differences],
  }
}

/** The first Ctrl-C stops everybody in order; the second ends at once, and the others notice. */
function stopOnSignals(): { signal: AbortSignal; off: () => void } {
  const abort = new AbortController()
  const onSignal = () => {
    if (abort.signal.aborted) process.exit(130)
    abort.abort()
  }
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const name of names) process.on(name, onSignal)
  return {
    signal: abort.signal,
    off: () => {
      for (const name of names) process.off(name, onSignal)
    },
  }
}

async function stayUp(cast: Cast, result: DemoResult, signal: AbortSignal): Promise<void> {
  printAddresses(cast, result)
  const { promise, resolve: end } = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => end(), { once: true })
  await Promise.race([promise, cast.failed])
}

/** Cases live long enough for the same matter to arrive by another channel. */
function paceOf(submissions: number, ratePerS: number): number {
  return Math.min(1500, Math.max(300, (submissions / ratePerS) * 25))
}

function freshFolder(given: string | undefined): string {
  const name = new Date().toISOString().slice(0, 19).replaceAll(':', '-')
  const folder =
    given === undefined
      ? join(import.meta.dirname, '../var/demo', `${name}-${process.pid}`)
      : resolve(process.env['GUIYI_CWD'] ?? '.', given)
  if (existsSync(join(folder, 'ledgers')))
    throw new Error(`${folder} holds an earlier run. Name another folder with --var, or remove it.`)
  mkdirSync(folder, { recursive: true })
  return folder
}
