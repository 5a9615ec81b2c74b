/** Waits until all work is done, kills whom it was asked to kill on the way, and says what is stuck where nothing moves. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Cast } from './cast.ts'
import type { Counts } from './gateway-admin.ts'
import type { Kill } from './options.ts'
import { doneShare, type Figures, type Progress } from './progress.ts'
import { randomFor } from './random.ts'

export type Settled =
  | { readonly kind: 'done'; readonly counts: Counts }
  | { readonly kind: 'stuck'; readonly why: readonly string[]; readonly counts: Counts | null }

export interface Settling {
  readonly submissions: number
  readonly kill: Kill
  readonly seed: number
  readonly progress: Progress
  readonly signal: AbortSignal
  /** How long nothing may move. A killed gateway's claims take up to 45 s to go on. */
  readonly stallMs: number
}

const lookEveryMs = { small: 400, large: 1_500 }
const large = 1_000

export async function settle(cast: Cast, settling: Settling): Promise<Settled> {
  const { submissions, progress, signal } = settling
  const killer = createKiller(cast, settling)
  let movedAtMs = Date.now()
  let last = ''
  let quietLooks = 0
  let latest: Counts | null = null
  while (!signal.aborted) {
    await delay(submissions > large ? lookEveryMs.large : lookEveryMs.small, undefined, { signal }).catch(
      () => undefined,
    )
    const counts = await cast.admin.counts()
    cast.admin.setAddresses(cast.gateways.addresses())
    latest = counts ?? latest
    if (counts !== null) {
      const figures = figuresOf(cast, counts, submissions)
      progress.show(figures)
      killer(doneShare(figures))
      quietLooks = isDone(cast, counts, submissions) ? quietLooks + 1 : 0
      if (quietLooks >= 2) return { kind: 'done', counts }
    }
    const now = JSON.stringify([
      counts,
      cast.everybody().map((peer) => [peer.left(), movingCounts(peer.counts())]),
    ])
    if (now !== last) movedAtMs = Date.now()
    last = now
    if (Date.now() - movedAtMs > settling.stallMs)
      return { kind: 'stuck', why: await whatIsStuck(cast, latest, submissions), counts: latest }
  }
  return { kind: 'stuck', why: ['stopped before the end'], counts: latest }
}

/** A feed is polled, and an order asked about, whether anything moves or not. */
function movingCounts(counts: Readonly<Record<string, number>>): object {
  const { polled: _polled, asked: _asked, ...moving } = counts
  return moving
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

function reportsOf(counts: Counts): number {
  return counts.channels.reduce((sum, channel) => sum + channel.reports, 0)
}

function figuresOf(cast: Cast, counts: Counts, submissions: number): Figures {
  const partners = (name: string) => cast.partners.reduce((sum, peer) => sum + (peer.counts()[name] ?? 0), 0)
  return {
    submissions,
    sent: partners('sent'),
    reports: reportsOf(counts),
    cases: sumOf(counts.cases),
    closed: counts.cases['closed'] ?? 0,
    told: partners('told'),
    waiting: counts.waiting,
  }
}

function isDone(cast: Cast, counts: Counts, submissions: number): boolean {
  return (
    cast.everybody().every((peer) => peer.left() === 0) &&
    reportsOf(counts) >= submissions &&
    counts.waiting === 0 &&
    sumOf(counts.cases) === (counts.cases['closed'] ?? 0)
  )
}

/** Kills at its moments: shares of the work, picked by the seed. */
function createKiller(cast: Cast, { kill, seed, progress }: Settling): (share: number) => void {
  if (kill.kind === 'none' || kill.kind === 'points') return () => undefined
  const random = randomFor(seed, 'kill')
  const many = cast.gateways.addresses().length
  const gateway = (at: number, index: number, how: 'to-return' | 'for-good') => ({
    at,
    what: `gateway ${index + 1}`,
    act: () => cast.gateways.kill(index, how),
  })
  const plan =
    kill.kind === 'one'
      ? [gateway(0.5, 0, 'for-good')]
      : [
          ...[0.1, 0.35, 0.65].map((start) =>
            gateway(start + random.next() * 0.2, random.below(many), 'to-return'),
          ),
          { at: 0.2 + random.next() * 0.6, what: 'the dispatch', act: () => cast.dispatch.kill() },
          { at: 0.2 + random.next() * 0.6, what: 'the clerk', act: () => cast.clerk.kill() },
        ]
  return (share) => {
    for (const due of plan.filter(({ at }) => at <= share)) {
      plan.splice(plan.indexOf(due), 1)
      progress.say(`kill -9 ${due.what} at ${Math.round(share * 100)} % of the work`)
      due.act()
    }
  }
}

async function whatIsStuck(cast: Cast, counts: Counts | null, submissions: number): Promise<string[]> {
  const peers = cast.everybody().filter((peer) => peer.left() > 0)
  const why = peers.map((peer) => `${peer.name} has ${peer.left()} left to do`)
  if (counts === null) return [...why, 'no gateway answers']
  if (reportsOf(counts) < submissions) why.push(`${reportsOf(counts)} reports of ${submissions}`)
  for (const [state, count] of Object.entries(counts.cases))
    if (state !== 'closed') why.push(`${count} cases ${state}`)
  if (counts.waiting > 0) why.push(`${counts.waiting} records, events or deliveries on their way`)
  const states = new Set(counts.channels.flatMap(({ deliveries }) => Object.keys(deliveries)))
  for (const state of ['waiting', 'claimed', 'blocked', 'uncertain', 'task', 'dead']) {
    if (states.has(state)) why.push(...(await cast.admin.deliveries(state)))
  }
  return why
}
