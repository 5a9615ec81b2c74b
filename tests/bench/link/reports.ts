/**
 * Invented reports by number, each the same every time: about a matter at a place of a district whose sites, matters, words and
 * callers are as unevenly frequent as real ones (Zipf). Some are about the matter of an earlier one, in words of their own.
 */
import type { ReportRow } from '../../../gateway/linking/candidates.ts'
import { asks, fillers, matters, places, roadName, siteName, times, whos } from './words.ts'

export const channel = 'bench-hotline'
/** The stored reports came in at an even pace: 1,370 a day make a million in two years. */
const perDay = 1370
const duplicateShare = 0.08
const siteCount = 6000
const communityCount = 120
const streetCount = 12
/** Duplicates come after an earlier report by so many reports on average. */
const meanDistance = 20_000
const latestAt = Date.now() - 60_000

/** Numbers from 0 to 1, always the same for one seed: mulberry32. */
function randomOf(seed: number): () => number {
  let state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) >>> 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** How flat the head of a Zipf–Mandelbrot distribution is: the first of 6,000 has 0.9 % of all. */
const head = 20

/** Rank from 0, the first ones most often: density falls as 1 / (rank + head). */
function zipf(random: () => number, count: number): number {
  return Math.min(count - 1, Math.floor(((count + head) / head) ** random() * head - head))
}

/** The first report about the matter that report `n` is about, of those from `first` on: itself, mostly. */
export function rootOf(n: number, first = 0): number {
  let root = n
  for (;;) {
    const random = randomOf(root * 2 + 1)
    if (random() >= duplicateShare) return root
    const earlier = root - 1 - Math.floor(-Math.log(1 - random()) * meanDistance)
    if (earlier < first) return root
    root = earlier
  }
}

interface Subject {
  readonly matter: (typeof matters)[number]
  readonly site: number
  readonly detail: string
  /** Sentences that describe it; those who report it pick from them. */
  readonly seen: readonly string[]
}

function subjectOf(root: number): Subject {
  const random = randomOf(root * 2)
  const matter = matters[zipf(random, matters.length)] as (typeof matters)[number]
  const site = zipf(random, siteCount)
  const own = Array.from({ length: 6 }, () => wordsOf(random, 4))
  return { matter, site, detail: pickOf(random, places), seen: [...matter.seen, ...own] }
}

function pickOf<T>(random: () => number, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)] as T
}

function wordsOf(random: () => number, count: number): string {
  return Array.from({ length: count }, () => fillers[zipf(random, fillers.length)]).join('')
}

function pointNear(site: number, random: () => number): { longitude: number; latitude: number } {
  const own = randomOf(site + 77_000_000)
  const spread = 0.0006
  return {
    longitude: 114.3 + own() * 0.15 + (random() - 0.5) * spread,
    latitude: 22.6 + own() * 0.12 + (random() - 0.5) * spread,
  }
}

/** A callers' number: a third of all reports come from those who call often. */
function personOf(random: () => number): string {
  const caller = random() < 0.33 ? zipf(random, 40_000) : 40_000 + Math.floor(random() * 600_000)
  return `phone:${(caller * 2_654_435_761).toString(36)}${caller.toString(36)}`
}

function textOf(random: () => number, { matter, site, detail, seen }: Subject, road: string): string {
  const clauses = [
    `${pickOf(random, whos)}，${road}${siteName(site)}${detail}${pickOf(random, matter.titles)}`,
  ]
  const wanted = 90 + random() * 190
  clauses.push(pickOf(random, times))
  const told = seen.toSorted(() => random() - 0.5)
  for (let length = clauses.join('，').length; length < wanted;) {
    const known = random() < 0.5 ? told.pop() : undefined
    const clause = known ?? wordsOf(random, 3 + Math.floor(random() * 4))
    clauses.push(clause)
    length += clause.length + 1
  }
  return `${clauses.join('，')}，${pickOf(random, asks)}。`
}

/** Identifiers sort by time, as those of the gateway do. */
export function idOf(n: number, at: Date, kind: 'report' | 'case'): string {
  const time = at.getTime().toString(16).padStart(12, '0')
  const rest = (n * 2_654_435_761).toString(16).padStart(15, '0').slice(-15)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(0, 3)}-${kind === 'case' ? 'a' : '9'}${rest.slice(3, 6)}-${n.toString(16).padStart(12, '0')}`
}

/** When report `n` of those before `end` came in. */
export function storedAt(n: number, end: number): Date {
  return new Date(latestAt - Math.floor(((end - n) / perDay) * 86_400_000))
}

/** Report `n` as it lies in the table `reports`. */
export function rowOf(n: number, at: Date): ReportRow {
  return reportOf(n, rootOf(n), at)
}

function reportOf(n: number, root: number, at: Date): ReportRow {
  const random = randomOf(n * 2 + 90_000_001)
  const subject = subjectOf(root)
  const { matter, site } = subject
  const road = roadName(site % 900)
  const community = site % communityCount
  const point = pointNear(site, random)
  const location = {
    address: `${road}${(site % 300) + 1}号${random() < 0.7 ? siteName(site) : ''}`,
    ...(random() < 0.6 && {
      street: `4403100${10 + (community % streetCount)}`,
      community: `4403100${10 + (community % streetCount)}${100 + community}`,
    }),
    ...(random() < 0.85 && {
      point: { ...point, source: { system: 'CGCS2000' as const, x: point.longitude, y: point.latitude } },
    }),
  }
  const id = idOf(n, at, 'report')
  return {
    id,
    channel_id: channel,
    external_id: `B${n}`,
    version: 1,
    working: {
      externalId: `B${n}`,
      title: `${random() < 0.6 ? siteName(site) : road}${pickOf(random, matter.titles)}`,
      text: textOf(random, subject, road),
      kind: 'complaint',
      category:
        random() < 0.9 ? matter.category : (matters[zipf(random, matters.length)]?.category ?? '0111'),
      submittedAt: at.toISOString(),
      location,
      urgency: 'normal',
    },
    person_keys: [personOf(random)],
    confidential: false,
    submitted_at: at,
    received_at: at,
  }
}

/** The case of a stored report: opened by the first stored report about its matter. */
export function caseOf(n: number, { first, end }: { first: number; end: number }): string {
  const root = rootOf(n, first)
  return idOf(root, storedAt(root, end), 'case')
}

/** One of many reports about one matter: each in words and of a person of its own. */
export function burstRowOf(n: number, root: number, at: Date): ReportRow {
  return reportOf(n, root, at)
}
