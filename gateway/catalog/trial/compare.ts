/** What a draft makes of a record, beside what the published mapping makes of it. */
import type { MappedRecord } from '../../mapping/feed.ts'
import { changesBetween, type ContentChanges } from '../../mapping/content-changes.ts'
import type { UnknownValue } from '../../mapping/run.ts'

/** `newly-pass`: it was quarantined and would not be; `newly-fail` the other way round. */
export type Verdict = 'unchanged' | 'changed' | 'newly-pass' | 'newly-fail'

export interface Comparison {
  readonly verdict: Verdict
  readonly was: MappedRecord['kind']
  readonly becomes: MappedRecord['kind']
  readonly changes: ContentChanges
  /** Why it would be quarantined, or filtered. */
  readonly reason: { readonly code: string; readonly detail: string } | undefined
  readonly newlyKnown: readonly UnknownValue[]
  readonly newlyUnknown: readonly UnknownValue[]
}

const unknownOf = (record: MappedRecord): readonly UnknownValue[] =>
  record.kind === 'filtered' ? [] : record.unknown
const without = (values: readonly UnknownValue[], others: readonly UnknownValue[]) =>
  values.filter(({ table, value }) => !others.some((other) => other.table === table && other.value === value))

export function compareRecords(live: MappedRecord, draft: MappedRecord): Comparison {
  const changes = contentChanges(live, draft)
  const reason = 'reason' in draft ? { code: draft.reason.code, detail: draft.reason.detail } : undefined
  return {
    verdict: verdictOf(live, draft, changes),
    was: live.kind,
    becomes: draft.kind,
    changes,
    reason,
    newlyKnown: without(unknownOf(live), unknownOf(draft)),
    newlyUnknown: without(unknownOf(draft), unknownOf(live)),
  }
}

function contentChanges(live: MappedRecord, draft: MappedRecord): ContentChanges {
  const changes = 'content' in live && 'content' in draft ? changesBetween(live.content, draft.content) : {}
  // Another identity is another record to the intake: it would be taken as new.
  return live.identity === draft.identity || live.kind === 'filtered' || draft.kind === 'filtered'
    ? changes
    : { ...changes, changed: ['(identity)', ...(changes.changed ?? [])] }
}

function verdictOf(live: MappedRecord, draft: MappedRecord, changes: ContentChanges): Verdict {
  if (live.kind === 'quarantined' && draft.kind === 'quarantined')
    return JSON.stringify(live.reason) === JSON.stringify(draft.reason) ? 'unchanged' : 'changed'
  if (live.kind === 'quarantined') return 'newly-pass'
  if (draft.kind === 'quarantined') return 'newly-fail'
  if (live.kind !== draft.kind) return 'changed'
  return Object.keys(changes).length === 0 ? 'unchanged' : 'changed'
}
