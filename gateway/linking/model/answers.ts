/** Clerks' answers as pairs to learn from: of two sides, the two reports that come nearest, as the linker sees a case. */
import { setImmediate } from 'node:timers/promises'
import type { Deps } from '../../deps.ts'
import { linkable, type ReportRow } from '../candidates.ts'
import { reportsToCompare } from '../load-cases.ts'
import { featuresOf } from '../features.ts'
import type { Features } from '../types.ts'
import type { ComparedPair, ComparePair } from './compared-pair.ts'
import type { LinkModel } from './link-model.ts'
import { scoreOf } from './scoring-table.ts'

export interface Answer extends ComparedPair {
  readonly verdictId: string
  readonly same: boolean
}

const mostAnswers = 5_000
const chunkAnswers = 50
/** Of a larger side the newest are compared. */
const reportsOfSide = 6

/** The newest verdicts that hold. Served by link_verdicts_decided. */
export const newestVerdicts = `
  select id, verdict from link_verdicts where undone_at is null order by decided_at desc, id limit ${mostAnswers}`

/** Served by link_verdict_sides_pkey. */
export const sidesOfVerdicts = `
  select w.id as verdict_id, s.side, s.report_id from unnest($1::uuid[]) as w(id)
  cross join (values (0), (1)) as sides(side)
  cross join lateral (select side, report_id from link_verdict_sides where verdict_id = w.id and side = sides.side order by report_id desc limit ${reportsOfSide}) s`

/** The newest answers, at most 5,000, each with the levels of its nearest two reports. */
export async function readAnswers(
  deps: Pick<Deps, 'db' | 'catalog'>,
  { model, compare }: { model: LinkModel; compare: ComparePair },
): Promise<Answer[]> {
  const verdicts = await deps.db.sql.unsafe<{ id: string; verdict: string }[]>(newestVerdicts)
  const answers: Answer[] = []
  for (let from = 0; from < verdicts.length; from += chunkAnswers) {
    const chunk = verdicts.slice(from, from + chunkAnswers)
    const sides = await readSides(
      deps,
      chunk.map(({ id }) => id),
    )
    for (const { id, verdict } of chunk) {
      const [one = [], other = []] = sides.get(id) ?? []
      const nearest = nearestPair(one, other, { model, compare })
      if (nearest !== undefined) answers.push({ ...nearest, verdictId: id, same: verdict === 'same' })
    }
    await setImmediate()
  }
  return answers
}

async function readSides(
  deps: Pick<Deps, 'db' | 'catalog'>,
  ids: readonly string[],
): Promise<Map<string, [Features[], Features[]]>> {
  const { sql } = deps.db
  const rows = await sql.unsafe<{ verdict_id: string; side: number; report_id: string }[]>(sidesOfVerdicts, [
    ids as never,
  ])
  const wanted = [...new Set(rows.map((row) => row.report_id))]
  const reports = await sql.unsafe<ReportRow[]>(reportsToCompare, [wanted as never])
  const features = new Map(
    reports.map((row) => {
      const issuer = deps.catalog.find(row.channel_id)?.mapping.issuer ?? row.channel_id
      return [row.id, featuresOf(linkable(row, issuer))]
    }),
  )
  const sides = new Map<string, [Features[], Features[]]>()
  for (const { verdict_id, side, report_id } of rows) {
    const found = features.get(report_id)
    const pair = sides.get(verdict_id) ?? [[], []]
    if (found !== undefined) pair[side === 0 ? 0 : 1].push(found)
    sides.set(verdict_id, pair)
  }
  return sides
}

/** The pair with the highest score, one of each side; undefined where a side is empty. */
export function nearestPair(
  one: readonly Features[],
  other: readonly Features[],
  { model, compare }: { model: LinkModel; compare: ComparePair },
): ComparedPair | undefined {
  let best: ComparedPair | undefined
  let most = Number.NEGATIVE_INFINITY
  for (const a of one)
    for (const b of other) {
      const pair = compare(a, b)
      const score = scoreOf(model[pair.table], pair.levels)
      if (score > most) [best, most] = [pair, score]
    }
  return best
}
