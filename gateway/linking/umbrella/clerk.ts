/** Umbrella cases 总案 by a clerk's hand: opened, extended, ended. Each act is a note of its case. */
import type { CaseState } from '../../../schemas/case.ts'
import type { Deps } from '../../deps.ts'
import { insertCaseEvents } from '../../store/case-log.ts'
import type { Tx } from '../../store/client.ts'
import { GatewayError } from '../../telemetry/errors.ts'
import { ownEvent } from '../people/own-event.ts'
import { addTags, relationTags } from '../people/relations.ts'
import { ruleOfCase } from './burst.ts'
import { hasPlace, hasSubject, type UmbrellaRule } from './rule.ts'
import { umbrellaNote, writeUmbrella } from './write.ts'

const hourMs = 3_600_000

export interface Umbrella {
  readonly case: string
  readonly title?: string
  readonly rule: UmbrellaRule
  readonly openedAt: string
  readonly openedBy: string
  readonly until: string
  readonly endedAt?: string
  readonly endedBy?: string
  /** Reports of its case that joined since it opened. */
  readonly joined: number
}

interface UmbrellaCase {
  readonly id: string
  readonly state: CaseState
  sequence: number
  readonly merged_into: string | null
  readonly until: Date | null
  readonly opened_at: Date | null
  readonly ended_at: Date | null
  readonly rule: UmbrellaRule | null
}

async function lockCase(tx: Tx, number: string): Promise<UmbrellaCase> {
  const [row] = await tx<UmbrellaCase[]>`
    select c.id, c.state, c.sequence, c.merged_into, u.until, u.opened_at, u.ended_at, u.rule
    from cases c left join umbrellas u on u.case_id = c.id where c.number = ${number} for update of c`
  if (row === undefined)
    throw new GatewayError('case.unknown', `There is no case ${number}.`, { context: { case: number } })
  return row
}

const refused = (number: string, detail: string) =>
  new GatewayError('case.umbrella', detail, { context: { case: number } })

async function note(
  tx: Tx,
  deps: Deps,
  { held, clerk, ...event }: { held: UmbrellaCase; clerk: string; reasonCode: string; internalNote: string },
): Promise<void> {
  const made = ownEvent(deps, held, {
    type: 'noted',
    eventId: `${event.reasonCode}:${deps.newId()}`,
    content: event,
  })
  await insertCaseEvents(tx, [{ ...made, actor: { kind: 'clerk', id: `clerk:${clerk}` } }])
  await tx`update cases set sequence = ${held.sequence} where id = ${held.id}`
}

/** After the commit. */
function told(deps: Deps, line: { event: string; case: string; clerk: string }): void {
  deps.signals.wake('fan-out')
  deps.signals.wake('dispatch')
  deps.log.info({ event: line.event, case: line.case, principal: `clerk:${line.clerk}` })
}

export interface OpenRequest {
  readonly number: string
  readonly clerk: string
  readonly hours: number
  /** Parts that the clerk gives. What it says nothing of, place or subject, is taken from the case's reports. */
  readonly rule: UmbrellaRule
}

/** Opens an umbrella on a case, or gives the open one another rule and window. Throws `case.unknown`, `case.umbrella`. */
export async function openUmbrella(deps: Deps, request: OpenRequest): Promise<Umbrella> {
  const { number, clerk, hours } = request
  await deps.db.transaction(async (tx) => {
    const held = await lockCase(tx, number)
    if (held.state === 'closed' || held.merged_into !== null)
      throw refused(
        number,
        `Case ${number} takes no more reports: it was closed, or joined into another case.`,
      )
    const rule = completed(request.rule, await ruleOfCase(tx, deps, held.id))
    if (!hasPlace(rule))
      throw refused(
        number,
        `The reports of case ${number} name no place in common, so the rule would take reports of anywhere. Name places, areas or a circle.`,
      )
    const openedAt = deps.now()
    const until = new Date(openedAt.getTime() + hours * hourMs)
    await writeUmbrella(tx, { caseId: held.id, rule, openedAt, openedBy: `clerk:${clerk}`, until })
    await addTags(tx, new Map([[held.id, [relationTags.umbrella]]]))
    const internalNote = umbrellaNote({ rule, until })
    await note(tx, deps, { held, clerk, reasonCode: 'umbrella-opened', internalNote })
  })
  told(deps, { event: 'umbrella.opened', case: number, clerk })
  return await readUmbrella(deps, number)
}

