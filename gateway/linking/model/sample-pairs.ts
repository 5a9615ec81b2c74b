/** Pairs of stored reports to learn from, at a cost that does not grow with what is stored. */
import { setImmediate } from 'node:timers/promises'
import type { Deps } from '../../deps.ts'
import type { Sql } from '../../store/client.ts'
import { linkable, type ReportRow } from '../candidates.ts'
import { featuresOf } from '../features.ts'
import { lookupKeysOf } from '../keys.ts'
import type { RelatedPair } from '../located/relatedness.ts'
import type { Features } from '../types.ts'
import type { ComparePair } from './compared-pair.ts'
import { tableNames, type TableName } from './link-model.ts'
import { Tally } from './tally.ts'

const chunkReports = 40
/** Of a report's partners under one kind of key. */
const mostPartners = 6
/** Of each chunk, as many reports are paired by chance with those of the others. */
const chanceReports = 20
const mostChanceReports = 500
const mostRelated = 20_000

/** A stretch of linked reports in the order of their ids, which is that of their arrival. Served by reports_pkey. */
export const stretchOfReports = `
  select id, channel_id, external_id, version, working, person_keys, confidential, submitted_at, received_at, case_id from reports
  where id > $1::uuid and case_id is not null order by id limit ${chunkReports}`

/** Served by reports_pkey. */
const pairedReports =
  'select id, channel_id, external_id, version, working, person_keys, confidential, submitted_at, received_at, case_id from reports where id = any($1::uuid[])'

/** What came before under the same keys, newest first. Served by link_keys_newest. */
export const reportsUnderKeys = `
  with wanted as materialized (
    select n, kind, hashtextextended(kind || '|' || key, 0) as hash, at, report_id from json_to_recordset($1::text::json) as w(n int, kind text, key text, at timestamptz, report_id uuid)
  )
  select distinct w.n, w.kind, hit.report_id from wanted w
  cross join lateral (select l.report_id from link_keys l where l.hash = w.hash and l.at <= w.at order by l.at desc nulls last limit 4) hit
  where hit.report_id <> w.report_id order by 1, 2, 3`

/** Pairs of both tables: those that met under keys, and those by chance. */
export interface SampledPairs {
  readonly reports: number
  readonly candidates: { readonly [table in TableName]: Tally }
  readonly random: { readonly [table in TableName]: Tally }
  /** Those candidates whose places were compared and whose categories differ, the first so many. */
  readonly related: readonly RelatedPair[]
}

interface Sampled {
  readonly features: Features
  readonly caseId: string
}

type SampleDeps = Pick<Deps, 'db' | 'catalog'>

const perTable = (): { [table in TableName]: Tally } => ({ told: new Tally(), located: new Tally() })

/** Samples so many linked reports, spread over all that is stored, with their candidate pairs. Confidential ones count as any other: only levels are kept. */
export async function samplePairs(
  deps: SampleDeps,
  {
    sample,
    compare,
    onStep,
  }: { sample: number; compare: ComparePair; onStep: (done: number) => Promise<void> },
): Promise<SampledPairs> {
  const candidates = perTable()
  const random = perTable()
  const related: RelatedPair[] = []
  const chance: Sampled[] = []
  const chunks = Math.ceil(sample / chunkReports)
  const starts = await stretchStarts(deps.db.sql, chunks)
  let last = ''
  let reports = 0
  for (const [index, start] of starts.entries()) {
    const rows = await deps.db.sql.unsafe<(ReportRow & { case_id: string })[]>(stretchOfReports, [
      start > last ? start : last,
    ])
    if (rows.length === 0) break
    last = rows.at(-1)?.id ?? last
    reports += rows.length
    const sampled = rows.map((row) => ({ features: readFeatures(deps, row), caseId: row.case_id }))
    await addCandidates(deps, sampled, { candidates, related, compare })
    keepByChance(chance, sampled, index)
    await onStep(Math.min(1, (index + 1) / starts.length))
    // Training in a gateway lets it answer in between.
    await setImmediate()
  }
  await addChance(chance, { random, compare })
  return { reports, candidates, random, related }
}

