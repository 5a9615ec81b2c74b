/** Cases whose rows an act on them holds, and why an act on them is refused. */
import type { CaseState, Flow } from '../../../schemas/case.ts'
import type { Tx } from '../../store/client.ts'
import { GatewayError } from '../../telemetry/errors.ts'

export interface HeldCase {
  readonly id: string
  readonly number: string
  readonly chain_id: string
  readonly predecessor_id: string | null
  readonly state: CaseState
  readonly state_before: CaseState | null
  readonly flow: Flow | null
  readonly sequence: number
  readonly tags: readonly string[]
  readonly merged_into: string | null
  /** Number of the case that took over its reports. */
  readonly merged_number: string | null
}

/**
 * Locks the rows of cases in the order of their ids, as everybody does who needs several: the linker, and the acts here. Who
 * waited reads what the other one made of them.
 */
export async function holdCases(tx: Tx, ids: readonly string[]): Promise<Map<string, HeldCase>> {
  await tx`select 1 from cases where id = any(${ids as string[]}::uuid[]) order by id for update`
  const rows = await tx<HeldCase[]>`
    select c.id, c.number, c.chain_id, c.predecessor_id, c.state, c.state_before, c.flow, c.sequence, c.tags, c.merged_into, m.number as merged_number
    from cases c left join cases m on m.id = c.merged_into where c.id = any(${ids as string[]}::uuid[])`
  return new Map(rows.map((row) => [row.id, row]))
}

/** Throws `case.unknown`. */
export async function holdByNumbers(tx: Tx, numbers: readonly string[]): Promise<HeldCase[]> {
  const rows = await tx<{ id: string; number: string }[]>`
    select id, number from cases where number = any(${numbers as string[]})`
  const ids = new Map(rows.map(({ id, number }) => [number, id]))
  const unknown = numbers.find((number) => !ids.has(number))
  if (unknown !== undefined)
    throw new GatewayError('case.unknown', `There is no case ${unknown}.`, { context: { case: unknown } })
  const held = await holdCases(tx, [...ids.values()])
  return numbers.flatMap((number) => held.get(ids.get(number) ?? '') ?? [])
}

/** The case in which what stood in `id` stands now. */
export async function survivorOf(tx: Tx, id: string): Promise<string> {
  const [row] = await tx<{ id: string }[]>`
    with recursive went as (
      select id, merged_into from cases where id = ${id}
      union all select c.id, c.merged_into from went join cases c on c.id = went.merged_into
    ) select id from went where merged_into is null`
  return row?.id ?? id
}

/** Reports of a case, oldest first. Served by reports_case. */
export async function reportsOf(tx: Tx, caseId: string): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`
    select id from reports where case_id = ${caseId} order by received_at, id`
  return rows.map(({ id }) => id)
}

/** 409 `case.merged`: what was to be done to a joined case is done to the one that took over. */
export function joinedElsewhere(held: { number: string; merged_number: string | null }): GatewayError {
  const { number, merged_number } = held
  return new GatewayError(
    'case.merged',
    `Case ${number} was joined with ${merged_number} 并案 and takes nothing itself. Use ${merged_number}, or undo the joining first.`,
    { context: { case: number }, extra: { mergedInto: merged_number } },
  )
}
