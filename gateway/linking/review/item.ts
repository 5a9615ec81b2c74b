/** An item as a clerk reads it: both sides, why the machine asks, what was told to whom. */
import type { ReviewItem } from '../../../schemas/review.ts'
import type { Deps } from '../../deps.ts'
import { phraseOf, sentenceOf } from '../model/words.ts'
import { likeness } from './difference.ts'
import { readSides, type SideReport, type SideRows } from './read-sides.ts'
import { withheldFrom, withoutPerson, type Judged, type Sight } from './sight.ts'
import { distanceM, sideOf, verdictsOf } from './side.ts'
import { pairName, type Pair } from './standing.ts'
import { clerkOf, takenNow, type Taken } from './take.ts'

/** Items of pairs, in their order. Each confidential report that is shown is recorded as an access. */
export async function itemsOf(deps: Deps, pairs: readonly Pair[], sight: Sight): Promise<ReviewItem[]> {
  if (pairs.length === 0) return []
  const [rows, taken] = await Promise.all([
    readSides(deps, {
      caseIds: [...new Set(pairs.flatMap(({ own, other }) => [own.id, other.id]))],
      wanted: pairs.map(({ match }) => match.report_id),
    }),
    takenNow(deps, pairs.map(pairName)),
  ])
  await recordAccesses(deps, rows, sight)
  return pairs.flatMap((pair) => itemOf(deps, pair, { rows, sight, taken: taken.get(pairName(pair)) }) ?? [])
}

/** What the machine found, as far as this clerk may know it. */
export function judgedFor(match: Pair['match'], confidential: boolean): Judged {
  return confidential ? withoutPerson(match) : match
}

/** The field that speaks most for one matter. */
export function reasonOf({ parts }: Pick<Judged, 'parts'>): string {
  const [first, ...others] = parts
  if (first === undefined) return 'none'
  return others.reduce((kept, part) => (part.weight > kept.weight ? part : kept), first).field
}

interface Shown {
  readonly rows: SideRows
  readonly sight: Sight
  readonly taken: Taken | undefined
}

/** Undefined where a side holds no report any more. */
function itemOf(deps: Deps, pair: Pair, { rows, sight, taken }: Shown): ReviewItem | undefined {
  const { match, own, other } = pair
  const asked = rows.reports.get(own.id)?.find(({ id }) => id === match.report_id)
  const nearest = nearestOf(rows.reports.get(other.id) ?? [], asked)
  if (asked === undefined || nearest === undefined) return undefined
  const hidden = sight.confidential === 'withheld' && (own.confidential || other.confidential)
  const judged = judgedFor(match, hidden)
  const parts = judged.parts.toSorted((a, b) => b.weight - a.weight)
  const apart = distanceM(asked, nearest)
  return {
    id: match.id,
    askedAt: match.decided_at.toISOString(),
    ...(judged.worth !== undefined && { worth: judged.worth }),
    probability: judged.probability,
    score: judged.score,
    model: match.model,
    reason: reasonOf(judged),
    parts: parts.map((part) => ({
      field: part.field,
      level: part.level,
      weight: part.weight,
      zh: phraseOf(part, 'zh'),
      en: phraseOf(part, 'en'),
    })),
    summary: { zh: sentenceOf(parts, 'zh'), en: sentenceOf(parts, 'en') },
    ...(apart !== undefined && { distanceM: Math.round(apart) }),
    sides: [
      sideOf(deps, own, { rows, sight, compared: asked, against: nearest }),
      sideOf(deps, other, { rows, sight, compared: nearest, against: asked }),
    ],
    verdicts: verdictsOf(rows, [own.id, other.id]),
    ...(taken !== undefined && { taken: { clerk: taken.clerk, until: taken.until.toISOString() } }),
    ...(own.held_until !== null && { heldUntil: own.held_until.toISOString() }),
    ...(match.later_until !== null && { laterUntil: match.later_until.toISOString() }),
    ...(match.later_by !== null && { laterBy: clerkOf(match.later_by) }),
  }
}

/** Of the reports that are shown, the one whose words come nearest. */
function nearestOf(reports: readonly SideReport[], asked: SideReport | undefined): SideReport | undefined {
  const words = ({ working }: SideReport) => `${working.title ?? ''} ${working.text}`
  if (asked === undefined) return undefined
  return reports
    .filter(({ id }) => id !== asked.id)
    .map((report) => ({ report, like: likeness(words(asked), words(report)) }))
    .toSorted((a, b) => b.like - a.like)[0]?.report
}

async function recordAccesses(deps: Deps, rows: SideRows, sight: Sight): Promise<void> {
  const shown = [...rows.reports.values()]
    .flat()
    .filter((report) => report.confidential && !withheldFrom(sight, report))
    .map((report) => ({ id: deps.newId(), case_id: report.case_id, report_id: report.id }))
  if (shown.length === 0) return
  await deps.db.sql`
    insert into accesses (id, principal, subject, case_id, report_id, at)
    select id, ${sight.principal}, 'confidential-text', case_id, report_id, ${deps.now()}::timestamptz
    from json_to_recordset(${JSON.stringify(shown)}::text::json) as r(id uuid, case_id uuid, report_id uuid)`
}
