/** What people do with deliveries: see them, finish manual tasks, send again, waive, decide what is uncertain. */
import type { Delivery, DeliveryState, ManualTask } from '../../schemas/delivery.ts'
import type { Deps } from '../deps.ts'
import type { Tx } from '../store/client.ts'
import { GatewayError } from '../telemetry/errors.ts'
import { openContent } from './content.ts'
import { deliveryOf, getDelivery, isUuid, unknownDelivery, type DeliveryRow } from './delivery-view.ts'
import { LOCK_DELIVERY, NOTE_DECISION, SELECT_DELIVERIES, SEND_AGAIN, SETTLE_BY_HAND } from './people-sql.ts'
import { query, queryOnce } from './query.ts'
import { remap } from './remap.ts'
import { instant } from './rows.ts'

export interface DeliveryFilter {
  readonly channel?: string | undefined
  readonly state?: DeliveryState | undefined
  /** Case number. */
  readonly case?: string | undefined
  readonly report?: string | undefined
  readonly limit?: number | undefined
}

/** Deliveries that fit every given condition, newest first. */
export async function listDeliveries(deps: Deps, filter: DeliveryFilter): Promise<Delivery[]> {
  return (await select(deps, filter, 'desc')).map(deliveryOf)
}

/** Open manual tasks with their text, oldest first. */
export async function listTasks(
  deps: Deps,
  filter: { channel?: string | undefined; limit: number },
): Promise<ManualTask[]> {
  const rows = await select(deps, { ...filter, state: 'task' }, 'asc')
  return rows.flatMap((row) => {
    const content = openContent(deps.envelope, row)
    if (content.kind !== 'task') return []
    const channelName = deps.catalog.find(row.channel_id)?.name
    return {
      id: row.id,
      channel: row.channel_id,
      ...(channelName === undefined ? {} : { channelName }),
      case: row.number,
      externalId: row.external_id ?? row.number,
      ...(content.where === undefined ? {} : { where: content.where }),
      text: content.text,
      eventType: row.event_type,
      createdAt: instant(row.created_at),
    }
  })
}

function select(deps: Deps, filter: DeliveryFilter, order: 'asc' | 'desc'): Promise<DeliveryRow[]> {
  if (filter.report !== undefined && !isUuid(filter.report)) return Promise.resolve([])
  const conditions = [
    ['d.channel_id =', filter.channel],
    ['d.state =', filter.state],
    ['c.number =', filter.case],
    ['d.report_id =', filter.report],
  ].filter((condition): condition is [string, string] => condition[1] !== undefined)
  const where = conditions.map(([column], index) => `${column} $${index + 1}`).join(' and ')
  const limit = `limit $${conditions.length + 1}::int`
  const statement = `${SELECT_DELIVERIES}${where === '' ? '' : ` where ${where}`} order by d.created_at ${order}, d.position ${order} ${limit}`
  return queryOnce<DeliveryRow>(deps.db, statement, [
    ...conditions.map(([, value]) => value),
    Math.min(filter.limit ?? 100, 1_000),
  ])
}

interface LockedRow {
  readonly id: string
  readonly state: DeliveryState
  readonly channel_id: string
  readonly case_id: string
  readonly case_event_id: string
  readonly party_id: string
  readonly tries: number
  readonly has_body: boolean
}

type Decision = 'finished' | 'replayed' | 'waived' | 'decided'

/** What a person can do in each state. */
const possible: { readonly [S in DeliveryState]: readonly string[] } = {
  waiting: ['waive'],
  claimed: [],
  blocked: ['replay', 'waive'],
  uncertain: ['decide', 'replay', 'waive'],
  task: ['finish', 'waive'],
  delivered: [],
  skipped: [],
  superseded: [],
  dead: ['replay', 'waive'],
  waived: [],
}

/** A clerk did it by hand. Throws `delivery.unknown`, `delivery.state`. */
export function finishTask(
  deps: Deps,
  id: string,
  done: { by: string; reference?: string },
): Promise<Delivery> {
  return decide(deps, { id, action: 'finish', decision: 'finished', by: done.by }, async (tx, row) => {
    await settleByHand(tx, deps, row, {
      state: 'delivered',
      by: done.by,
      reference: done.reference ?? null,
      reason: null,
    })
  })
}

