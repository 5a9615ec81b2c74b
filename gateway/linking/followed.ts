/** Batches are decided while the one before is being written: where a case took no more by then, what was decided beside it follows. */
import type { Linked } from './write-links.ts'

/** Of these reports, the cases they were decided for and those they really went to, where these differ. */
export function movedBetween(
  decided: readonly Pick<Linked, 'row' | 'caseId'>[],
  written: readonly Pick<Linked, 'row' | 'caseId'>[],
): Map<string, string> {
  const wentTo = new Map(written.map(({ row, caseId }) => [row.id, caseId]))
  return new Map(
    decided.flatMap(({ row, caseId }) => {
      const went = wentTo.get(row.id) ?? caseId
      return went === caseId ? [] : [[caseId, went] as const]
    }),
  )
}

/** The batch as it is decided after that: its links and its reasons name the cases that the batch before went to. */
export function followed(decided: readonly Linked[], moved: ReadonlyMap<string, string>): readonly Linked[] {
  if (moved.size === 0) return decided
  const now = (caseId: string) => moved.get(caseId) ?? caseId
  return decided.map((linked) => {
    const { decision } = linked
    return {
      ...linked,
      caseId: linked.opens === undefined ? now(linked.caseId) : linked.caseId,
      decision: {
        ...decision,
        ...(decision.caseId !== undefined && { caseId: now(decision.caseId) }),
        matches: decision.matches.map((match) => ({ ...match, caseId: now(match.caseId) })),
      },
    }
  })
}
