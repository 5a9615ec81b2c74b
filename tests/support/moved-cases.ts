/** Clerks' acts on cases over HTTP, and what the hotlines' own ledgers show after them. */
import { randomUUID } from 'node:crypto'
import type { Case } from '../../schemas/case.ts'
import { order, until, type Hotline, type House } from './house.ts'

/** A case of one report, as its source knows it. */
export interface OwnCase {
  readonly number: string
  readonly orderNo: string
  readonly channel: string
  readonly report: string
  /** As the hotline sent it. */
  readonly sent: ReturnType<typeof order>
}

export interface Clerk {
  /** A case of its own: one order about a matter that no other order is about. */
  opened(channel: string, fields?: { readonly [field: string]: unknown }): Promise<OwnCase>
  merge(from: string, into: string, body?: object): Promise<Response>
  split(number: string, body: object): Promise<Response>
  undo(move: string, body?: object): Promise<Response>
  chain(open: string, after: string, body?: object): Promise<Response>
  /** The move's id of an act that must succeed. */
  merged(from: string, into: string, body?: object): Promise<string>
  /** Appends events that must be taken. */
  work(number: string, steps: readonly Step[]): Promise<void>
  read(number: string): Promise<Case>
}

export type Step = string | { readonly type: string; readonly content?: object }

const usual: { readonly [type: string]: object } = {
  registered: { flow: 'general' },
  dispatched: { leadUnit: 'SZZX' },
  resolved: { answer: '已修复。', solved: 'yes' },
}

export function clerkOf(house: () => House): Clerk {
  const post = async (path: string, body: object) =>
    await fetch(`${house().gateway.url}/v1/dispatch/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${house().dispatchKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ eventId: randomUUID(), clerk: 'C-07', ...body }),
    })
  const clerk: Clerk = {
    opened: async (channel, fields = {}) => {
      const sent = order(fields)
      await house().accepted(channel, sent)
      const number = await house().caseOf(channel, sent.order_no)
      const report = (await clerk.read(number)).sources.find(
        ({ externalId }) => externalId === sent.order_no,
      )?.report
      return { number, orderNo: sent.order_no, channel, report: report ?? '', sent }
    },
    merge: async (from, into, body = {}) => await post(`cases/${from}/merge`, { into, ...body }),
    split: async (number, body) => await post(`cases/${number}/split`, body),
    undo: async (move, body = {}) => await post(`moves/${move}/undo`, body),
    chain: async (open, after, body = {}) => await post(`cases/${open}/chain`, { after, ...body }),
    merged: async (from, into, body = {}) => {
      const answer = await clerk.merge(from, into, body)
      const said = (await answer.json()) as { move?: string; detail?: string }
      if (said.move === undefined) throw new Error(`merge: ${answer.status} ${said.detail}`)
      return said.move
    },
    work: async (number, steps) => {
      for (const step of steps) {
        const { type, content } = typeof step === 'string' ? { type: step, content: usual[step] } : step
        const answer = await house().append(number, {
          type: type as 'noted',
          ...(content === undefined ? {} : { content }),
        })
        if (answer.status !== 201) throw new Error(`${type}: ${await answer.text()}`)
      }
    },
    read: async (number) => (await house().readCase(number)).case,
  }
  return clerk
}

/** Codes that the hotline booked for one of its orders, oldest first. */
export const codesOf = (hotline: Hotline | undefined, { orderNo }: OwnCase): unknown[] =>
  toldOf(hotline, { orderNo }).map((body) => body['status'])

/** What the hotline booked for one of its orders. */
export const toldOf = (
  hotline: Hotline | undefined,
  { orderNo }: Pick<OwnCase, 'orderNo'>,
): { readonly [field: string]: unknown }[] =>
  hotline?.told.flatMap(({ body }) => (body['order_no'] === orderNo ? [body] : [])) ?? []

/** Waits until the hotline's ledger of an order ends in this code. */
export const untilCode = async (
  hotline: Hotline | undefined,
  own: OwnCase,
  code: string,
): Promise<unknown[]> =>
  await until(`${own.orderNo} is told ${code}`, async () => {
    const codes = codesOf(hotline, own)
    return codes.at(-1) === code && codes
  })

/** Waits until every event has been given to its parties and nothing is on its way. */
export const untilQuiet = async (house: House): Promise<void> => {
  await until('everything was told', async () => {
    const [row] = await house.gateway.deps.db.sql<{ n: number }[]>`
      select (select count(*) from case_events where fanned_out_at is null)::int
        + (select count(*) from deliveries where state in ('waiting', 'claimed'))::int as n`
    return row?.n === 0
  })
}
