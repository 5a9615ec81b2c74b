/** The exchange database of a real MariaDB, GUIYI_TEST_MARIADB: `mysql://root:password@127.0.0.1:port/`. */
import { randomBytes } from 'node:crypto'
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise'
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import type { Cursor, Finding, PollPage, SourceRecord } from '../../adapters/adapter.ts'
import { database } from '../../adapters/database/database.ts'
import type { PollSettings } from '../../adapters/database/poll-settings.ts'
import type { DatabaseSettings } from '../../adapters/database/settings.ts'
import type { Outcome } from '../../schemas/delivery.ts'
import { channelWith, loopbackHttp, noticeOf } from '../support/adapter-channel.ts'
import { ledgerDdl } from '../support/exchange-database.ts'
import { startHouse, until, type House } from '../support/house.ts'

const url = new URL(process.env['GUIYI_TEST_MARIADB'] ?? 'mysql://not.set/')
const suffix = randomBytes(4).toString('hex')
const name = `exchange_${suffix}`
const logins = {
  reader: { user: `reader_${suffix}`, password: randomBytes(12).toString('hex') },
  writer: { user: `writer_${suffix}`, password: randomBytes(12).toString('hex') },
}
let server: Connection

beforeAll(async () => {
  server = await createConnection({
    uri: url.href,
    multipleStatements: true,
    charset: 'UTF8MB4_UNICODE_CI',
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
  })
  await server.query(`create database ${name} character set utf8mb4; use ${name}`)
  await server.query(`set sql_mode = ''; ${ledgerDdl('MySQL and MariaDB')} ${tables}`)
  for (const { user, password } of Object.values(logins))
    await server.query(`create user '${user}'@'%' identified by '${password}'`)
  await server.query(`
    grant select on ${name}.v_case to '${logins.reader.user}'@'%'; grant select on ${name}.odd to '${logins.reader.user}'@'%';
    grant select on ${name}.v_case to '${logins.writer.user}'@'%';
    grant select, insert, update on ${name}.guiyi_ledger to '${logins.writer.user}'@'%';
    grant select, insert on ${name}.t_case_status to '${logins.writer.user}'@'%';
    grant select, insert on ${name}.t_old to '${logins.writer.user}'@'%'`)
})
afterAll(async () => {
  await server.query(`drop database ${name}`)
  for (const { user } of Object.values(logins)) await server.query(`drop user '${user}'@'%'`)
  await server.end()
})
beforeEach(async () => {
  await server.query(
    'truncate t_case; truncate odd; truncate t_case_status; truncate guiyi_ledger; truncate t_old',
  )
})

/** Chinese text in a table of GBK; words as bytes in columns that do not know their charset; a view over it, as partners give. */
const tables = `
  create table t_case (row_id bigint unsigned primary key auto_increment, row_type varchar(8) not null default 'AJ',
    row_time datetime not null default '2026-11-20 09:41:07', task_no varchar(40), our_no varchar(40), case_kind char(1) default '2', small_class varchar(8) default '0102',
    origin_code varchar(4) default '1', report_time datetime default '2026-11-20 09:40:00', content text, address varchar(400), undertakers varchar(400), result char(1),
    deadline datetime, coord_x decimal(12,7), coord_y decimal(12,7), coord_type varchar(12), state varchar(20) default '处置中', key (row_time)) default charset = gbk;
  create view v_case as select * from t_case;
  create table t_case_status (id bigint primary key auto_increment, notice_no varchar(120) not null, task_no varchar(40) not null, our_no varchar(40) not null,
    node_code varchar(4) not null, node_time datetime not null, lead_unit varchar(40), units varchar(400), opinion varchar(200), due_time datetime, result_text text,
    is_true char(1), is_solved char(1)) default charset = gbk;
  create table t_old (id int primary key auto_increment, notice_no varchar(120), task_no varchar(40)) engine = MyISAM;
  create table odd (id bigint unsigned primary key auto_increment, big bigint unsigned, exact decimal(30,10), single float, whole double, one bit(1), many bit(64), y year,
    at datetime(3), none datetime, no_day date, stamp timestamp(6) null, span time, pick enum('甲','乙'), picks set('a','b'), tree json, photo blob, words blob, l1 varchar(100) character set latin1,
    filled int(5) zerofill, flag tinyint(1), g varchar(20) character set gbk, emoji varchar(100), nothing varchar(10), nul varchar(10));`

