import type postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { NewCaseEvent } from '../../schemas/case.ts'
import { digitalUrbanDdl, insertRow, orderRow } from '../support/digital-urban.ts'
import { createExchangeDatabase, ledgerDdl, type ExchangeDatabase } from '../support/exchange-database.ts'
import {
  hotlineChannel,
  inboundSecret,
  order,
  startHotline,
  startHouse,
  until,
  type Hotline,
  type House,
} from '../support/house.ts'

let exchange: ExchangeDatabase
let hotline: Hotline
let house: House

beforeAll(async () => {
  exchange = await createExchangeDatabase(`${digitalUrbanDdl} ${ledgerDdl('PostgreSQL')}`)
  await exchange.sql.unsafe(`
    create view v_case as select * from t_case;
    grant select on v_case to ${exchange.reader.user};
    grant select on v_case to ${exchange.writer.user};
    grant select, insert on t_case_status, t_case_request to ${exchange.writer.user};
    grant select, insert, update on guiyi_ledger to ${exchange.writer.user}`)
  hotline = await startHotline()
  house = await startHouse([
    hotlineChannel(hotline.url),
    exchangeChannel('szcg', { cursor: { by: 'id', column: 'row_id', window: 100 } }),
    exchangeChannel('szcg-time', {
      cursor: { by: 'time', column: 'row_time', overlapS: 600 },
      pageRows: 3,
      where: { state: 'time' },
    }),
    {
      ...exchangeChannel('szcg-xml', {}),
      feeds: {
        exchange: { enabled: false },
        xml: {
          settings: { authentication: { kind: 'header', header: 'X-Token', secret: { secret: 'inbound' } } },
        },
      },
    },
  ])
})
afterAll(async () => {
  await house.stop()
  await hotline.close()
  await exchange.drop()
})

function exchangeChannel(channel: string, poll: object): object {
  return {
    channel,
    platform: 'digital-urban',
    name: { zh: '测试数字城管' },
    state: 'live',
    privateAddresses: ['127.0.0.0/8'],
    ...(channel === 'szcg' && { handles: ['SZCG'] }),
    feeds: {
      exchange: {
        settings: {
          ...exchange.settings(exchange.reader),
          intervalS: 1,
          statementTimeoutMs: 2_000,
          poll: { table: 'v_case', ...poll },
        },
      },
      xml: { enabled: false },
    },
    reverse: {
      settings: {
        ...exchange.settings(exchange.writer),
        statementTimeoutMs: 2_000,
        tables: { status: 't_case_status', request: 't_case_request' },
        ledger: 'guiyi_ledger',
        orders: { table: 'v_case', number: 'task_no', status: 'state' },
      },
    },
    deliveries: { delaysS: [0, 0.05, 0.1, 0.2, 0.5, 1, 1, 1, 1, 1, 1, 1], timeoutMs: 10_000 },
  }
}

async function received(row: { task_no: string }, channel = 'szcg'): Promise<string> {
  return await house.caseOf(channel, row.task_no)
}

async function append(
  number: string,
  event: Omit<NewCaseEvent, 'eventId' | 'occurredAt'> & Partial<NewCaseEvent>,
): Promise<void> {
  const answer = await house.append(number, event)
  if (answer.status !== 201) throw new Error(`${event.type}: ${answer.status} ${await answer.text()}`)
}

async function nodes(taskNo: string): Promise<string[]> {
  const rows = await exchange.sql<{ node_code: string }[]>`
    select node_code from t_case_status where task_no = ${taskNo} order by id`
  return rows.map(({ node_code }) => node_code)
}

async function hasNode(taskNo: string, node: string): Promise<void> {
  await until(`node ${node} of ${taskNo} is written`, async () => (await nodes(taskNo)).includes(node))
}

const result = {
  answer: '垃圾已清运，场地已冲洗。',
  publicText: '已办结',
  substantiated: true,
  solved: 'yes',
} as const

test('an order of their database is a case, is told each node in their codes, and the ledger agrees', async () => {
  const row = orderRow({ undertakers: '环卫中心;城管局、清澜街道；某物业公司', state: '处置中' })

  await insertRow(exchange.sql, row)
  const number = await received(row)
  await append(number, { type: 'registered', content: { flow: 'simple' } })
  await hasNode(row.task_no, '03')
  await append(number, { type: 'dispatched', content: { leadUnit: 'HWZX', coUnits: ['CGJ', 'QLJD'] } })
  await hasNode(row.task_no, '04')
  for (const unitCode of ['CGJ', 'QLJD', 'HWZX'])
    await append(number, { type: 'resolved', unitCode, content: { ...result, unitCode } })
  await hasNode(row.task_no, '07')
  await append(number, { type: 'closed' })
  await hasNode(row.task_no, '10')

  const { case: found } = await house.readCase(number)
  expect(found.tags).toEqual(
    expect.arrayContaining(['建议承办-HWZX', '建议承办-CGJ', '建议承办-QLJD', '建议承办-其他单位']),
  )
  expect((await nodes(row.task_no)).filter((node) => node !== '01')).toEqual(['03', '04', '07', '10'])
  expect(
    await exchange.sql`select our_no, lead_unit, units, result_text, is_true, is_solved from t_case_status where task_no = ${row.task_no} and node_code = '07'`,
  ).toEqual([
    {
      our_no: number,
      lead_unit: 'HWZX',
      units: expect.stringMatching(/^HWZX;(CGJ;QLJD|QLJD;CGJ)$/),
      result_text: result.answer,
      is_true: '1',
      is_solved: '1',
    },
  ])
  await until('the ledger is verified', async () =>
    (await ledger(row.task_no)).every(({ verified }) => verified === 1),
  )
  expect(await ledger(row.task_no)).toEqual(
    (await nodes(row.task_no)).map((node) => ({
      our_number: number,
      their_status: '处置中',
      our_status: node,
      verified: 1,
    })),
  )
})

