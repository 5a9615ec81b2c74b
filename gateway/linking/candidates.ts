/** Finds the cases whose keys meet those of new reports: indexed look-ups whose cost does not grow with what is stored. */
import type { Tx, Sql } from '../store/client.ts'
import type { WorkingReport } from '../store/working.ts'
import { featuresOf } from './features.ts'
import { lookupKeysOf } from './keys.ts'
import type { Candidate, Features, LinkKeyKind, LinkableReport } from './types.ts'

const mostCases = 50
const mostReportsOfCase = 30
const cachedFeatures = 20_000

/** A reference outweighs any number of words in common. Of a key that many reports share, the `newest` are looked at. */
const lookUps: { readonly [kind in LinkKeyKind]: { readonly worth: number; readonly newest: number } } = {
  reference: { worth: 1000, newest: 30 },
  person: { worth: 20, newest: 30 },
  component: { worth: 20, newest: 30 },
  place: { worth: 3, newest: 20 },
  text: { worth: 1, newest: 10 },
}

/** Served by link_keys_newest alone, one short range for each key: the cost stays the same however much is stored. */
export const casesUnderKeys = `
  with wanted as materialized (
    select n, hashtextextended(kind || '|' || key, 0) as hash, worth, newest from json_to_recordset($1::text::json) as w(n int, kind text, key text, worth int, newest int)
  )
  select w.n, hit.case_id, sum(w.worth)::int as worth from wanted w
  cross join lateral (select distinct case_id from (select l.case_id from link_keys l where l.hash = w.hash order by l.at desc nulls last limit w.newest) newest) hit
  group by 1, 2 order by 1, 3 desc`

/** Served by reports_case. */
export const newestReportsOfCases = `
  select c.id as case_id, c.state, p.id, p.version from unnest($1::uuid[]) as wanted(id)
  cross join lateral (select id, state from cases where id = wanted.id limit 1) c
  cross join lateral (select id, version, received_at from reports where case_id = c.id order by received_at desc limit ${mostReportsOfCase}) p
  order by c.id, p.received_at`

export interface ReportRow {
  readonly id: string
  readonly channel_id: string
  readonly external_id: string
  readonly version: number
  readonly working: WorkingReport
  readonly person_keys: string[]
  readonly confidential: boolean
  readonly submitted_at: Date
  readonly received_at: Date
}

/** `issuer` is who gave the channel's own numbers. */
export function linkable(row: ReportRow, issuer: string): LinkableReport {
  const { working } = row
  return {
    id: row.id,
    channelId: row.channel_id,
    externalId: row.external_id,
    kind: working.kind,
    ...(working.title === undefined ? {} : { title: working.title }),
    text: working.text,
    ...(working.category === undefined ? {} : { category: working.category }),
    submittedAt: row.submitted_at,
    receivedAt: row.received_at,
    ...(working.location === undefined ? {} : { location: working.location }),
    references: [{ issuer, number: row.external_id, role: 'own' }, ...(working.references ?? [])],
    personKeys: row.person_keys,
  }
}

/** Computed features of stored reports, the least recently used dropped first. */
export class FeatureCache {
  readonly #entries = new Map<string, Features>()

  get(id: string, version: number): Features | undefined {
    const key = `${id}.${version}`
    const found = this.#entries.get(key)
    if (found !== undefined) {
      this.#entries.delete(key)
      this.#entries.set(key, found)
    }
    return found
  }

  set(id: string, version: number, features: Features): void {
    this.#entries.set(`${id}.${version}`, features)
    if (this.#entries.size <= cachedFeatures) return
    const oldest = this.#entries.keys().next().value
    if (oldest !== undefined) this.#entries.delete(oldest)
  }
}

/** The cases that may be met, with their newest reports, for each report of the batch. */
export interface StoredCandidates {
  readonly casesOf: ReadonlyMap<number, readonly string[]>
  readonly cases: ReadonlyMap<string, Candidate>
}

/** One look-up for the keys of a whole batch, and one for the reports behind them. */
export async function findCandidates(
  sql: Sql | Tx,
  batch: readonly Features[],
  context: { cache: FeatureCache; issuerOf: (channelId: string) => string },
): Promise<StoredCandidates> {
  const wanted = batch.flatMap((features, n) =>
    lookupKeysOf(features).map(({ kind, key }) => ({ n, kind, key, ...lookUps[kind] })),
  )
  const met = await sql.unsafe<{ n: number; case_id: string; worth: number }[]>(casesUnderKeys, [
    JSON.stringify(wanted),
  ])
  const casesOf = new Map<number, string[]>()
  for (const row of met) {
    const list = casesOf.get(row.n) ?? []
    if (list.length < mostCases) casesOf.set(row.n, [...list, row.case_id])
  }
  const caseIds = [...new Set([...casesOf.values()].flat())]
  if (caseIds.length === 0) return { casesOf, cases: new Map() }
  const members = await sql.unsafe<{ case_id: string; state: string; id: string; version: number }[]>(
    newestReportsOfCases,
    [caseIds as never],
  )
  const missing = members
    .filter((row) => context.cache.get(row.id, row.version) === undefined)
    .map((row) => row.id)
  if (missing.length > 0) await loadFeatures(sql, missing, context)
  const cases = new Map<string, Candidate & { reports: Features[] }>()
  for (const row of members) {
    const features = context.cache.get(row.id, row.version)
    if (features === undefined) continue
    const found = cases.get(row.case_id) ?? { caseId: row.case_id, open: row.state !== 'closed', reports: [] }
    found.reports.push(features)
    cases.set(row.case_id, found)
  }
  return { casesOf, cases }
}

async function loadFeatures(
  sql: Sql | Tx,
  ids: readonly string[],
  context: { cache: FeatureCache; issuerOf: (channelId: string) => string },
): Promise<void> {
  const rows = await sql.unsafe<ReportRow[]>(
    'select id, channel_id, external_id, version, working, person_keys, confidential, submitted_at, received_at from reports where id = any($1::uuid[])',
    [ids as never],
  )
  for (const row of rows)
    context.cache.set(row.id, row.version, featuresOf(linkable(row, context.issuerOf(row.channel_id))))
}