const readFeatures = ({ catalog }: SampleDeps, row: ReportRow): Features =>
  featuresOf(linkable(row, catalog.find(row.channel_id)?.mapping.issuer ?? row.channel_id))

/** Ids at which stretches begin: spread evenly over the time from the first to the last report. */
async function stretchStarts(sql: Sql, stretches: number): Promise<string[]> {
  const [first] = await sql<{ id: string }[]>`select id from reports order by id limit 1`
  const [last] = await sql<{ id: string }[]>`select id from reports order by id desc limit 1`
  if (first === undefined || last === undefined) return []
  const [from, to] = [first.id, last.id].map((id) => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16))
  if (from === undefined || to === undefined) return []
  return Array.from({ length: stretches }, (_, index) => {
    const at = Math.floor(from + ((to - from) * index) / stretches)
    const hex = at.toString(16).padStart(12, '0')
    return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`
  })
}

async function addCandidates(
  deps: SampleDeps,
  sampled: readonly Sampled[],
  into: { candidates: { [table in TableName]: Tally }; related: RelatedPair[]; compare: ComparePair },
): Promise<void> {
  const wanted = sampled.flatMap(({ features }, n) =>
    lookupKeysOf(features).map(({ kind, key }) => ({
      n,
      kind,
      key,
      at: features.report.receivedAt,
      report_id: features.report.id,
    })),
  )
  const met = await deps.db.sql.unsafe<{ n: number; kind: string; report_id: string }[]>(reportsUnderKeys, [
    JSON.stringify(wanted),
  ])
  const pairs = [...Map.groupBy(met, ({ n, kind }) => `${n} ${kind}`).values()].flatMap((found) =>
    found.slice(0, mostPartners),
  )
  const ids = [...new Set(pairs.map((pair) => pair.report_id))]
  const rows = await deps.db.sql.unsafe<(ReportRow & { case_id: string | null })[]>(pairedReports, [
    ids as never,
  ])
  const others = new Map(
    rows.map((row) => [row.id, { features: readFeatures(deps, row), caseId: row.case_id }]),
  )
  for (const { n, kind, report_id } of pairs) {
    const own = sampled[n]
    const other = others.get(report_id)
    if (own === undefined || other === undefined) continue
    const { table, levels } = into.compare(other.features, own.features)
    into.candidates[table].add(levels, kind)
    if (
      table === 'located' &&
      levels['categories']?.includes('|') === true &&
      into.related.length < mostRelated
    )
      into.related.push({ levels, same: own.caseId === other.caseId })
  }
}

/** Every few reports of a chunk; of many chunks, all count alike. */
function keepByChance(chance: Sampled[], sampled: readonly Sampled[], index: number): void {
  const every = Math.max(1, Math.floor(sampled.length / chanceReports))
  for (const [place, report] of sampled.entries()) {
    if (place % every !== index % every) continue
    if (chance.length < mostChanceReports) chance.push(report)
    else chance[(index * 31 + place * 17) % mostChanceReports] = report
  }
}

/** All pairs of the reports that were kept, but those that stand in one case. */
async function addChance(
  chance: readonly Sampled[],
  { random, compare }: { random: { [table in TableName]: Tally }; compare: ComparePair },
): Promise<void> {
  for (const [place, { features, caseId }] of chance.entries()) {
    for (const other of chance.slice(place + 1)) {
      if (other.caseId === caseId) continue
      const { table, levels } = compare(features, other.features)
      random[table].add(levels, 'chance')
    }
    if (place % 20 === 0) await setImmediate()
  }
}

/** Pairs in all tables. */
export const pairsIn = (tallies: { readonly [table in TableName]: Tally }): number =>
  tableNames.reduce((sum, table) => sum + tallies[table].pairs, 0)
