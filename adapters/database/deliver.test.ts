import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createOutgoingHttp } from '../../gateway/egress/outgoing-http.ts'
import { channelWith, loopbackHttp, noticeOf } from '../../tests/support/adapter-channel.ts'
import { refusedUrl } from '../../tests/support/adapter-partner.ts'
import {
  createExchangeDatabase,
  ledgerDdl,
  type ExchangeDatabase,
} from '../../tests/support/exchange-database.ts'
import type { Notice, Outcome } from '../../schemas/delivery.ts'
import type { Answer, Channel } from '../adapter.ts'
import { database } from './database.ts'
import type { DatabaseSettings, RequestSettings } from './settings.ts'

let exchange: ExchangeDatabase

const tables = `
  create table status (id int generated always as identity primary key, task_no varchar(30) not null, node varchar(4) not null, at timestamp, note text,
    constraint node_is_known check (node <> '99'));
  create table orders (task_no varchar(30) primary key, state varchar(10), undertakers text);
  create table raw (task_no text, doc json);`

beforeAll(async () => {
  exchange = await createExchangeDatabase(`${ledgerDdl('PostgreSQL')}; ${tables}`)
  await exchange.sql.unsafe(
    `grant select, insert, update on all tables in schema public to ${exchange.writer.user};
     grant select on all tables in schema public to ${exchange.reader.user}`,
  )
})
afterAll(() => exchange.drop())
beforeEach(async () => {
  await exchange.sql`truncate status, orders, raw, guiyi_ledger restart identity`
})

const body = { task_no: 'T1', node: '50', at: '2026-11-22 11:00:00', note: '已处置😀' }

function judge({ status, body: written }: Answer): Outcome | null {
  const { verified, repeated } = written as { verified: boolean; repeated: boolean }
  return status === 200 && (verified || repeated) ? { kind: 'delivered' } : null
}

function channelOf(
  request: RequestSettings = { table: 'status' },
  parts: Partial<DatabaseSettings> = {},
): Channel<DatabaseSettings> {
  const settings: DatabaseSettings = {
    ...exchange.settings(exchange.writer),
    tables: { status: 'public.status', orders: 'orders', raw: 'raw', nope: 'nope' },
    ledger: 'guiyi_ledger',
    orders: { table: 'orders', number: 'task_no', status: 'state' },
    ...parts,
  }
  return channelWith<DatabaseSettings>(settings, {
    http: loopbackHttp(),
    request: () => ({ settings: { ...request }, judge }),
  })
}

async function deliver(
  notice: Partial<Notice> = {},
  channel = channelOf(),
  signal = AbortSignal.timeout(20_000),
): Promise<Outcome | undefined> {
  const source = { externalId: 'T1', references: [], extra: {} }
  return await database.deliver?.(noticeOf({ body, source, ...notice }), channel, signal)
}

/** The real client, which lets no private address through. */
function publicOnly(): Channel<DatabaseSettings>['http'] {
  const http = createOutgoingHttp({ allowPrivate: [], timeoutMs: 1_000, maxBytes: 1_000 })
  onTestFinished(() => http.close())
  return http
}

async function lookUp(channel = channelOf()): Promise<Outcome | undefined> {
  return await database.lookup?.(noticeOf({ body }), channel, AbortSignal.timeout(20_000))
}

describe('a notice', () => {
  it('is a row and a line of the ledger, verified', async () => {
    await exchange.sql`insert into orders values ('T1', '处理中')`

    const outcome = await deliver()

    expect(outcome).toEqual({ kind: 'delivered' })
    expect(await exchange.sql`select task_no, node, at::text, note from status`).toEqual([
      { task_no: 'T1', node: '50', at: '2026-11-22 11:00:00', note: '已处置😀' },
    ])
    expect(await exchange.sql`select * from guiyi_ledger`).toMatchObject([
      {
        delivery_key: 'delivery-1',
        channel: 'pw-7',
        their_number: 'T1',
        our_number: 'PS20261122-000123',
        their_status: '处理中',
        our_status: '50',
        target_table: 'public.status',
        verified: 1,
      },
    ])
  })

  it('that is repeated changes nothing and is delivered', async () => {
    await deliver()

    const again = await deliver({ try: 2 })

    expect(again).toEqual({ kind: 'delivered' })
    expect(await exchange.sql`select 1 from status`).toHaveLength(1)
  })

  it('that two tries bring at once is one row', async () => {
    const outcomes = await Promise.all([deliver(), deliver(), deliver()])

    expect(outcomes.map((outcome) => outcome?.kind)).toEqual(['delivered', 'delivered', 'delivered'])
    expect(await exchange.sql`select 1 from status`).toHaveLength(1)
  })

  it('with a list keeps every item, and a missing value is null', async () => {
    await deliver(
      { body: { task_no: 'T1', node: '50', note: ['SZZX', 'CGJ', 'HWZX'], at: null } },
      channelOf({ table: 'status', separator: '、' }),
    )

    expect(await exchange.sql`select note, at from status`).toEqual([{ note: 'SZZX、CGJ、HWZX', at: null }])
  })

  it('whose row a trigger changes is committed, but not verified', async () => {
    await exchange.sql.unsafe(`
      create function shorten() returns trigger language plpgsql as $$ begin new.note := left(new.note, 1); return new; end $$;
      create trigger shorten before insert on status for each row execute function shorten();`)
    onTestFinished(async () => void (await exchange.sql.unsafe('drop function shorten cascade')))

    const first = await deliver()
    const [entry] = await exchange.sql`select verified from guiyi_ledger`
    const second = await deliver({ try: 2 })

    expect([first?.kind, entry?.['verified'], second?.kind]).toEqual(['ambiguous', 0, 'delivered'])
    expect(await exchange.sql`select 1 from status`).toHaveLength(1)
  })

  it('that cannot be compared is committed, but not verified', async () => {
    const outcome = await deliver({ body: { task_no: 'T1', doc: '{}' } }, channelOf({ table: 'raw' }))

    expect(outcome?.kind).toBe('ambiguous')
    expect(await exchange.sql`select 1 from raw`).toHaveLength(1)
  })
})

