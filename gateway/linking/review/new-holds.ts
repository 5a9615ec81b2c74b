/** Which of the cases that open wait for a clerk's answer before the dispatch hears of them 暂缓分拨. */
import type { Deps } from '../../deps.ts'
import { leavesTime, presses } from '../../mapping/time-limits.ts'
import type { LinkedReport } from '../people/linked.ts'

type Opening = LinkedReport & { readonly decision: { readonly decision: string } }

/** A case is held whose first report is under review and leaves more than a day, and of which no report is urgent. */
export function newHolds(
  { catalog, now, holdMs }: Pick<Deps, 'catalog' | 'now' | 'holdMs'>,
  batch: readonly Opening[],
): { case_id: string; until: Date }[] {
  const { codes } = catalog
  const at = now()
  if (holdMs === 0) return []
  const until = new Date(at.getTime() + holdMs)
  const waiting = batch.filter(
    ({ opens, decision, row }) =>
      opens !== undefined && decision.decision === 'review' && leavesTime(row.working, codes, at),
  )
  const urgent = new Set(waiting.length === 0 ? [] : pressedCases({ catalog, now }, batch))
  return waiting.flatMap(({ caseId }) => (urgent.has(caseId) ? [] : [{ case_id: caseId, until }]))
}

/** Cases of which a report of the batch is urgent: a hold on one of them is over. */
export function pressedCases(
  { catalog, now }: Pick<Deps, 'catalog' | 'now'>,
  batch: readonly LinkedReport[],
): string[] {
  const at = now()
  return batch.flatMap(({ caseId, row }) => (presses(row.working, catalog.codes, at) ? [caseId] : []))
}