/** What the clerk gave, and of place and subject each what the case's reports say where the clerk said nothing of it. */
function completed(given: UmbrellaRule, derived: UmbrellaRule): UmbrellaRule {
  const { names, component, areas, circle, ...subject } = derived
  const place = {
    ...(names === undefined ? {} : { names }),
    ...(component === undefined ? {} : { component }),
    ...(areas === undefined ? {} : { areas }),
    ...(circle === undefined ? {} : { circle }),
  }
  return { ...(hasPlace(given) ? {} : place), ...(hasSubject(given) ? {} : subject), ...given }
}

function requireOpen(number: string, held: UmbrellaCase): { until: Date; rule: UmbrellaRule } {
  if (held.until === null || held.rule === null || held.ended_at !== null)
    throw refused(number, `Case ${number} has no open umbrella. Open one first.`)
  return { until: held.until, rule: held.rule }
}

/** So many hours more. Throws `case.unknown`, `case.umbrella`. */
export async function extendUmbrella(
  deps: Deps,
  { number, clerk, hours }: { number: string; clerk: string; hours: number },
): Promise<Umbrella> {
  await deps.db.transaction(async (tx) => {
    const held = await lockCase(tx, number)
    const { until, rule } = requireOpen(number, held)
    const later = new Date(Math.max(until.getTime(), deps.now().getTime()) + hours * hourMs)
    await tx`update umbrellas set until = ${later} where case_id = ${held.id}`
    const internalNote = umbrellaNote({ rule, until: later })
    await note(tx, deps, { held, clerk, reasonCode: 'umbrella-extended', internalNote })
  })
  told(deps, { event: 'umbrella.extended', case: number, clerk })
  return await readUmbrella(deps, number)
}

/** Ends it at once; no burst opens one on this case again. Throws `case.unknown`, `case.umbrella`. */
export async function endUmbrella(
  deps: Deps,
  { number, clerk }: { number: string; clerk: string },
): Promise<Umbrella> {
  await deps.db.transaction(async (tx) => {
    const held = await lockCase(tx, number)
    requireOpen(number, held)
    await tx`update umbrellas set ended_at = ${deps.now()}, ended_by = ${`clerk:${clerk}`} where case_id = ${held.id}`
    await note(tx, deps, { held, clerk, reasonCode: 'umbrella-ended', internalNote: '总案已由人工结束。' })
  })
  told(deps, { event: 'umbrella.ended', case: number, clerk })
  return await readUmbrella(deps, number)
}

interface UmbrellaRow {
  readonly number: string
  readonly title: string | null
  readonly rule: UmbrellaRule
  readonly opened_at: Date
  readonly opened_by: string
  readonly until: Date
  readonly ended_at: Date | null
  readonly ended_by: string | null
  readonly joined: number
}

const umbrellaOf = (row: UmbrellaRow): Umbrella => ({
  case: row.number,
  ...(row.title === null ? {} : { title: row.title }),
  rule: row.rule,
  openedAt: row.opened_at.toISOString(),
  openedBy: row.opened_by,
  until: row.until.toISOString(),
  ...(row.ended_at === null ? {} : { endedAt: row.ended_at.toISOString() }),
  ...(row.ended_by === null ? {} : { endedBy: row.ended_by }),
  joined: row.joined,
})

const umbrellaRows = `
  select c.number, c.title, u.rule, u.opened_at, u.opened_by, u.until, u.ended_at, u.ended_by,
    (select count(*)::int from reports p where p.case_id = c.id and p.linked_at >= u.opened_at) as joined
  from umbrellas u join cases c on c.id = u.case_id`

async function readUmbrella(deps: Deps, number: string): Promise<Umbrella> {
  const rows = await deps.db.sql.unsafe<UmbrellaRow[]>(`${umbrellaRows} where c.number = $1`, [number])
  const [row] = rows
  if (row === undefined) throw refused(number, `Case ${number} has no umbrella.`)
  return umbrellaOf(row)
}

/** Open ones first, then the newest. */
export async function listUmbrellas(
  deps: Pick<Deps, 'db'>,
  { limit, open }: { limit: number; open: boolean },
): Promise<Umbrella[]> {
  const rows = await deps.db.sql.unsafe<UmbrellaRow[]>(
    `${umbrellaRows} where not $2 or u.ended_at is null order by u.ended_at is null desc, u.opened_at desc limit $1`,
    [limit, open],
  )
  return rows.map(umbrellaOf)
}