describe('an update', () => {
  const update: RequestSettings = { table: 'orders', mode: 'update', keys: ['task_no'] }
  const change = { task_no: 'T1', state: '结案', undertakers: ['SZZX', 'CGJ'] }

  it('changes the one row that its key names', async () => {
    await exchange.sql`insert into orders values ('T1', '处理中'), ('T2', '处理中')`

    const outcome = await deliver({ body: change }, channelOf(update))

    expect(outcome).toEqual({ kind: 'delivered' })
    expect(await exchange.sql`select * from orders order by task_no`).toEqual([
      { task_no: 'T1', state: '结案', undertakers: 'SZZX;CGJ' },
      { task_no: 'T2', state: '处理中', undertakers: null },
    ])
  })

  it('that finds no row is permanent and leaves no trace', async () => {
    const outcome = await deliver({ body: change }, channelOf(update))

    expect(outcome).toMatchObject({
      kind: 'permanent',
      detail: expect.stringContaining('no row with this key'),
    })
    expect(await exchange.sql`select 1 from guiyi_ledger`).toHaveLength(0)
  })

  it('that finds several rows changes none', async () => {
    await exchange.sql`insert into status (task_no, node) values ('T1', '1'), ('T1', '2')`

    const outcome = await deliver(
      { body: { task_no: 'T1', node: '3' } },
      channelOf({ table: 'status', mode: 'update', keys: ['task_no'] }),
    )

    expect(outcome).toMatchObject({ kind: 'permanent', detail: expect.stringContaining('2 rows') })
    expect(await exchange.sql`select node from status order by id`).toEqual([{ node: '1' }, { node: '2' }])
  })

  it.each([
    { what: 'without keys', request: { table: 'orders', mode: 'update' as const } },
    { what: 'with keys alone', request: { ...update, keys: ['task_no', 'state', 'undertakers'] } },
    { what: 'without a value for its key', request: { ...update, keys: ['number'] } },
  ])('$what is permanent', async ({ request }) => {
    expect(await deliver({ body: change }, channelOf(request))).toMatchObject({ kind: 'permanent' })
  })
})

describe('a refusal', () => {
  it.each([
    { what: 'a table that is not there', request: { table: 'nope' }, says: '(42P01)' },
    {
      what: 'a table that the channel does not name',
      request: { table: 'other' },
      says: 'tables has no "other"',
    },
    { what: 'a column that is not there', notice: { body: { ...body, colour: 'red' } }, says: '(42703)' },
    {
      what: 'a value that is too long',
      notice: { body: { ...body, node: '张三13800138000' } },
      says: '(22001',
    },
    {
      what: 'a value of another type',
      notice: { body: { ...body, at: '昨天张三13800138000' } },
      says: '(22007',
    },
    { what: 'a constraint', notice: { body: { ...body, node: '99' } }, says: '(23514, node_is_known)' },
    { what: 'a missing value', notice: { body: { task_no: 'T1' } }, says: '(23502, node)' },
    { what: 'a wrong password', parts: { password: 'wrong' }, says: 'does not let this user in' },
    { what: 'no rights', parts: { login: 'reader' }, says: 'lacks the right. Have it granted' },
    { what: 'no ledger in the settings', parts: { ledger: undefined }, says: 'no setting ledger' },
    { what: 'a body that is no row', notice: { body: ['x'] }, says: 'no list of columns' },
    {
      what: 'a column name that is none',
      notice: { body: { 'a"; drop table status; --': 1 } },
      says: '1 to 200 columns',
    },
  ])(
    'for $what is permanent, says which, and quotes no value',
    async ({ request, notice, parts = {}, says }) => {
      const { login, ...settings } = { login: 'writer', ...parts }
      const channel = channelOf(request, {
        ...(login === 'reader' && exchange.settings(exchange.reader)),
        ...(settings as Partial<DatabaseSettings>),
      })

      const outcome = await deliver(notice, channel)

      expect(outcome).toMatchObject({ kind: 'permanent', detail: expect.stringContaining(says) })
      expect(JSON.stringify(outcome)).not.toMatch(/张三|13800138000/)
      expect(await exchange.sql`select 1 from guiyi_ledger`).toHaveLength(0)
    },
  )

  it('by our own guard is permanent', async () => {
    const outcome = await deliver({}, { ...channelOf(), http: publicOnly() })

    expect(outcome).toMatchObject({ kind: 'permanent', detail: expect.stringContaining('privateAddresses') })
  })
})

