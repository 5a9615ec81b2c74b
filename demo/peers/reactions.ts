import type { FollowUp, Submission } from '../plan.ts'

export interface Reactions {
  /** The partner was told something about this appeal; `isResult` where that is what came of it. */
  told(externalId: string, isResult: boolean): void
  /** Follow-ups not made yet. */
  left(): number
}

const afterResult: ReadonlySet<FollowUp> = new Set(['redo', 'evaluate'])
const delayMs = 400

/**
 * Follow-ups of partners whose citizens read what they are told: some once they read anything, some once they read the
 * result.
 */
export function createReactions(
  submissions: readonly Submission[],
  follow: (externalId: string, followUp: FollowUp) => void,
): Reactions {
  const open = new Map(submissions.map(({ externalId, followUps }) => [externalId, followUps]))
  let left = submissions.reduce((sum, { followUps }) => sum + followUps.length, 0)
  return {
    told: (externalId, isResult) => {
      const all = open.get(externalId) ?? []
      const now = all.filter((one) => isResult || !afterResult.has(one))
      open.set(
        externalId,
        all.filter((one) => !now.includes(one)),
      )
      for (const [index, followUp] of now.entries())
        setTimeout(
          () => {
            follow(externalId, followUp)
            left -= 1
          },
          delayMs * (index + 1),
        )
    },
    left: () => left,
  }
}