/**
 * Sends again what is dead or uncertain, from the first try on; maps again what is blocked, by the current mapping, which may
 * leave it blocked with a new reason. Throws `delivery.unknown`, `delivery.state`.
 */
export function replayDelivery(deps: Deps, id: string, { by }: { by: string }): Promise<Delivery> {
  return decide(deps, { id, action: 'replay', decision: 'replayed', by }, async (tx, row) => {
    if (row.state === 'blocked' || !row.has_body) await remap(tx, deps, row)
    else await query(tx, SEND_AGAIN, [row.id, deps.now().toISOString(), false])
  })
}

/** A person decides that this need not be told. Throws `delivery.unknown`, `delivery.state`. */
export function waiveDelivery(
  deps: Deps,
  id: string,
  waiver: { by: string; reason: string },
): Promise<Delivery> {
  return decide(deps, { id, action: 'waive', decision: 'waived', by: waiver.by }, async (tx, row) => {
    await settleByHand(tx, deps, row, {
      state: 'waived',
      by: waiver.by,
      reference: null,
      reason: waiver.reason.replaceAll('\u0000', ''),
    })
  })
}

/** Says what became of a delivery that may have been taken. Throws `delivery.unknown`, `delivery.state`. */
export function decideUncertain(
  deps: Deps,
  id: string,
  verdict: 'delivered' | 'send-again',
  { by }: { by: string },
): Promise<Delivery> {
  return decide(deps, { id, action: 'decide', decision: 'decided', by }, async (tx, row) => {
    if (verdict === 'send-again') await query(tx, SEND_AGAIN, [row.id, deps.now().toISOString(), true])
    else await settleByHand(tx, deps, row, { state: 'delivered', by, reference: null, reason: null })
  })
}

/** Locks the delivery, checks that the action is possible, does it, and notes who did. */
async function decide(
  deps: Deps,
  asked: { id: string; action: string; decision: Decision; by: string },
  work: (tx: Tx, row: LockedRow) => Promise<void>,
): Promise<Delivery> {
  const delivery = await deps.db.transaction(async (tx) => {
    const row = await lock(tx, asked.id)
    const allowed = possible[row.state]
    if (!allowed.includes(asked.action)) throw wrongState(row, asked.action, allowed)
    await work(tx, row)
    const decided = await getDelivery(tx, row.id)
    const noted = [
      deps.newId(),
      row.id,
      row.tries,
      asked.decision,
      deps.now().toISOString(),
      decided.state,
      `by ${asked.by}`,
    ]
    await query(tx, NOTE_DECISION, noted)
    return decided
  })
  deps.log.info({
    event: `delivery.${asked.decision}`,
    delivery: delivery.id,
    channel: delivery.channel,
    state: delivery.state,
    principal: asked.by,
  })
  deps.signals.wake('delivery')
  return delivery
}

async function lock(tx: Tx, id: string): Promise<LockedRow> {
  const [row] = isUuid(id) ? await query<LockedRow>(tx, LOCK_DELIVERY, [id]) : []
  if (row === undefined) throw unknownDelivery(id)
  return row
}

function wrongState(row: LockedRow, action: string, allowed: readonly string[]): GatewayError {
  const instead =
    allowed.length === 0 ? 'Nothing is left to do by hand.' : `Possible now: ${allowed.join(', ')}.`
  return new GatewayError(
    'delivery.state',
    `This delivery is ${row.state}, so "${action}" is not possible. ${instead}`,
    {
      context: { delivery: row.id, state: row.state },
      extra: { allowed: [...allowed] },
    },
  )
}

async function settleByHand(
  tx: Tx,
  deps: Deps,
  row: LockedRow,
  end: { state: 'delivered' | 'waived'; by: string; reference: string | null; reason: string | null },
): Promise<void> {
  await query(tx, SETTLE_BY_HAND, [
    row.id,
    end.state,
    end.by,
    deps.now().toISOString(),
    end.reference,
    end.reason,
  ])
}