function settingsOf(login: keyof typeof logins, parts: Partial<DatabaseSettings> = {}): DatabaseSettings {
  return {
    kind: 'mysql',
    host: url.hostname,
    port: Number(url.port),
    database: name,
    ...logins[login],
    tls: { mode: 'off' },
    ...parts,
  }
}

interface Read {
  readonly pages: readonly PollPage[]
  readonly records: readonly SourceRecord[]
  readonly cursor: Cursor
}

async function readAll(
  settings: PollSettings,
  cursor: Cursor | null = null,
  { pages: limit = 100 }: { pages?: number } = {},
): Promise<Read> {
  const channel = channelWith<DatabaseSettings>(settingsOf('reader', { poll: settings }), {
    http: loopbackHttp(),
  })
  const pages: PollPage[] = []
  for await (const page of database.poll?.(channel, cursor, AbortSignal.timeout(20_000)) ?? []) {
    pages.push(page)
    if (pages.length === limit) break
  }
  const records: SourceRecord[] = []
  for (const { payload } of pages)
    if (payload) records.push(...(await Array.fromAsync(database.decode(payload, channel))))
  return { pages, records, cursor: JSON.parse(JSON.stringify(pages.at(-1)?.cursor)) as Cursor }
}

const positions = ({ records }: Read): string[] => records.map(({ position }) => position)

async function insert(count: number, at = '2026-11-20 10:00:00'): Promise<void> {
  await server.query('insert into t_case (task_no, content, row_time) values ?', [
    Array.from({ length: count }, (_, index) => [`T${index}`, '井盖破损', at]),
  ])
}

const byId: PollSettings = {
  table: 'v_case',
  key: 'row_id',
  cursor: { by: 'id', column: 'row_id', window: 5 },
}
const byTime: PollSettings = {
  table: 'v_case',
  key: 'row_id',
  cursor: { by: 'time', column: 'row_time', overlapS: 60 },
}

it('every odd type is a plain faithful value', async () => {
  await server.query(`insert into odd values (9007199254740993, 18446744073709551615, 12345678901234567890.1234567890, 113.95, 22.123456789, 1, 18446744073709551615, 2026,
    '2026-11-22 10:00:00.123', '0000-00-00 00:00:00', '0000-00-00', '2026-11-22 10:00:00.5', '-12:30:00', '乙', 'a,b', '{"a":12345678901234567890,"b":{"$base64":"x"}}',
    x'ffd8ff', x'beaeb8c7', _latin1 x'beaeb8c7', 42, 1, '井盖', '😀', null, 'a\\0b')`)
  await server.query(
    `update odd set stamp = convert_tz('2026-11-22 10:00:00.5', '+08:00', @@session.time_zone)`,
  )

  const { records, pages } = await readAll({
    table: 'odd',
    key: 'id',
    cursor: { by: 'id', column: 'id' },
    textEncodings: { words: 'gb18030', l1: 'gb18030' },
  })

  expect(records).toMatchObject([
    {
      kind: 'record',
      position: 'row 9007199254740993',
      value: {
        id: '9007199254740993',
        big: '18446744073709551615',
        exact: '12345678901234567890.1234567890',
        single: 113.95,
        whole: 22.123456789,
        one: 1,
        many: '18446744073709551615',
        y: 2026,
        at: '2026-11-22 10:00:00.123',
        none: null,
        no_day: null,
        stamp: '2026-11-22 10:00:00.500000',
        span: '-12:30:00',
        pick: '乙',
        picks: 'a,b',
        tree: { a: '12345678901234567890', b: { $base64: 'x' } },
        photo: 'part:photo',
        words: '井盖',
        l1: '井盖',
        filled: '00042',
        flag: 1,
        g: '井盖',
        emoji: '😀',
        nothing: null,
        nul: 'a\u0000b',
      },
      files: [{ url: 'part:photo', bytes: Buffer.from([0xff, 0xd8, 0xff]) }],
    },
  ])
  expect(Buffer.from(pages[0]?.payload?.bytes ?? []).toString()).toContain(
    '"none":{"$zero":"0000-00-00 00:00:00"}',
  )
})

it('bytes that are no text of the named charset spoil their own row only', async () => {
  await server.query(`insert into odd (id, words) values (1, x'beaeb8c7'), (2, x'beae81'), (3, x'c2b7')`)

  const { records } = await readAll({
    table: 'odd',
    key: 'id',
    cursor: { by: 'id', column: 'id' },
    textEncodings: { words: 'gb18030' },
  })

  expect(records.map(({ kind, position }) => [kind, position])).toEqual([
    ['record', 'row 1'],
    ['unreadable', 'row 2'],
    ['record', 'row 3'],
  ])
})

