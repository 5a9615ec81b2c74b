import { afterAll, beforeAll, expect, it } from 'vitest'
import { channelWith, loopbackHttp, noon } from '../../tests/support/adapter-channel.ts'
import { refusedUrl } from '../../tests/support/adapter-partner.ts'
import {
  createExchangeDatabase,
  ledgerDdl,
  type ExchangeDatabase,
} from '../../tests/support/exchange-database.ts'
import type { Finding } from '../adapter.ts'
import { database } from './database.ts'
import type { PollSettings } from './poll-settings.ts'
import type { DatabaseSettings } from './settings.ts'

let exchange: ExchangeDatabase

beforeAll(async () => {
  exchange = await createExchangeDatabase(`${ledgerDdl('PostgreSQL')};
    create table orders (id bigint primary key, content text, changed_at timestamp);
    insert into orders values (1, 'a', '2026-11-22 10:00:00'), (2, 'b', null);
    create table empty (id bigint primary key);
    create table closed (id bigint primary key);
    create table status (id int primary key, node text not null);
    create table order_rows (id int primary key, state text);`)
  await exchange.sql.unsafe(`
    grant select on orders, empty to ${exchange.reader.user};
    grant select, insert, update on guiyi_ledger to ${exchange.writer.user};
    grant select, insert on status to ${exchange.writer.user};
    grant select, update on order_rows to ${exchange.writer.user};`)
})
afterAll(() => exchange.drop())

const byId = (table: string): PollSettings => ({ table, key: 'id', cursor: { by: 'id', column: 'id' } })

async function findings(parts: Partial<DatabaseSettings>, now = new Date()): Promise<Finding[]> {
  const settings = { ...exchange.settings(exchange.reader), ...parts }
  const channel = channelWith<DatabaseSettings>(settings, { http: loopbackHttp(), now: () => now })
  return (await database.test?.(channel)) ?? []
}

const writing = () => ({
  ...exchange.settings(exchange.writer),
  ledger: 'guiyi_ledger',
  tables: { status: 'status' },
})

it('a table that a read-only user can read is well', async () => {
  expect(await findings({ poll: byId('orders') })).toEqual([
    { level: 'ok', subject: 'login', detail: 'Connected to postgresql on 127.0.0.1 and logged in.' },
    { level: 'warning', subject: 'tls', detail: expect.stringContaining('not encrypted') },
    { level: 'ok', subject: 'rights', detail: 'orders can be read.' },
  ])
})

it('tables that can be written are well, and nothing was written', async () => {
  expect(await findings(writing())).toMatchObject([
    { level: 'ok', subject: 'login' },
    { level: 'warning', subject: 'tls' },
    { level: 'ok', subject: 'rights', detail: 'The ledger guiyi_ledger can be read and written.' },
    { level: 'ok', subject: 'rights', detail: 'status can be read and takes new rows.' },
  ])
  expect(await exchange.sql`select 1 from status union all select 1 from guiyi_ledger`).toHaveLength(0)
})

it.each([
  {
    what: 'an empty table',
    parts: () => ({ poll: byId('empty') }),
    finding: { level: 'warning', subject: 'empty' },
  },
  {
    what: 'a table without the right to read',
    parts: () => ({ poll: byId('closed') }),
    finding: { level: 'error', subject: 'rights', detail: expect.stringContaining('reading closed') },
  },
  {
    what: 'a table that is not there',
    parts: () => ({ poll: byId('nope') }),
    finding: { level: 'error', subject: 'settings', detail: expect.stringContaining('is not there') },
  },
  {
    what: 'rows without a time',
    parts: () => ({ poll: { ...byId('orders'), cursor: { by: 'time' as const, column: 'changed_at' } } }),
    finding: { level: 'warning', detail: expect.stringContaining('nothing in changed_at') },
  },
  {
    what: 'a column that holds no time',
    parts: () => ({ poll: { ...byId('orders'), cursor: { by: 'time' as const, column: 'content' } } }),
    finding: { level: 'error', detail: expect.stringContaining('what is no time') },
  },
  {
    what: 'a wrong password',
    parts: () => ({ password: 'wrong' }),
    finding: { level: 'error', subject: 'login' },
  },
  {
    what: 'no TLS where it is wanted',
    parts: () => ({ tls: { mode: 'verify' as const } }),
    finding: { level: 'error', subject: 'tls' },
  },
  {
    what: 'a ledger without rights',
    parts: () => ({ ledger: 'guiyi_ledger' }),
    finding: {
      level: 'error',
      subject: 'rights',
      detail: expect.stringContaining('the ledger guiyi_ledger'),
    },
  },
  {
    what: 'a table that may be updated only',
    parts: () => ({ ...writing(), tables: { orders: 'order_rows' } }),
    finding: { level: 'warning', subject: 'rights', detail: expect.stringContaining('may add no rows') },
  },
  {
    what: 'tables without a ledger',
    parts: () => ({ tables: { status: 'status' } }),
    finding: { level: 'error', subject: 'settings', detail: expect.stringContaining('no ledger') },
  },
])('$what is named', async ({ parts, finding }) => {
  expect(await findings(parts())).toContainEqual(expect.objectContaining(finding))
})

it('a server that does not answer is named', async () => {
  const port = Number(new URL(await refusedUrl()).port)

  expect(await findings({ port })).toEqual([
    { level: 'error', subject: 'name', detail: expect.stringContaining('does not answer (ECONNREFUSED)') },
  ])
})

it('a clock that is off is a warning that says by how much', async () => {
  expect(await findings({}, noon)).toContainEqual(
    expect.objectContaining({
      level: 'warning',
      detail: expect.stringMatching(/Their clock is \d+ s (ahead|behind)/),
    }),
  )
})
