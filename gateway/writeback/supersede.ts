import type { PlannedDelivery } from './plan.ts'

/** Marks in the store whose earlier progress a batch made old. */
export interface Superseder {
  readonly party_id: string
  readonly sequence: number
  /** A blocked notice replaces blocked ones only: one that can still be delivered is better than silence. */
  readonly blocked_only: boolean
}

export const supersededReason = 'A later state of the case was told instead.'

/** A later state makes earlier undelivered progress old; acceptance, result and note are owed and stay. */
function strength(planned: PlannedDelivery): 'none' | 'blocked' | 'all' {
  if (planned.class !== 'progress' && planned.class !== 'result') return 'none'
  if (planned.state === 'waiting' || planned.state === 'task') return 'all'
  return planned.state === 'blocked' ? 'blocked' : 'none'
}

/** One party's deliveries in order, with those superseded that a later one of the same batch makes old. */
export function supersedeWithin(inOrder: readonly PlannedDelivery[]): PlannedDelivery[] {
  let later: 'none' | 'blocked' | 'all' = 'none'
  const result: PlannedDelivery[] = []
  for (const planned of inOrder.toReversed()) {
    const old =
      planned.class === 'progress' &&
      (later === 'all' ? planned.state !== 'skipped' : later === 'blocked' && planned.state === 'blocked')
    result.push(
      old
        ? { ...planned, state: 'superseded', content: null, dueAt: null, reason: supersededReason }
        : planned,
    )
    const own = strength(planned)
    if (own === 'all' || later === 'none') later = own === 'none' ? later : own
  }
  return result.toReversed()
}

/** What of the party's deliveries in the store the batch makes old. */
export function supersedersOf(inOrder: readonly PlannedDelivery[]): Superseder[] {
  const last = (wanted: 'blocked' | 'all') => inOrder.findLast((planned) => strength(planned) === wanted)
  return (['all', 'blocked'] as const).flatMap((wanted) => {
    const planned = last(wanted)
    return planned === undefined
      ? []
      : [{ party_id: planned.partyId, sequence: planned.sequence, blocked_only: wanted === 'blocked' }]
  })
}