async function ledger(
  taskNo: string,
): Promise<{ our_number: string; their_status: string; our_status: string; verified: number }[]> {
  return [
    ...(await exchange.sql<
      { our_number: string; their_status: string; our_status: string; verified: number }[]
    >`
      select our_number, their_status, our_status, verified from guiyi_ledger where their_number = ${taskNo} order by written_at`),
  ]
}

test('an order whose transaction commits late, behind one with a higher number, is not lost', async () => {
  const [late, early] = [orderRow(), orderRow()]
  const transaction = await exchange.sql.reserve()
  await transaction`begin`
  await insertRow(transaction, late)
  await insertRow(exchange.sql, early)

  await received(early)
  await transaction`commit`
  transaction.release()

  expect(await received(late)).toMatch(/^PS/)
})

test('an order that is changed is a new version, a message of theirs an event of the case', async () => {
  const row = orderRow()
  await insertRow(exchange.sql, row)
  const number = await received(row)

  await exchange.sql`update t_case set content = content || '垃圾已蔓延到车道。' where task_no = ${row.task_no}`
  await insertRow(exchange.sql, { row_type: 'CB', task_no: row.task_no, content: '请加快处置' })

  const events = await until('both are in the case', async () => {
    const { events: found } = await house.readCase(number)
    const types = found.map(({ type }) => type)
    return types.includes('urged') && types.includes('supplemented') && found
  })
  const { case: found } = await house.readCase(number)
  expect(found.sources).toMatchObject([{ version: 2, text: expect.stringContaining('蔓延到车道') }])
  expect(events.filter(({ type }) => type === 'urged')).toHaveLength(1)
})

test('orders of the same instant are all there though a page ends among them', async () => {
  const rows = Array.from({ length: 10 }, () => orderRow({ row_time: '2026-11-20 10:00:00', state: 'time' }))

  await exchange.sql.begin(async (sql) => {
    for (const row of rows) await insertRow(sql, row)
  })

  for (const row of rows) expect(await received(row, 'szcg-time')).toMatch(/^PS/)
})

test('the same orders come as XML, many in one push, and their nodes are rows again', async () => {
  const rows = [orderRow({ undertakers: '市政中心；供电局' }), orderRow()]
  const elements = rows.map((row) =>
    Object.entries(row).map(([name, value]) => `<${name}>${String(value)}</${name}>`),
  )
  const body = `<?xml version="1.0" encoding="UTF-8"?><workorders>${elements.map((columns) => `<workorder>${columns.join('')}</workorder>`).join('')}</workorders>`

  const answer = await fetch(`${house.gateway.url}/v1/channels/szcg-xml/feeds/xml`, {
    method: 'POST',
    headers: { 'content-type': 'application/xml', 'x-token': inboundSecret },
    body,
  })
  const numbers = await Promise.all(rows.map((row) => received(row, 'szcg-xml')))
  await append(numbers[0] ?? '', { type: 'registered', content: { flow: 'simple' } })
  await hasNode(rows[0]?.task_no ?? '', '03')

  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('<count>2</count>')])
  expect((await house.readCase(numbers[0] ?? '')).case.tags).toEqual(['建议承办-SZZX', '建议承办-GDJ'])
})

test('connections that their administrator ends in the middle lose nothing and repeat nothing', async () => {
  const [read, told] = [orderRow(), orderRow()]
  await insertRow(exchange.sql, told)
  const number = await received(told)
  await hasNode(told.task_no, '01')

  await whileLocked('t_case', exchange.reader.user, async (sql) => await insertRow(sql, read))
  await whileLocked('t_case_status', exchange.writer.user, async () => {
    await append(number, { type: 'registered', content: { flow: 'simple' } })
  })

  expect(await received(read)).toMatch(/^PS/)
  await hasNode(told.task_no, '03')
  expect(await nodes(told.task_no)).toEqual(['01', '03'])
})

