/** One side of an item: a case, the report that is compared, others, and what their sources were told. */
import type { ReviewReport, ReviewSide, ReviewVerdict } from '../../../schemas/review.ts'
import type { Deps } from '../../deps.ts'
import { differenceOf } from './difference.ts'
import type { SideReport, SideRows } from './read-sides.ts'
import { withheldFrom, type Sight } from './sight.ts'
import type { SideCase } from './standing.ts'
import { clerkOf } from './take.ts'
import { metresBetween } from '../reading/distance.ts'

const mostOthers = 6
const mostVerdicts = 10

export interface SideParts {
  readonly rows: SideRows
  readonly sight: Sight
  readonly compared: SideReport
  readonly against: SideReport
}

export function sideOf(
  deps: Deps,
  found: SideCase,
  { rows, sight, compared, against }: SideParts,
): ReviewSide {
  const reports = rows.reports.get(found.id) ?? []
  const counts = rows.counts.get(found.id)
  const others = reports.filter(({ id }) => id !== compared.id)
  const kept = others.length <= mostOthers ? others : [...others.slice(0, 1), ...others.slice(1 - mostOthers)]
  return {
    case: found.number,
    state: found.state,
    kind: found.kind as ReviewSide['kind'],
    ...categoryIn(deps, found.category),
    urgency: found.urgency,
    sensitive: found.sensitive,
    confidential: found.confidential,
    openedAt: found.opened_at.toISOString(),
    ...(found.closed_at !== null && { closedAt: found.closed_at.toISOString() }),
    ...(found.due_at !== null && { dueAt: found.due_at.toISOString() }),
    people: counts?.people ?? 0,
    channels: counts?.channels ?? 0,
    reports: counts?.reports ?? 0,
    compared: comparedOf(deps, { compared, against, sight }),
    others: kept.map((report) => reportOf(deps, report, sight)),
    told: [compared, ...kept].map((report) => toldOf(deps, report, rows)),
  }
}

function comparedOf(
  deps: Deps,
  { compared, against, sight }: Pick<SideParts, 'compared' | 'against' | 'sight'>,
): ReviewReport {
  const shown = reportOf(deps, compared, sight)
  // What a withheld text does not say would say what it does.
  if (shown.withheld || withheldFrom(sight, against)) return shown
  const all = `${against.working.title ?? ''}\n${against.working.text}`
  return {
    ...shown,
    differs: { title: differenceOf(shown.title ?? '', all), text: differenceOf(shown.text, all) },
  }
}

function reportOf(deps: Deps, row: SideReport, sight: Sight): ReviewReport {
  const { working } = row
  const withheld = withheldFrom(sight, row)
  const area = areaOf(deps, row)
  const address = working.location?.address
  return {
    report: row.id,
    channel: row.channel_id,
    channelName: channelName(deps, row.channel_id),
    ...(!withheld && { externalId: row.external_id }),
    submittedAt: row.submitted_at.toISOString(),
    receivedAt: row.received_at.toISOString(),
    kind: working.kind,
    ...categoryIn(deps, working.category),
    ...(!withheld && working.title !== undefined && { title: working.title }),
    text: withheld ? '' : working.text,
    ...(!withheld && address !== undefined && { address }),
    ...(area !== '' && { area }),
    attachments: withheld ? [] : (working.attachments ?? []).flatMap(({ id }) => id ?? []),
    withheld,
  }
}

function toldOf(deps: Deps, report: SideReport, rows: SideRows): ReviewSide['told'][number] {
  const told = rows.told.get(report.id)
  return {
    report: report.id,
    channelName: channelName(deps, report.channel_id),
    ...(told?.event_type != null && { eventType: told.event_type }),
    ...(told?.state_after != null && { stateAfter: told.state_after }),
    ...(told?.code != null && { code: told.code }),
    ...(told?.settled_at != null && { at: told.settled_at.toISOString() }),
    ...(told?.under_way != null && { underWay: told.under_way }),
  }
}

/** What clerks said before of the reports of some cases, the newest first. */
export function verdictsOf(rows: SideRows, caseIds: readonly string[]): ReviewVerdict[] {
  const all = caseIds.flatMap((id) =>
    (rows.reports.get(id) ?? []).flatMap((report) => rows.verdicts.get(report.id) ?? []),
  )
  const once = new Map(
    all.map((row) => [`${row.verdict} ${row.decided_at.toISOString()} ${row.decided_by}`, row]),
  )
  return [...once.values()]
    .toSorted((a, b) => b.decided_at.getTime() - a.decided_at.getTime())
    .slice(0, mostVerdicts)
    .map((row) => ({
      verdict: row.verdict,
      between: row.numbers,
      by: clerkOf(row.decided_by),
      at: row.decided_at.toISOString(),
      ...(row.reason !== null && { reason: row.reason }),
      ...(row.undone_at !== null && { undoneAt: row.undone_at.toISOString() }),
    }))
}

export const channelName = (deps: Deps, id: string): string => deps.catalog.find(id)?.name ?? id

export function categoryIn(deps: Deps, code: string | null | undefined): { category?: string } {
  if (code == null) return {}
  const name = deps.catalog.codes.categories.get(code)?.zh
  return { category: name === undefined ? code : `${code} ${name}` }
}

/** Street and community by name: what the source said, else what linking read. */
function areaOf(deps: Deps, { working, reading }: SideReport): string {
  const { street, community } = working.location ?? {}
  const codes = street === undefined && community === undefined ? [reading?.area?.code] : [street, community]
  return codes
    .flatMap((code) => (code === undefined ? [] : (deps.catalog.codes.areas.get(code)?.zh ?? code)))
    .join(' ')
}

/** Metres between two reports with points. */
export function distanceM(a: SideReport, b: SideReport): number | undefined {
  const [one, two] = [a.working.location?.point, b.working.location?.point]
  return one === undefined || two === undefined ? undefined : metresBetween(one, two)
}