it('a table is read once, in order, and a row that commits late afterwards', async () => {
  await insert(300)
  const late = await createConnection({ uri: url.href, database: name })
  await late.query('start transaction')
  await late.query("insert into t_case (task_no) values ('late')")
  await insert(3)

  const first = await readAll({ ...byId, pageRows: 100 })
  await late.query('commit')
  await late.end()
  const second = await readAll(byId, first.cursor)

  expect(positions(first)).toEqual(
    Array.from({ length: 304 }, (_, index) => `row ${index + 1}`).filter((row) => row !== 'row 301'),
  )
  expect(positions(second)).toEqual(['row 301'])
})

it('numbers beyond 2^53 are told apart, and rows of equal time by their number', async () => {
  await server.query(
    'insert into t_case (row_id, row_time) values (9007199254740992, ?), (9007199254740993, ?), (9007199254740994, ?)',
    ['2026-11-20 10:00:00', '2026-11-20 10:00:00', '2026-11-20 10:00:00'],
  )

  const first = await readAll({ ...byTime, pageRows: 1 }, null, { pages: 2 })
  const rest = await readAll({ ...byTime, pageRows: 1 }, first.cursor)
  const nothing = await readAll(byTime, rest.cursor)

  expect([...positions(first), ...positions(rest)]).toEqual([
    'row 9007199254740992',
    'row 9007199254740993',
    'row 9007199254740994',
  ])
  expect(nothing.records).toEqual([])
})

it('by time, a changed row comes again', async () => {
  await insert(3)
  const { cursor } = await readAll(byTime)

  await server.query(
    "update t_case set content = '已修改', row_time = '2026-11-20 10:00:30' where row_id = 2",
  )

  expect(positions(await readAll(byTime, cursor))).toEqual(['row 2'])
})

describe('a notice', () => {
  const body = {
    notice_no: 'N1',
    task_no: 'T1',
    our_no: 'PS20261122-000001',
    node_code: '07',
    node_time: '2026-11-22 11:00:00',
    units: ['SZZX', 'CGJ'],
    opinion: '已处置',
  }

  function deliver(
    values: object = body,
    parts: Partial<DatabaseSettings> = {},
    table = 'status',
  ): Promise<Outcome> | undefined {
    const settings = settingsOf('writer', {
      tables: { status: 't_case_status', old: 't_old' },
      ledger: 'guiyi_ledger',
      ...parts,
    })
    const channel = channelWith<DatabaseSettings>(settings, {
      http: loopbackHttp(),
      request: () => ({
        settings: { table },
        judge: ({ body: written }) => {
          const { verified, repeated } = written as { verified: boolean; repeated: boolean }
          return verified || repeated ? { kind: 'delivered' } : null
        },
      }),
    })
    return database.deliver?.(noticeOf({ body: values }), channel, AbortSignal.timeout(20_000))
  }

  async function rows(text: string): Promise<RowDataPacket[]> {
    const [found] = await server.query<RowDataPacket[]>(text)
    return found
  }

  it('is a row of GBK and a verified line of the ledger; a repeat changes nothing', async () => {
    const first = await deliver()
    const again = await deliver()

    expect([first, again]).toEqual([{ kind: 'delivered' }, { kind: 'delivered' }])
    expect(await rows('select task_no, node_time, units, opinion from t_case_status')).toEqual([
      { task_no: 'T1', node_time: '2026-11-22 11:00:00', units: 'SZZX;CGJ', opinion: '已处置' },
    ])
    expect(await rows('select our_status, verified from guiyi_ledger')).toEqual([
      { our_status: '50', verified: 1 },
    ])
  })

  it.each([
    { what: 'a character that GBK lacks', values: { ...body, opinion: '已处置😀' }, says: '(1366)' },
    { what: 'a text that is too long', values: { ...body, node_code: '已处置完成' }, says: '(1406)' },
    { what: 'a date that is none', values: { ...body, node_time: '昨天' }, says: '(1292)' },
    { what: 'a missing value', values: { task_no: 'T1' }, says: '(1364)' },
    { what: 'a column that is not there', values: { ...body, colour: 'red' }, says: '(1054)' },
  ])('with $what is refused and leaves no trace', async ({ values, says }) => {
    expect(await deliver(values)).toMatchObject({ kind: 'permanent', detail: expect.stringContaining(says) })
    expect(await rows('select 1 from guiyi_ledger union all select 1 from t_case_status')).toEqual([])
  })

  it('without rights, or with a wrong password, is refused in plain words', async () => {
    const denied = await deliver(body, logins.reader)
    const wrong = await deliver(body, { password: 'wrong' })

    expect(denied).toMatchObject({
      kind: 'permanent',
      detail: expect.stringContaining('lacks the right. Have it granted'),
    })
    expect(wrong).toMatchObject({
      kind: 'permanent',
      detail: expect.stringContaining('does not let this user in'),
    })
  })

  it('that a lock holds up is transient: surely not written', async () => {
    const holder = await createConnection({ uri: url.href, database: name })
    await holder.query('lock tables t_case_status write')

    const outcome = await deliver(body, { statementTimeoutMs: 500 })
    await holder.end()

    expect(outcome).toMatchObject({ kind: 'transient' })
    expect(await rows('select 1 from guiyi_ledger union all select 1 from t_case_status')).toEqual([])
  })

  it('is tested without being written: rights, and tables without transactions', async () => {
    const look = async (settings: DatabaseSettings): Promise<Finding[]> =>
      (await database.test?.(
        channelWith<DatabaseSettings>(settings, { http: loopbackHttp(), now: () => new Date() }),
      )) ?? []

    const good = await look(
      settingsOf('writer', { tables: { status: 't_case_status' }, ledger: 'guiyi_ledger' }),
    )
    const poor = await look(
      settingsOf('reader', { poll: byId, tables: { status: 't_case_status' }, ledger: 'guiyi_ledger' }),
    )
    const old = await look(settingsOf('writer', { tables: { old: 't_old' }, ledger: 'guiyi_ledger' }))

    expect(good.map(({ level }) => level)).toEqual(['ok', 'warning', 'ok', 'ok'])
    expect(poor.filter(({ level }) => level === 'error').map(({ subject }) => subject)).toEqual([
      'rights',
      'rights',
    ])
    expect(old).toContainEqual(
      expect.objectContaining({ level: 'error', detail: expect.stringContaining('MyISAM') }),
    )
    expect(await rows('select 1 from guiyi_ledger union all select 1 from t_case_status')).toEqual([])
  })
})

