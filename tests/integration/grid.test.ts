import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signedHeaders } from '../../adapters/credentials/signature.ts'
import { createKey } from '../../gateway/http/keys.ts'
import type { Attachment } from '../../schemas/primitives.ts'
import type { Acknowledgement } from '../../schemas/receipt.ts'
import { inboundSecret, startHouse, until, type House } from '../support/house.ts'
import {
  formOf,
  gridAppChannel,
  gridPlatformChannel,
  pixel,
  startGridApp,
  startGridPlatform,
  type GridApp,
  type GridPlatform,
} from '../support/grid-peers.ts'

let app: GridApp
let platform: GridPlatform
let house: House

beforeAll(async () => {
  app = await startGridApp()
  platform = await startGridPlatform()
  house = await startHouse([
    gridAppChannel(app.url),
    gridAppChannel(app.url, { channel: 'grid-app-pull', reverse: { pull: true } }),
    gridPlatformChannel(platform.url),
  ])
})
afterAll(async () => {
  await house.stop()
  await app.close()
  await platform.close()
})

const resolved = { answer: '已更换井盖。', solved: 'yes', substantiated: true } as const

describe('the grid workers’ app', () => {
  test('sends a report with two photos in a form, and sees each state in its own codes', async () => {
    const answer = await pushForm('grid-app-a', report('WG1', '望潮路12号门前井盖缺失'), 2)
    const acknowledgement = (await answer.json()) as Acknowledgement
    const number = await house.caseOf('grid-app-a', 'WG1')

    await work(number, ['registered', 'dispatched', 'resolved', 'closed'])
    await until('the app shows the end', async () =>
      app.seen.get('WG1')?.some(({ status }) => status === '07'),
    )

    expect(answer.status).toBe(202)
    expect(acknowledgement.results).toMatchObject([{ end: 'report', externalId: 'WG1' }])
    expect(await attachmentsOf('WG1')).toMatchObject([
      { mediaType: 'image/png', bytes: pixel.length },
      { mediaType: 'image/png', bytes: pixel.length },
    ])
    const seen = app.seen.get('WG1') ?? []
    expect(seen.map(({ status }) => status)).toEqual(expect.arrayContaining(['01', '05', '07']))
    expect(seen.find(({ status }) => status === '05')).toMatchObject({
      case_no: number,
      answer: resolved.answer,
      solved: 'Y',
    })
  })

  test('whose signature is over other bytes is refused, and nothing is stored', async () => {
    const { raw, contentType } = await formOf([{ name: 'data', body: '{}' }])
    const path = '/v1/channels/grid-app-a/reports'
    const call = { method: 'POST', url: path, nonce: randomUUID(), at: new Date() }
    const signature = signedHeaders(inboundSecret, { ...call, body: `${Buffer.from(raw).toString()} ` })

    const answer = await house.push('grid-app-a', null, {
      raw,
      headers: { 'content-type': contentType, ...signature },
    })

    expect(await answer.json()).toMatchObject({ status: 401, code: 'auth.invalid' })
  })

  test('whose form lacks its end has it in quarantine, whole', async () => {
    const { raw, contentType } = await formOf([{ name: 'data', body: JSON.stringify(report('WG2', '内容')) }])

    const answer = await house.push('grid-app-a', null, {
      raw: raw.subarray(0, -10),
      headers: { 'content-type': contentType },
    })

    expect(((await answer.json()) as Acknowledgement).results).toMatchObject([
      { end: 'quarantined', reason: { code: 'payload.cut-off' } },
    ])
  })

  test('is told again after it was away, and books it once', async () => {
    await pushForm('grid-app-a', report('WG3', '云杉路人行道地砖破损'), 0)
    const number = await house.caseOf('grid-app-a', 'WG3')

    app.answers.push({ status: 502, body: {} }, { status: 200, body: { success: false, code: 'BUSY' } })
    await work(number, ['registered'])
    await until('it was told', async () => app.seen.get('WG3')?.some(({ status }) => status === '01'))

    expect(app.seen.get('WG3')?.filter(({ status }) => status === '01')).toHaveLength(1)
  })

  test('that takes no callbacks asks for its news by a cursor', async () => {
    await pushForm('grid-app-pull', report('WG4', '麦田路公交站旁垃圾堆积'), 1)
    const number = await house.caseOf('grid-app-pull', 'WG4')
    await work(number, ['registered', 'dispatched'])
    const { key } = await createKey(house.gateway.deps.db, {
      name: 'app',
      scopes: ['channel:grid-app-pull'],
      now: new Date(),
    })

    const page = await until('there is news', async () => {
      const answer = await fetch(`${house.gateway.url}/v1/channels/grid-app-pull/events`, {
        headers: { authorization: `Bearer ${key}` },
      })
      const { events } = (await answer.json()) as {
        events: { subject: string; statuscode: string; data: unknown }[]
      }
      return events.length === 2 && events
    })

    expect(page).toMatchObject([
      { subject: 'WG4', statuscode: '01' },
      { subject: 'WG4', statuscode: '02', casenumber: number },
    ])
    expect(app.seen.has('WG4')).toBe(false)
  })
})

