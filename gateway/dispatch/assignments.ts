/** Assignments 派单: one lead unit, any co-handlers; each signs, returns and resolves for itself (并联派件). Pure. */
import type { CaseEventContent, CaseEventType } from '../../schemas/case.ts'
import type { TimeLimit } from '../../schemas/primitives.ts'

export interface AssignmentRow {
  readonly id: string
  readonly unitCode: string
  readonly role: 'lead' | 'co'
  state: 'dispatched' | 'signed' | 'processing' | 'resolved' | 'returned' | 'withdrawn'
  readonly timeLimit: TimeLimit | null
  dueAt: Date | null
  readonly dispatchedAt: Date
  signedAt: Date | null
  resolvedAt: Date | null
  returnedAt: Date | null
}

export type AssignmentVerdict =
  /** The case's own state moves with this event. */
  | { readonly kind: 'case'; readonly assignments: readonly AssignmentRow[] }
  /** Only a co-handler's part moves; the case stays. */
  | { readonly kind: 'part'; readonly assignments: readonly AssignmentRow[] }
  | { readonly kind: 'refused'; readonly detail: string }

const perAssignment: ReadonlySet<CaseEventType> = new Set([
  'signed',
  'processing',
  'resolved',
  'returned',
  'transferred',
  'extended',
])
const isOpen = (row: AssignmentRow) =>
  row.state !== 'returned' && row.state !== 'withdrawn' && row.state !== 'resolved'

interface Step {
  readonly type: CaseEventType
  readonly content: CaseEventContent
  readonly occurredAt: Date
  readonly newId: () => string
}

function dispatched(rows: readonly AssignmentRow[], step: Step): AssignmentVerdict {
  const { content } = step
  if (content.leadUnit === undefined)
    return {
      kind: 'refused',
      detail:
        'A dispatched event names its lead unit: set content.leadUnit, and content.coUnits for co-handlers.',
    }
  const coUnits = new Set(content.coUnits ?? [])
  if (coUnits.has(content.leadUnit))
    return {
      kind: 'refused',
      detail: `Unit ${content.leadUnit} cannot be lead and co-handler at once. Leave it out of content.coUnits.`,
    }
  const fresh = (unitCode: string, role: 'lead' | 'co'): AssignmentRow => ({
    id: step.newId(),
    unitCode,
    role,
    state: 'dispatched',
    timeLimit: content.limit ?? null,
    dueAt: content.dueAt === undefined ? null : new Date(content.dueAt),
    dispatchedAt: step.occurredAt,
    signedAt: null,
    resolvedAt: null,
    returnedAt: null,
  })
  const earlier = rows.map((row) => (isOpen(row) ? { ...row, state: 'withdrawn' as const } : row))
  return {
    kind: 'case',
    assignments: [
      ...earlier,
      fresh(content.leadUnit, 'lead'),
      ...[...coUnits].map((unit) => fresh(unit, 'co')),
    ],
  }
}

function moved(row: AssignmentRow, step: Step): AssignmentRow {
  const at = step.occurredAt
  switch (step.type) {
    case 'signed':
      return { ...row, state: 'signed', signedAt: at }
    case 'processing':
      return { ...row, state: 'processing', signedAt: row.signedAt ?? at }
    case 'resolved':
      return { ...row, state: 'resolved', resolvedAt: at }
    case 'returned':
      return { ...row, state: 'returned', returnedAt: at }
    default:
      return row
  }
}

/** 转派: another unit takes over what this one had, with its time left. */
function transferred(rows: readonly AssignmentRow[], own: AssignmentRow, step: Step): AssignmentVerdict {
  const unitCode = step.content.leadUnit
  if (unitCode === undefined)
    return {
      kind: 'refused',
      detail:
        'A transferred event names the unit that takes over: set content.leadUnit, and content.unitCode for the one that had it.',
    }
  if (rows.some((row) => isOpen(row) && row.unitCode === unitCode))
    return { kind: 'refused', detail: `Unit ${unitCode} has an open assignment on this case already.` }
  const taken: AssignmentRow = {
    ...own,
    id: step.newId(),
    unitCode,
    state: 'dispatched',
    dispatchedAt: step.occurredAt,
    signedAt: null,
    resolvedAt: null,
    returnedAt: null,
  }
  return {
    kind: 'part',
    assignments: [
      ...rows.map((row) => (row.id === own.id ? { ...row, state: 'withdrawn' as const } : row)),
      taken,
    ],
  }
}

/** 延期: a granted one moves the due time. */
function extended(rows: readonly AssignmentRow[], own: AssignmentRow, { content }: Step): AssignmentVerdict {
  const dueAt =
    content.decision === 'granted' && content.dueAt !== undefined ? new Date(content.dueAt) : undefined
  return {
    kind: 'part',
    assignments:
      dueAt === undefined ? rows : rows.map((row) => (row.id === own.id ? { ...row, dueAt } : row)),
  }
}

/** What an event does to the assignments, and whether it is the case's or only one unit's. */
export function applyToAssignments(rows: readonly AssignmentRow[], step: Step): AssignmentVerdict {
  if (step.type === 'dispatched') return dispatched(rows, step)
  if (!perAssignment.has(step.type)) return { kind: 'case', assignments: rows }
  const open = rows.filter(isOpen)
  const unitCode = step.content.unitCode
  const own =
    unitCode === undefined
      ? open.find((row) => row.role === 'lead')
      : open.find((row) => row.unitCode === unitCode)
  if (own === undefined) {
    const units = open.map((row) => `${row.unitCode} (${row.role})`).join(', ')
    return {
      kind: 'refused',
      detail: `No open assignment of ${unitCode ?? 'a lead unit'} on this case. Open ones: ${units === '' ? 'none' : units}.`,
    }
  }
  if (step.type === 'transferred') return transferred(rows, own, step)
  if (step.type === 'extended') return extended(rows, own, step)
  const others = open.filter((row) => row.id !== own.id)
  if (own.role === 'lead' && step.type === 'resolved' && others.length > 0) {
    return {
      kind: 'refused',
      detail: `Co-handlers have not finished: ${others.map((row) => row.unitCode).join(', ')}. Append their resolved or returned first.`,
    }
  }
  const after = rows.map((row) =>
    row.id === own.id
      ? moved(row, step)
      : own.role === 'lead' && step.type === 'returned' && isOpen(row)
        ? { ...row, state: 'withdrawn' as const }
        : row,
  )
  return { kind: own.role === 'lead' ? 'case' : 'part', assignments: after }
}
