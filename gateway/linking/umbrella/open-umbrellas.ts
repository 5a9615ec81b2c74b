/** The umbrella cases 总案 that are open now: what fits one joins it without being compared. */
import type { Deps } from '../../deps.ts'
import type { Sql, Tx } from '../../store/client.ts'
import type { Reading } from '../../store/working.ts'
import { forbiddenCases } from '../moves/verdicts.ts'
import { sureArea } from '../people/sure-area.ts'
import { shareName } from '../places.ts'
import type { Decision, Features, MatchPart } from '../types.ts'
import { fitOf, type UmbrellaRule } from './rule.ts'

/** A report submitted so long before the umbrella opened is about something older. */
const lookBackMs = 24 * 3_600_000

export interface OpenUmbrella {
  readonly caseId: string
  readonly rule: UmbrellaRule
  readonly openedAt: Date
  readonly until: Date
}

/** Those of cases that were joined into others stand for the case that took them over. Served by umbrellas_open. */
export const openUmbrellas = `
  select distinct on (coalesce(t.id, c.id)) coalesce(t.id, c.id) as "caseId", u.rule, u.opened_at as "openedAt", u.until
  from umbrellas u join cases c on c.id = u.case_id left join cases t on t.id = c.merged_into
  where u.ended_at is null and u.until > $1::timestamptz and coalesce(t.state, c.state) <> 'closed' and (c.merged_into is null or t.merged_into is null)
  order by coalesce(t.id, c.id), u.opened_at desc`

/** Asked before each batch: it costs a look into an index that is empty on most days. */
export async function readOpenUmbrellas(sql: Sql | Tx, now: Date): Promise<OpenUmbrella[]> {
  return await sql.unsafe<OpenUmbrella[]>(openUmbrellas, [now.toISOString()], { prepare: true })
}

/** A report and what linking read in it. */
interface ReadReport {
  readonly features: Features
  readonly reading?: Reading | null
}

/** A link that was not compared. */
export type Attached = Decision & { readonly caseId: string }

/**
 * The link to the umbrella that the report fits, the newest first. `forbidden`: cases from which a clerk told it apart.
 */
export function attachTo(
  umbrellas: readonly OpenUmbrella[],
  { features, reading }: ReadReport,
  forbidden: ReadonlySet<string> = new Set(),
): Attached | undefined {
  const newestFirst = umbrellas.toSorted((a, b) => b.openedAt.getTime() - a.openedAt.getTime())
  for (const { caseId, rule, openedAt, until } of newestFirst) {
    const at = features.submittedAtMs
    if (at < openedAt.getTime() - lookBackMs || at > until.getTime() || forbidden.has(caseId)) continue
    const met = fitOf(features, rule, sureArea(reading)?.code)
    if (met === undefined) continue
    const detail = `open umbrella case: ${met.join(', ')}`
    const part: MatchPart = { field: 'umbrella', level: 'rule', weight: 0, detail }
    const match = { caseId, reportId: features.report.id, score: 0, probability: 1, parts: [part] }
    return { decision: 'link', caseId, probability: 1, matches: [{ ...match, decision: 'link' }] }
  }
  return undefined
}

/**
 * Open umbrella cases worth comparing with a report that fits none: it shares a place or the subject. To be looked at before
 * the keys' own hits, which a hot event fills.
 */
export function umbrellasFor(features: Features, umbrellas: readonly OpenUmbrella[]): string[] {
  const { report, focus, places } = features
  const own = [...focus.sites, ...focus.roads, ...focus.numbers, ...places.sites, ...places.roads]
  return umbrellas.flatMap(({ caseId, rule }) => {
    const place = shareName(own, rule.names ?? [])
    const subject = rule.categories?.some((code) => report.category?.startsWith(code) === true) ?? false
    const said = rule.words?.some((word) => features.words.includes(word)) ?? false
    return place || subject || said ? [caseId] : []
  })
}

/** What the open umbrellas do to a batch. */
export interface UnderUmbrellas<Report> {
  /** The link of the n-th report that fits one. */
  attached(n: number): Attached | undefined
  /** Cases that the n-th report is compared with before others. */
  first(n: number): readonly string[]
  /** The batch for looking candidates up: what is attached has no keys. */
  readonly toCompare: readonly (Report | { readonly lookup: readonly never[] })[]
  /** Of `first`, those that were not found otherwise. */
  casesBeside(found: ReadonlyMap<string, unknown>): string[]
}

/** Reads the open umbrellas and looks at the batch with them. */
export async function lookUnderUmbrellas<Report extends ReadReport>(
  deps: Pick<Deps, 'db' | 'now'>,
  batch: readonly Report[],
): Promise<UnderUmbrellas<Report>> {
  const open = await readOpenUmbrellas(deps.db.sql, deps.now())
  const none = { attached: () => undefined, first: () => [], toCompare: batch, casesBeside: () => [] }
  if (open.length === 0) return none
  const told = await toldApart(deps.db.sql, batch, open)
  const attached = batch.map((report) => attachTo(open, report, told.get(report.features.report.id)))
  const first = batch.map(({ features }, n) =>
    attached[n] === undefined ? umbrellasFor(features, open) : [],
  )
  return {
    attached: (n) => attached[n],
    first: (n) => first[n] ?? [],
    toCompare: batch.map((report, n) => (attached[n] === undefined ? report : { lookup: [] })),
    casesBeside: (found) => [...new Set(first.flat())].filter((id) => !found.has(id)),
  }
}

/** What the same persons reported before, the newest first. Served by link_keys_newest. */
export const reportsOfPersons = `
  select w.id, l.report_id from json_to_recordset($1::text::json) as w(id uuid, key text)
  cross join lateral (select l.report_id from link_keys l where l.hash = hashtextextended('person|' || w.key, 0) order by l.at desc nulls last limit 10) l`

/** By report: open umbrella cases that a clerk told it apart from, or another report of the same person. */
async function toldApart(
  sql: Sql,
  batch: readonly { readonly features: Features }[],
  open: readonly OpenUmbrella[],
): Promise<Map<string, Set<string>>> {
  const persons = batch.flatMap(({ features: { report } }) =>
    report.personKeys.map((key) => ({ id: report.id, key })),
  )
  const others = await sql.unsafe<{ id: string; report_id: string }[]>(reportsOfPersons, [
    JSON.stringify(persons),
  ])
  const own = batch.map(({ features }) => ({ id: features.report.id, report_id: features.report.id }))
  const pairs = [...own, ...others]
  const forbidden = await forbiddenCases(
    sql,
    [...new Set(pairs.map(({ report_id }) => report_id))],
    open.map(({ caseId }) => caseId),
  )
  const told = new Map<string, Set<string>>()
  for (const { id, report_id } of pairs)
    for (const caseId of forbidden.get(report_id) ?? []) told.set(id, (told.get(id) ?? new Set()).add(caseId))
  return told
}