describe('the grid platform', () => {
  test('has its changes read by cursor, page after page, and is told of its own orders', async () => {
    platform.changes.push(
      order('P1', '鹤洲街渡口路灯不亮', 'GW020301'),
      order('P2', '麦田街工业园道路积水', 'GW020302'),
      order('P3', '清澜街道听松街占道经营', 'GW010201'),
    )
    const number = await house.caseOf('grid-platform-a', 'P3')

    await work(number, ['registered', 'dispatched', 'resolved', 'closed'])
    await until('it was told the end', async () =>
      platform.told.get('P3')?.some(({ status }) => status === 'CLOSED'),
    )

    expect(platform.told.get('P3')?.map(({ status }) => status)).toEqual(
      expect.arrayContaining(['ACCEPTED', 'FINISHED', 'CLOSED']),
    )
    await until('it was asked from the end on', async () => platform.cursors.includes('c3'))
  })

  test('may push the same change as well, which is a repeat', async () => {
    const change = order('P1', '鹤洲街渡口路灯不亮', 'GW020301')
    await house.caseOf('grid-platform-a', 'P1')

    const answer = await house.push('grid-platform-a', { list: [change] }, { query: '?feed=push' })

    expect(((await answer.json()) as Acknowledgement).results).toMatchObject([{ end: 'repeat' }])
  })

  test('gets a case that was dispatched to its unit, works it, and its steps are those of the case', async () => {
    await pushForm('grid-app-a', report('WG5', '半坡社区三栋楼道堆放杂物堵塞通道'), 0)
    const number = await house.caseOf('grid-app-a', 'WG5')
    await work(number, ['registered', 'dispatched'], 'WGZX')
    const [task] = await until('it has the task', async () => platform.tasks.get(number))

    platform.changes.push(
      step('S1', number, 'SIGN'),
      step('S2', number, 'HANDLE'),
      step('S3', number, 'FINISH', { answer: '杂物已清理。', is_true: '1', is_solved: '1' }),
    )
    await until('the case is resolved', async () => (await house.readCase(number)).case.state === 'resolved')
    await until('the app was told', async () => app.seen.get('WG5')?.some(({ status }) => status === '05'))

    expect(task).toMatchObject({ action: 'ASSIGN', source_system: 'GUIYI', unit_code: 'WGZX', role: 'LEAD' })
    expect(String(task?.['content'])).toContain('半坡社区')
    expect(app.seen.get('WG5')?.find(({ status }) => status === '05')).toMatchObject({
      answer: '杂物已清理。',
    })
  })

  test('lists what it got from us among its orders, which is no new report', async () => {
    await pushForm('grid-app-a', report('WG6', '鹤洲社区消防通道被车辆堵塞'), 0)
    const number = await house.caseOf('grid-app-a', 'WG6')
    await work(number, ['registered', 'dispatched'], 'WGZX')
    await until('it has the task', async () => platform.tasks.get(number))

    const echo = {
      ...order('P9', '鹤洲社区消防通道被车辆堵塞', 'GW120101'),
      source_system: 'GUIYI',
      source_no: number,
    }
    platform.changes.push(echo, order('P10', '云杉街道柚园路井盖破损', 'GW020102'))
    await house.caseOf('grid-platform-a', 'P10')

    const reports = await house.gateway.deps.db.sql`select 1 from reports where external_id = 'P9'`
    expect(reports).toHaveLength(0)
  })

  test('returns a case with its reason, and it is registered again', async () => {
    await pushForm('grid-app-a', report('WG7', '石桥头社区路边小广告成片'), 0)
    const number = await house.caseOf('grid-app-a', 'WG7')
    await work(number, ['registered', 'dispatched'], 'WGZX')
    await until('it has the task', async () => platform.tasks.get(number))

    platform.changes.push(
      step('S9', number, 'RETURN', { reason_code: 'NOT_OURS', content: '不属于网格事项' }),
    )

    const { events } = await until('it came back', async () => {
      const read = await house.readCase(number)
      return read.events.some(({ type }) => type === 'returned') && read
    })
    expect(events.find(({ type }) => type === 'returned')?.content).toMatchObject({ reasonCode: 'NOT_OURS' })
  })
})

