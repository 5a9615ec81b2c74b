import type { ServerResponse } from 'node:http'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createAuthority } from '../support/certificates.ts'
import { startHouse, until, type House } from '../support/house.ts'
import { boardChannel, message, startBoard, type Board } from '../support/message-board-peer.ts'

const resolved = { answer: '已安排检修，现已恢复。', solved: 'yes', substantiated: true } as const

describe('a message board that is well', () => {
  let board: Board
  let house: House
  beforeAll(async () => {
    board = await startBoard()
    board.messages.push(...[101, 102, 103, 105].map((id) => message(id)))
    house = await startHouse([boardChannel(board)])
  })
  afterAll(async () => {
    await house.stop()
    await board.close()
  })

  test('shows acceptance, handling and answer of each message under it', async () => {
    const number = await house.caseOf('board-a', '101')

    for (const event of [
      { type: 'registered', content: { flow: 'general' } },
      { type: 'dispatched', content: { leadUnit: 'SZZX' } },
      { type: 'signed' },
      { type: 'processing' },
    ] as const)
      expect((await house.append(number, event)).status).toBe(201)
    await until('it is in hand', async () =>
      board.replies.get('101')?.some(({ status }) => status === 'handling'),
    )
    await house.append(number, { type: 'resolved', content: resolved })
    await until('the answer is there', async () =>
      board.replies.get('101')?.some(({ status }) => status === 'answered'),
    )

    const replies = board.replies.get('101') ?? []
    expect(replies.map(({ status }) => status)).toEqual(['accepted', 'handling', 'answered'])
    expect(replies[0]?.content).toContain(number)
    expect(replies[2]?.content).toContain(resolved.answer)
  })

  test('has every message read over its pages, and one that appears late below those that were read', async () => {
    await house.caseOf('board-a', '105')

    board.messages.push(message(104))
    await house.caseOf('board-a', '104')

    expect(await reportsOf(house)).toEqual(['101', '102', '103', '104', '105'])
    expect(board.asked.slice(0, 3)).toEqual(['0', '102', '105'])
  })

  test('makes no receipt while nothing is new', async () => {
    await house.caseOf('board-a', '105')
    const before = await receiptsOf(house)
    const asked = board.asked.length

    await until('it was asked twice more', async () => board.asked.length > asked + 8)

    expect(await receiptsOf(house)).toBe(before)
  })

  test('passes on what its writer says afterwards', async () => {
    const number = await house.caseOf('board-a', '102')
    await house.append(number, { type: 'registered', content: { flow: 'simple' } })

    board.followups.push({
      id: 'f-1',
      message_id: 102,
      kind: 'supplement',
      content: '今天又多了两袋',
      create_time: Math.floor(Date.now() / 1000),
      user_id: 'u-102',
    })

    const supplement = await until('the case was supplemented', async () =>
      (await house.readCase(number)).events.find(({ type }) => type === 'supplemented'),
    )
    expect(supplement.content.internalNote).toBe('今天又多了两袋')
  })

  test('whose token ended gives another, and nobody notices', async () => {
    await house.caseOf('board-a', '105')
    const given = board.tokensGiven

    board.endTokens()
    board.messages.push(message(110))
    await house.caseOf('board-a', '110')

    expect(board.tokensGiven).toBeGreaterThan(given)
    expect(await pollOf(house)).toMatchObject({ last_error: null, failures: 0 })
  })

  test('is read on where it was left after the gateway was started again', async () => {
    await house.caseOf('board-a', '105')
    const receipts = await receiptsOf(house)
    const [highest] = board.messages.map(({ id }) => id).toSorted((one, other) => other - one)

    await house.restart()
    board.asked.length = 0
    board.messages.push(message(120))
    await house.caseOf('board-a', '120')

    expect(board.asked[0]).toBe(String(Math.max(0, (highest ?? 0) - 200)))
    expect(await receiptsOf(house)).toBeGreaterThan(receipts)
    expect(new Set(await reportsOf(house)).size).toBe((await reportsOf(house)).length)
  })
})