describe('an interruption', () => {
  it('where nobody listens is transient', async () => {
    const port = Number(new URL(await refusedUrl()).port)

    expect(await deliver({}, channelOf(undefined, { port }))).toMatchObject({ kind: 'transient' })
  })

  it('by a lock is transient: it was surely not written', async () => {
    const holder = await exchange.sql.reserve()
    await holder`begin`
    await holder`lock table status in exclusive mode`

    const outcome = await deliver({}, channelOf(undefined, { statementTimeoutMs: 200 }))
    await holder`rollback`
    holder.release()

    expect(outcome).toMatchObject({ kind: 'transient', detail: expect.stringContaining('busy') })
    expect(await exchange.sql`select 1 from guiyi_ledger`).toHaveLength(0)
  })

  it.each([
    { statement: 'begin', kind: 'transient', written: 0 },
    { statement: 'insert into "guiyi_ledger"', kind: 'transient', written: 0 },
    { statement: 'insert into "public"."status"', kind: 'transient', written: 0 },
    { statement: 'commit', kind: 'ambiguous', written: 1 },
  ])('that loses the answer to $statement is $kind', async ({ statement, kind, written }) => {
    const port = await relayThatLoses(statement)

    const outcome = await deliver({}, channelOf(undefined, { port }))

    expect(outcome).toMatchObject({ kind })
    expect(await exchange.sql`select 1 from status`).toHaveLength(written)
    expect((await lookUp())?.kind).toBe(written === 1 ? 'delivered' : 'transient')
    expect(await deliver({ try: 2 })).toEqual({ kind: 'delivered' })
    expect(await exchange.sql`select 1 from status`).toHaveLength(1)
  })

  it('that loses the answer after COMMIT changes nothing of what was taken, and the repeat verifies it', async () => {
    const port = await relayThatLoses('select 1 from "public"."status"')

    const first = await deliver({}, channelOf(undefined, { port }))

    expect(first).toMatchObject({ kind: 'ambiguous', detail: expect.stringContaining('read back') })
    expect(await exchange.sql`select verified from guiyi_ledger`).toEqual([{ verified: 0 }])
    expect(await deliver({ try: 2 })).toEqual({ kind: 'delivered' })
    expect(await exchange.sql`select verified from guiyi_ledger`).toEqual([{ verified: 1 }])
  })

  it('by their administrator before COMMIT is transient', async () => {
    const port = await relayThatLoses('insert into "public"."status"', 'terminate')

    expect(await deliver({}, channelOf(undefined, { port }))).toMatchObject({ kind: 'transient' })
    expect(await exchange.sql`select 1 from status`).toHaveLength(0)
  })

  it('by the gateway before COMMIT is transient', async () => {
    const stop = new AbortController()
    const port = await relayThatLoses('insert into "public"."status"', () => stop.abort())

    expect(await deliver({}, channelOf(undefined, { port }), stop.signal)).toMatchObject({
      kind: 'transient',
    })
    expect(await exchange.sql`select 1 from status`).toHaveLength(0)
  })

  /** A way to the server that breaks when the answer to a statement comes back; what the server does stands. */
  async function relayThatLoses(
    statement: string,
    how: 'break' | 'terminate' | (() => void) = 'break',
  ): Promise<number> {
    const { port } = exchange.settings(exchange.writer)
    const server = createServer((near) => {
      const far = connect(port ?? 5432, '127.0.0.1')
      let isDue = false
      near.on('data', (bytes) => {
        isDue ||= bytes.includes(statement)
        far.write(bytes)
      })
      far.on('data', (bytes) => {
        if (isDue && bytes.includes('C')) void lose(near, far, how)
        else near.write(bytes)
      })
      for (const socket of [near, far])
        socket.on('error', () => {}).on('close', () => (near.destroy(), far.destroy()))
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    onTestFinished(() => void server.close())
    return (server.address() as AddressInfo).port
  }

  async function lose(near: Socket, far: Socket, how: 'break' | 'terminate' | (() => void)): Promise<void> {
    if (typeof how === 'function') return how()
    if (how === 'break') return void (near.destroy(), far.destroy())
    await exchange.sql`select pg_terminate_backend(pid) from pg_stat_activity where usename = ${exchange.writer.user}`
  }
})

describe('asked about an earlier try', () => {
  it('the ledger answers', async () => {
    expect((await lookUp())?.kind).toBe('transient')
    await deliver()
    expect((await lookUp())?.kind).toBe('delivered')
  })

  it('a server that does not answer leaves it open', async () => {
    const port = Number(new URL(await refusedUrl()).port)

    expect((await lookUp(channelOf(undefined, { port })))?.kind).toBe('ambiguous')
  })
})
