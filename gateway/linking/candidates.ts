/** What a candidate case is found by: indexed look-ups whose cost does not grow with what is stored. */
import type { WorkingReport } from '../store/working.ts'
import type { Features, LinkKey, LinkKeyKind, LinkableReport } from './types.ts'

/** Of the cases under a report's keys, those with the most in common are loaded and compared. */
export const mostCases = 12
const cachedFeatures = 20_000

/** What a case must have in common with a report to be compared at all: a rare word, or two names of places. */
export const leastWorth = 1

/**
 * A reference outweighs any number of words in common. Of a key that many reports share, the `newest` are looked at; the more
 * are found, the less each says: `worth` is divided by the root of their number.
 */
export const lookUps: {
  readonly [kind in LinkKeyKind]: { readonly worth: number; readonly newest: number }
} = {
  reference: { worth: 1000, newest: 30 },
  person: { worth: 20, newest: 30 },
  component: { worth: 20, newest: 30 },
  place: { worth: 3, newest: 12 },
  text: { worth: 1, newest: 6 },
}

/**
 * Served by link_keys_newest alone, one short range for each key: the cost stays the same however much is stored. Tried as
 * well, in CPU of the server per report at 100,000 stored: keys as JSON, distinct cases under each key, all of them ranked .82 ms;
 * distinct by a subselect four times that; this .46.
 */
export const casesUnderKeys = `
  with wanted as materialized (
    select n, hashtextextended(key, 0) as hash, worth, newest from unnest($1::int[], $2::text[], $3::real[], $4::int[]) as w(n, key, worth, newest)
  ), met as (
    select w.n, unnest(hit.cases) as case_id, w.worth / sqrt(cardinality(hit.cases)) as worth from wanted w
    cross join lateral (select array_agg(case_id) as cases from (select l.case_id from link_keys l where l.hash = w.hash order by l.at desc nulls last limit w.newest) newest) hit
  ), ranked as (
    select n, case_id, sum(worth) as worth, max(sum(worth)) over (partition by n) as best,
      row_number() over (partition by n order by sum(worth) desc, case_id desc)::int as rank from met
    group by n, case_id having sum(worth) >= ${leastWorth}
  )
  select n, case_id, worth, best, rank from ranked where rank <= ${mostCases} order by n, rank`

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

/** Parameters of `casesUnderKeys`. */
export function wantedOf(batch: readonly { readonly lookup: readonly LinkKey[] }[]): unknown[] {
  const wanted = batch.flatMap(({ lookup }, n) => lookup.map((key) => ({ n, key, ...lookUps[key.kind] })))
  return [
    wanted.map(({ n }) => n),
    wanted.map(({ key: { kind, key } }) => `${kind}|${key}`),
    wanted.map(({ worth }) => worth),
    wanted.map(({ newest }) => newest),
  ]
}