describe('a message board that is not well', () => {
  let board: Board
  let house: House
  beforeEach(async () => {
    board = await startBoard()
    board.messages.push(...[201, 202, 203].map((id) => message(id)))
  })
  afterEach(async () => {
    await house.stop()
    await board.close()
  })

  const plain =
    (status: number, headers: Record<string, string>, body = '') =>
    (response: ServerResponse) =>
      void response.writeHead(status, headers).end(body)

  test('and asks for patience is left alone for as long as it says', async () => {
    board.instead = { answer: plain(429, { 'retry-after': '600' }) }

    house = await startHouse([boardChannel(board)])
    const poll = await until('the poll failed', async () => {
      const row = await pollOf(house)
      return row.failures > 0 && row
    })

    expect(poll.last_error).toContain('429')
    expect(poll.wait_s).toBeGreaterThan(500)
    expect(board.asked).toHaveLength(1)
  })

  test.each([
    { what: 'a login page', instead: plain(200, { 'content-type': 'text/html' }, '<html>登录</html>') },
    {
      what: 'half a page',
      instead: plain(200, { 'content-type': 'application/json' }, '{"code":0,"data":{"list":[{"id"'),
    },
    { what: 'a failing code', instead: plain(200, {}, '{"code":500,"data":{"list":[]}}') },
    { what: '500', instead: plain(500, {}) },
    { what: 'a broken connection', instead: (response: ServerResponse) => void response.destroy() },
  ])('and answers with $what is asked again, and nothing of that is kept', async ({ instead }) => {
    board.instead = { answer: instead }

    house = await startHouse([boardChannel(board)])
    await house.caseOf('board-a', '203')

    expect(await reportsOf(house)).toEqual(['201', '202', '203'])
    const ends = await house.gateway.deps.db.sql<{ end: string }[]>`select distinct "end" from records`
    expect(ends.map(({ end }) => end)).not.toContain('quarantined')
  })

  test('in the middle of its pages keeps what was read, and the rest follows', async () => {
    board.instead = { after: '202', answer: plain(502, {}) }

    house = await startHouse([boardChannel(board)])
    await house.caseOf('board-a', '203')

    expect(board.asked.slice(0, 3)).toEqual(['0', '202', '202'])
    expect(await reportsOf(house)).toEqual(['201', '202', '203'])
  })

  test('and gives the same page for ever is not asked without end, and no report is made twice', async () => {
    board.stuck = true

    house = await startHouse([boardChannel(board)])
    await house.caseOf('board-a', '202')
    const receipts = await receiptsOf(house)
    const asked = board.asked.length
    await until('it was asked in another round', async () => board.asked.length > asked + 2)

    expect(await receiptsOf(house)).toBe(receipts)
    expect(await reportsOf(house)).toEqual(['201', '202'])
  })

  test('with one record that is damaged has that one in quarantine, and its neighbours become reports', async () => {
    board.messages.splice(1, 1, { id: 202, title: 'x' })

    house = await startHouse([boardChannel(board)])
    await house.caseOf('board-a', '203')

    expect(await reportsOf(house)).toEqual(['201', '203'])
    const quarantined = await house.gateway.deps.db.sql`select 1 from records where "end" = 'quarantined'`
    expect(quarantined).toHaveLength(1)
  })
})

test('a message board that asks for a certificate gets ours', async () => {
  const authority = createAuthority()
  const [server, ours] = [authority.sign('board'), authority.sign('guiyi')]
  const board = await startBoard({
    cert: server.certificate,
    key: server.key,
    ca: authority.certificate,
    requestCert: true,
    rejectUnauthorized: true,
  })
  board.messages.push(message(401))
  const tls = { certificate: ours.certificate, key: ours.key, ca: authority.certificate }

  const house = await startHouse([boardChannel(board, { tls })])
  const number = await house.caseOf('board-a', '401')
  await house.append(number, { type: 'registered', content: { flow: 'simple' } })
  await until('it was told', async () => (board.replies.get('401')?.length ?? 0) > 0)

  expect(board.replies.get('401')).toMatchObject([{ status: 'accepted' }])
  await house.stop()
  await board.close()
  authority.remove()
})

async function reportsOf(house: House): Promise<string[]> {
  const rows = await house.gateway.deps.db.sql<{ external_id: string }[]>`
    select external_id from reports where channel_id = 'board-a' order by external_id`
  return rows.map(({ external_id }) => external_id)
}

async function receiptsOf(house: House): Promise<number> {
  const [row] = await house.gateway.deps.db.sql<
    { count: number }[]
  >`select count(*)::int as count from receipts`
  return row?.count ?? 0
}

async function pollOf(
  house: House,
): Promise<{ last_error: string | null; failures: number; wait_s: number }> {
  const [row] = await house.gateway.deps.db.sql<
    { last_error: string | null; failures: number; wait_s: number }[]
  >`
    select last_error, failures, extract(epoch from due_at - now())::float as wait_s from polls where feed = 'messages'`
  return row ?? { last_error: null, failures: 0, wait_s: 0 }
}