test('an order of their database is a case, and each node is a row of theirs', async () => {
  await server.query(
    "insert into t_case (task_no, content, address, undertakers, deadline) values ('RW1', '望潮路雨水箅子旁堆放垃圾', '清澜街道望潮路3号', '环卫中心;城管局', '0000-00-00')",
  )
  const connection = (login: keyof typeof logins): object => ({ ...settingsOf(login) })
  const house: House = await startHouse([
    {
      channel: 'szcg',
      platform: 'digital-urban',
      name: { zh: '测试数字城管' },
      state: 'live',
      privateAddresses: ['127.0.0.0/8'],
      feeds: {
        exchange: {
          settings: {
            ...connection('reader'),
            intervalS: 1,
            poll: { table: 'v_case', cursor: { by: 'time', column: 'row_time' } },
          },
        },
      },
      reverse: {
        settings: {
          ...connection('writer'),
          tables: { status: 't_case_status', request: 't_case_status' },
          ledger: 'guiyi_ledger',
          orders: { table: 'v_case', number: 'task_no', status: 'state' },
        },
      },
      deliveries: { delaysS: [0, 0.1, 0.5, 1] },
    },
  ])
  const nodes = async (): Promise<string[]> => {
    const [found] = await server.query<RowDataPacket[]>('select node_code from t_case_status order by id')
    return found.map((row) => String(row['node_code']))
  }

  try {
    const number = await house.caseOf('szcg', 'RW1')
    for (const [event, node] of [
      [{ type: 'registered', content: { flow: 'simple' } }, '03'],
      [{ type: 'dispatched', content: { leadUnit: 'HWZX' } }, '04'],
      [{ type: 'resolved', content: { answer: '已清运。', solved: 'yes' } }, '07'],
      [{ type: 'closed' }, '10'],
    ] as const) {
      expect((await house.append(number, event)).status).toBe(201)
      await until(`node ${node} is written`, async () => (await nodes()).includes(node))
    }
    await until('the ledger is verified', async () => {
      const [found] = await server.query<RowDataPacket[]>('select 1 from guiyi_ledger where verified = 0')
      return found.length === 0
    })

    const [ledger] = await server.query<RowDataPacket[]>(
      'select their_number, their_status, our_status from guiyi_ledger order by our_status',
    )
    expect(ledger).toEqual(
      (await nodes()).map((node) => ({ their_number: 'RW1', their_status: '处置中', our_status: node })),
    )
  } finally {
    await house.stop()
  }
})