/** Ends the connection of a user who waits for a table that is locked meanwhile. */
async function whileLocked(
  table: string,
  user: string,
  work: (sql: postgres.ISql) => Promise<void>,
): Promise<void> {
  await exchange.sql.begin(async (sql) => {
    await sql.unsafe(`lock table ${table} in access exclusive mode`)
    await work(sql)
    await until(`${user} waits for ${table}`, async () => {
      const ended = await exchange.sql`
        select pg_terminate_backend(pid) from pg_stat_activity where usename = ${user} and wait_event_type = 'Lock'`
      return ended.length > 0
    })
  })
}

test('a right that is missing is named, loses nothing, and the notice goes out once it is granted', async () => {
  const row = orderRow()
  await insertRow(exchange.sql, row)
  const number = await received(row)
  await hasNode(row.task_no, '01')
  await exchange.sql.unsafe(`revoke insert on t_case_status from ${exchange.writer.user}`)

  await append(number, { type: 'registered', content: { flow: 'simple' } })
  const dead = await until('the delivery is dead', async () => {
    const [found] = await house.gateway.deps.db.sql<{ id: string; reason: string }[]>`
      select d.id, d.reason from deliveries d join cases c on c.id = d.case_id where c.number = ${number} and d.state = 'dead' and d.code = '03'`
    return found
  })
  await exchange.sql.unsafe(`grant insert on t_case_status to ${exchange.writer.user}`)
  const replayed = await house.admin(`/deliveries/${dead.id}/replay`, { by: 'clerk-7' })

  expect(replayed.status).toBe(200)
  expect(dead.reason).toContain('lacks the right')
  expect(dead.reason).toContain('42501')
  await hasNode(row.task_no, '03')
})

test('a database that hangs holds up no other channel, and is read on when it answers again', async () => {
  const row = orderRow()
  const lock = await exchange.sql.reserve()
  await lock`begin`
  await lock`lock table t_case in access exclusive mode`
  await insertRow(lock, row)

  const sent = order()
  await house.accepted('hotline-a', sent)
  const number = await house.caseOf('hotline-a', sent.order_no)
  await append(number, { type: 'registered', content: { flow: 'simple' } })
  await until('the hotline is told', async () =>
    hotline.told.some(({ body }) => body['order_no'] === sent.order_no && body['status'] === '20'),
  )
  const hung = await until('the poll was given up', async () => {
    const [poll] = await house.gateway.deps.db.sql<{ last_error: string | null }[]>`
      select last_error from polls where channel_id = 'szcg'`
    return poll?.last_error ?? undefined
  })
  await lock`commit`
  lock.release()

  expect(hung).toContain('Their database is busy')
  expect(await received(row)).toMatch(/^PS/)
})

test('a case is handed to them, checked before 立案, worked there and verified after 办结', async () => {
  const sent = order()
  await house.accepted('hotline-a', sent)
  const number = await house.caseOf('hotline-a', sent.order_no)
  const say = async (type: string, other: object = {}) =>
    await insertRow(exchange.sql, { row_type: type, our_no: number, content: `${type}：现场情况`, ...other })
  const requests = async () =>
    (
      await exchange.sql<
        { request_type: string }[]
      >`select request_type from t_case_request where our_no = ${number} order by id`
    ).map(({ request_type }) => request_type)
  const happened = async (type: string, reasonCode?: string) =>
    await until(`${type} ${reasonCode ?? ''} happened`, async () =>
      (await house.readCase(number)).events.find(
        (event) =>
          event.type === type && (reasonCode === undefined || event.content.reasonCode === reasonCode),
      ),
    )

  await append(number, { type: 'checking', content: { unitCode: 'SZCG', publicText: '请核实现场' } })
  await until('核实 is asked', async () => (await requests()).includes('HS'))
  await say('HSFK', { result: '1' })
  const checked = await happened('noted', 'check')
  await append(number, { type: 'registered', content: { flow: 'general' } })
  await append(number, { type: 'dispatched', content: { leadUnit: 'SZCG' } })
  await until('the case is handed over', async () => (await requests()).includes('PQ'))
  await say('QS')
  await happened('signed')
  await say('FK', { result: '1' })
  const resolved = await happened('resolved')
  await append(number, {
    type: 'noted',
    content: { unitCode: 'SZCG', reasonCode: 'verify', publicText: '请核查' },
  })
  await until('核查 is asked', async () => (await requests()).includes('HC'))
  await say('HCFK', { result: '1' })
  await happened('verified')

  expect(checked.content).toMatchObject({ decision: 'granted' })
  expect(resolved.content).toMatchObject({ answer: 'FK：现场情况', solved: 'yes' })
  expect(await requests()).toEqual(['HS', 'PQ', 'HC'])
})

test('their user cannot write where it should only read', async () => {
  await expect(
    house.gateway.deps.catalog
      .find('szcg')
      ?.feeds.get('exchange')
      ?.adapter.test?.(house.gateway.deps.catalog.find('szcg')?.feeds.get('exchange')?.channel as never),
  ).resolves.toContainEqual({ level: 'ok', subject: 'rights', detail: 'v_case can be read.' })
  expect(
    await exchange.sql`select has_table_privilege(${exchange.reader.user}, 't_case', 'select, insert, update, delete') as any_right`,
  ).toEqual([{ any_right: false }])
})
