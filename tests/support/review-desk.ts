/** Questions for the review desk, asked as the linker asks them, of cases that a house holds. */
import { randomUUID } from 'node:crypto'
import { weighReviews } from '../../gateway/linking/review/weigh.ts'
import type { WorkingReport } from '../../gateway/store/working.ts'
import type { ReviewAnswer, ReviewItem, ReviewLine, ReviewOutcome } from '../../schemas/review.ts'
import { createKey } from '../../gateway/http/keys.ts'
import { hotlineChannel, order, startHotline, startHouse, type Hotline, type House } from './house.ts'

export interface Question {
  readonly id: string
  /** Numbers of the case that the report stands in and of the one it may belong to. */
  readonly own: string
  readonly other: string
  readonly report: string
}

const usualParts = [
  { field: 'place', level: 'sameRoad', weight: 4.5, detail: 'same road' },
  { field: 'distance', level: 'within30m', weight: 3, detail: '14 m apart' },
  { field: 'person', level: 'different', weight: -0.3, detail: 'different person' },
  { field: 'category', level: 'different', weight: -1.5, detail: 'different categories' },
]

/** Two orders about different things, each in a case of its own. */
export async function twoCases(
  house: House,
  orders: readonly [object, object] = [{}, {}],
): Promise<[{ number: string; order: string }, { number: string; order: string }]> {
  const made = orders.map((other) => order({ ...other }))
  for (const one of made) await house.accepted('hotline-a', one)
  const [first, second] = await Promise.all(
    made.map(async ({ order_no }) => ({
      number: await house.caseOf('hotline-a', order_no),
      order: order_no,
    })),
  )
  if (first === undefined || second === undefined || first.number === second.number)
    throw new Error('The two orders are one case.')
  // What the engine asks of its own accord is another test's.
  await house.gateway.deps.db.sql`delete from matches where model <> 'test'`
  return [first, second]
}

/** Asks whether the report of `own` belongs to `other`. */
export async function ask(
  house: House,
  { own, other, probability = 0.5, at }: { own: string; other: string; probability?: number; at?: Date },
): Promise<Question> {
  const { db, now } = house.gateway.deps
  const [row] = await db.sql<{ report: string; working: WorkingReport; other: string }[]>`
    select p.id as report, p.working, o.id as other from cases c join reports p on p.case_id = c.id join cases o on o.number = ${other}
    where c.number = ${own} order by p.received_at limit 1`
  if (row === undefined) throw new Error(`There is no report of ${own}.`)
  const id = randomUUID()
  const match = { decision: 'review', case_id: row.other, probability, working: row.working }
  await db.transaction(async (tx) => {
    const [weighed] = await weighReviews(tx, [match], now())
    await tx`
      insert into matches (id, report_id, case_id, score, probability, decision, decided_by, decided_at, model, parts, worth)
      values (${id}, ${row.report}, ${row.other}, 5.7, ${probability}, 'review', 'engine', ${at ?? now()}, 'test', ${tx.json(usualParts)}, ${weighed?.worth ?? null})`
  })
  return { id, own, other, report: row.report }
}

export interface Desk {
  list(query?: string): Promise<{ items: ReviewLine[]; cursor?: string }>
  show(id: string): Promise<ReviewItem>
  take(clerk: string, other?: object): Promise<ReviewItem[]>
  decide(id: string, answer: Partial<ReviewAnswer>): Promise<{ status: number; body: Decided }>
  undo(id: string, other?: object): Promise<{ status: number; body: { code?: string } & Partial<ReviewItem> }>
}

export interface Decided {
  readonly outcome: ReviewOutcome
  readonly next?: ReviewItem
  readonly code?: string
  readonly taken?: { readonly clerk: string }
}

/** The desk's API as a clerk's page calls it. `url`: of one of several gateways. */
export function deskOf(house: House, key: string, url: () => string = () => house.gateway.url): Desk {
  const call = async (path: string, body?: object) => {
    const answer = await fetch(`${url()}/v1/review${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return { status: answer.status, body: (await answer.json()) as never }
  }
  return {
    list: async (query = '') => (await call(query)).body,
    show: async (id) => (await call(`/${id}`)).body,
    take: async (clerk, other = {}) =>
      ((await call('/take', { clerk, ...other })).body as { items: ReviewItem[] }).items,
    decide: async (id, answer) =>
      await call(`/${id}/decision`, { clerk: 'C-07', eventId: randomUUID(), ...answer }),
    undo: async (id, other = {}) =>
      await call(`/${id}/undo`, { clerk: 'C-07', eventId: randomUUID(), ...other }),
  }
}

export interface DeskHouse {
  readonly hotline: Hotline
  readonly house: House
  /** With a key of the scope `review`. */
  readonly desk: Desk
  /** Two cases and a question between them. */
  question(
    orders?: Parameters<typeof twoCases>[1],
    probability?: number,
  ): Promise<Question & { first: { order: string }; second: { order: string } }>
  /** What the hotline was told of an order, in its codes. */
  codesOf(orderNo: string): unknown[]
  /** Nothing waits, and nobody has taken anything. */
  clear(): Promise<void>
  stop(): Promise<void>
}

/** A gateway with two hotlines and a clerk's key. */
export async function startDesk(): Promise<DeskHouse> {
  const hotline = await startHotline()
  const house = await startHouse([
    hotlineChannel(hotline.url),
    hotlineChannel(hotline.url, { channel: 'hotline-b', name: { zh: '乙热线' } }),
  ])
  const key = { name: 'desk', scopes: ['review'], now: new Date() }
  const desk = deskOf(house, (await createKey(house.gateway.deps.db, key)).key)
  return {
    hotline,
    house,
    desk,
    question: async (orders, probability = 0.5) => {
      const [first, second] = await twoCases(house, orders)
      const asked = await ask(house, { own: second.number, other: first.number, probability })
      return { first, second, ...asked }
    },
    codesOf: (orderNo) =>
      hotline.told.filter(({ body }) => body['order_no'] === orderNo).map(({ body }) => body['status']),
    clear: async () => {
      await house.gateway.deps.db.sql`delete from matches`
      await house.gateway.deps.db.sql`delete from leases where name like 'review:%'`
    },
    stop: async () => {
      await house.stop()
      await hotline.close()
    },
  }
}