let found = 0

function report(number: string, description: string): { readonly [field: string]: unknown } {
  found += 1
  return {
    msg_type: 'REPORT',
    report_no: number,
    report_type: '1',
    title: description,
    description: `${description}，编号${number}。`,
    category: ['B01', 'A01', 'D01', 'B05', 'C02', 'A05'][found % 6],
    found_at: '2026-11-20 09:12:30',
    address: description.slice(0, 6),
    worker_no: 'W0417',
  }
}

function order(number: string, title: string, category: string): { readonly [field: string]: unknown } {
  return {
    change_no: `C-${number}`,
    change_type: 'ORDER',
    order_no: number,
    order_type: 'INSPECT',
    title,
    content: `${title}，请处理。`,
    category,
    submit_time: '2026-11-20 08:30:00',
    address: title.slice(0, 7),
  }
}

function step(
  number: string,
  caseNumber: string,
  name: string,
  other: object = {},
): { readonly [field: string]: unknown } {
  return {
    change_no: number,
    change_type: 'STEP',
    step: name,
    case_no: caseNumber,
    order_no: `T-${caseNumber}`,
    change_time: '2026-11-20 10:00:00',
    ...other,
  }
}

async function pushForm(channel: string, fields: object, photos: number): Promise<Response> {
  const { raw, contentType } = await formOf([
    { name: 'data', body: JSON.stringify(fields) },
    ...Array.from({ length: photos }, (_, index) => ({
      name: 'photo',
      fileName: `现场${index}.png`,
      type: 'image/png',
      body: pixel,
    })),
  ])
  return await house.push(channel, null, { raw, headers: { 'content-type': contentType } })
}

type Step = 'registered' | 'dispatched' | 'resolved' | 'closed'

async function work(number: string, steps: readonly Step[], leadUnit = 'SZZX'): Promise<void> {
  const contents = { registered: { flow: 'simple' }, dispatched: { leadUnit }, resolved, closed: {} } as const
  for (const type of steps) {
    const answer = await house.append(number, { type, content: contents[type] })
    if (answer.status !== 201) throw new Error(`${type}: ${answer.status} ${await answer.text()}`)
  }
}

async function attachmentsOf(externalId: string): Promise<Attachment[]> {
  const [row] = await house.gateway.deps.db.sql<{ attachments: Attachment[] | null }[]>`
    select working -> 'attachments' as attachments from reports where external_id = ${externalId}`
  return row?.attachments ?? []
}
