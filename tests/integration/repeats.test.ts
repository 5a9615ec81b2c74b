/** One person through several channels, several people about one matter: counted apart, never swallowed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keepPeople } from '../../gateway/linking/people/keep-people.ts'
import type { LinkedReport } from '../../gateway/linking/people/linked.ts'
import type { CaseEvent } from '../../schemas/case.ts'
import { file, photo, startFileServer, type FileServer } from '../support/file-server.ts'
import { order, until, type Hotline, type House } from '../support/house.ts'
import { startThreeChannels } from '../support/two-hotlines.ts'

let hotline: Hotline
let house: House
let stop: () => Promise<void>
let server: FileServer

beforeAll(async () => {
  ;({ hotline, house, stop } = await startThreeChannels())
  server = await startFileServer()
})
afterAll(async () => {
  await stop()
  await server.close()
})

const shanghai = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Asia/Shanghai',
  dateStyle: 'short',
  timeStyle: 'medium',
})
const eventTime = (at = new Date()) => shanghai.format(at)
let made = 0

interface Matter {
  /** The report of a person, by phone, through a channel; resolves with its case's number. */
  readonly report: (channel: string, phone: string | undefined, other?: object) => Promise<string>
}

/** A matter of its own, known to all channels by the city's number. */
function matter(own: Parameters<typeof order>[0] = {}): Matter {
  const first = { ...order(own), city_no: `C${++made}` }
  return {
    report: async (channel, phone, other = {}) => {
      const number = `R${++made}`
      const person = phone === undefined ? { caller: {}, is_anonymous: '1' } : { caller: { phone } }
      await house.accepted(channel, {
        ...first,
        event_time: eventTime(),
        order_no: number,
        msg_id: `M${number}`,
        ...person,
        ...other,
      })
      return await house.caseOf(channel, number)
    },
  }
}

const phoneOf = (person: number) => `139${String(10_000_000 + person)}`
const eventsOf = async (number: string, type: CaseEvent['type']) =>
  (await house.readCase(number)).events.filter((event) => event.type === type)
const close = async (number: string) => {
  for (const event of [
    { type: 'registered', content: { flow: 'simple' } },
    { type: 'dispatched', content: { leadUnit: 'U0101' } },
    { type: 'resolved', content: { answer: '已处理。', solved: 'yes', substantiated: true } },
    { type: 'closed' },
  ] as const)
    expect((await house.append(number, event)).status).toBe(201)
}

describe('people, channels and reports of a case', () => {
  test('one person in three channels is one person, and the case says so', async () => {
    const { report } = matter()
    const number = await report('hotline-a', phoneOf(1))

    await report('hotline-b', phoneOf(1))
    await report('hotline-c', phoneOf(1))

    const { case: found } = await house.readCase(number)
    expect(found.counts).toEqual({ reports: 3, channels: 3, people: 1, unknownPeople: 0 })
    expect(found.tags).toContain('一人多投')
    expect(found.tags).not.toContain('多人同诉')
  })

  test('five people in one channel are five, and those without a name are counted apart', async () => {
    const { report } = matter()
    const number = await report('hotline-a', phoneOf(11))

    for (const person of [12, 13, 14, 15]) await report('hotline-a', phoneOf(person))
    await report('hotline-a', undefined)

    const { case: found } = await house.readCase(number)
    expect(found.counts).toEqual({ reports: 6, channels: 1, people: 5, unknownPeople: 1 })
    expect(found.tags).toContain('多人同诉')
    expect(found.tags).not.toContain('一人多投')
  })

  test('a person known by one key is known by another that an earlier report of the case gave', async () => {
    const { report } = matter()
    const number = await report('hotline-a', phoneOf(21))
    const { sql } = house.gateway.deps.db
    const [row] = await sql<{ id: string; case_id: string; person_keys: string[] }[]>`
      update reports p set person_keys = array_append(p.person_keys, 'unionid:k-1') from cases c where c.id = p.case_id and c.number = ${number}
      returning p.id, p.case_id, p.person_keys`
    const { id = '', case_id: caseId = '', person_keys: keys = [] } = row ?? {}
    await sql`
      insert into link_keys (hash, at, report_id, case_id) values (hashtextextended('person|unionid:k-1', 0), now(), ${id}, ${caseId})`
    const later = {
      row: { person_keys: ['unionid:k-1'], submitted_at: new Date() },
      caseId,
      opens: undefined,
    }

    const totals = await house.gateway.deps.db.transaction((tx) => keepPeople(tx, [later as LinkedReport]))

    expect(totals.get(caseId)).toMatchObject({ reports: 2, people: 1, spoke: [{ key: keys[0], reports: 2 }] })
  })
})

describe('repeats', () => {
  test('of one person escalate once at each threshold, with the reason in words for the dispatch', async () => {
    const { report } = matter()
    const number = await report('hotline-a', phoneOf(31))

    for (let n = 0; n < 3; n++) await report('hotline-a', phoneOf(31))

    const escalated = await eventsOf(number, 'escalated')
    expect(escalated.map(({ content }) => content.reasonCode)).toEqual(['repeat-person'])
    expect(escalated[0]).toMatchObject({
      actor: { kind: 'gateway' },
      content: { internalNote: expect.stringContaining('3次') },
    })
    expect((await house.readCase(number)).case.tags).toContain('重复投诉')
    expect(await eventsOf(number, 'linked')).toHaveLength(4)
    await until('the dispatch reads of it', async () => {
      const { items } = await house.dispatchItems()
      return items.some(({ event }) => event.case === number && event.type === 'escalated')
    })
  })

  test('of many people and many reports escalate with their own reasons', async () => {
    const { report } = matter()
    const number = await report('hotline-a', phoneOf(41))

    for (let n = 0; n < 9; n++) await report('hotline-a', phoneOf(42 + n))

    const reasons = (await eventsOf(number, 'escalated')).map(({ content }) => content.reasonCode)
    expect(new Set(reasons)).toEqual(new Set(['many-people', 'many-reports']))
  })
})

describe('a later report', () => {
  test('with a photo, a house number and a point hands them to the dispatch in one event, and the case has them', async () => {
    server.at('/later.jpg', file(photo('later')))
    const { report } = matter({ address: '翠湖北路' })
    const number = await report('hotline-a', phoneOf(51))

    await report('hotline-b', phoneOf(52), {
      address: '翠湖北路18号',
      coord_type: '4',
      longitude: '114.3461',
      latitude: '22.6902',
      files: [{ file_url: `${server.url}/later.jpg`, file_name: 'later.jpg' }],
    })
    const after = await house.readCase(number)
    await report('hotline-c', phoneOf(53), { address: '翠湖北路' })

    const supplemented = await eventsOf(number, 'supplemented')
    expect(supplemented).toHaveLength(1)
    const own = after.case.sources.find(({ channel }) => channel === 'hotline-b')
    expect(supplemented[0]?.content).toMatchObject({
      report: own?.report,
      facts: ['photo', 'house-number', 'point'],
      attachments: [{ id: own?.attachments?.[0]?.id }],
    })
    expect(after.case.location).toMatchObject({
      address: '翠湖北路18号',
      point: { longitude: 114.3461, latitude: 22.6902 },
    })
    expect((await house.readCase(number)).case.location?.address).toBe('翠湖北路18号')
  })

  test('in a newer version hands on what is new in it, once', async () => {
    server.at('/newer.jpg', file(photo('newer')))
    const sent = order({ address: '翠湖西路' })
    await house.accepted('hotline-a', sent)
    const number = await house.caseOf('hotline-a', sent.order_no)

    await house.accepted('hotline-a', {
      ...sent,
      address: '翠湖西路26号',
      files: [{ file_url: `${server.url}/newer.jpg`, file_name: 'newer.jpg' }],
    })
    const [event] = await until('the case has it', async () => {
      const events = await eventsOf(number, 'supplemented')
      return (
        events.some(({ content }) => content.facts !== undefined) &&
        events.filter(({ content }) => content.facts)
      )
    })

    const { case: found } = await house.readCase(number)
    expect(event?.content).toMatchObject({
      facts: ['photo', 'house-number'],
      attachments: [{ id: found.sources[0]?.attachments?.[0]?.id }],
    })
    expect(found.location?.address).toBe('翠湖西路26号')
  })

  test('that contradicts the place of the case adds nothing of a place', async () => {
    const { report } = matter({ address: '翠湖南路', street_code: '01' })
    const number = await report('hotline-a', phoneOf(61))

    await report('hotline-b', phoneOf(62), { address: '翠湖南路9号', street_code: '03' })

    expect(await eventsOf(number, 'supplemented')).toEqual([])
    expect((await house.readCase(number)).case.location).toMatchObject({
      address: '翠湖南路',
      street: '990100001',
    })
  })

  test('of a confidential caller names no file: it stays with its source, withheld', async () => {
    server.at('/secret.jpg', file(photo('secret')))
    const { report } = matter()
    const number = await report('hotline-a', phoneOf(71))

    await report('hotline-b', phoneOf(72), {
      is_secret: '1',
      files: [{ file_url: `${server.url}/secret.jpg`, file_name: 'secret.jpg' }],
    })

    const [event] = await eventsOf(number, 'supplemented')
    expect(event?.content.facts).toEqual(['photo'])
    expect(event?.content).not.toHaveProperty('attachments')
  })
})

describe('a follow-up of a closed case', () => {
  const own = {
    title: '梧枫溪路路灯不亮',
    content: '梧枫溪路18号门前路灯整晚不亮，请尽快维修。',
    category: '0231',
    address: '梧枫溪路18号',
  }

  test('reopens it within the days of the rule, and its source is told', async () => {
    const { report } = matter(own)
    const number = await report('hotline-a', phoneOf(81))
    const first = (await house.readCase(number)).case.sources[0]?.externalId
    await close(number)

    const followed = await report('hotline-a', phoneOf(81), {
      city_no: undefined,
      content: '上次反映的梧枫溪路18号门前路灯修好两天后仍然整晚不亮，再次请求维修。',
    })

    expect(followed).toBe(number)
    const [event] = await eventsOf(number, 'reopened')
    expect(event).toMatchObject({
      actor: { kind: 'gateway' },
      content: { reasonCode: 'follow-up' },
      stateAfter: 'reopened',
    })
    const { case: found } = await house.readCase(number)
    expect(found.state).toBe('reopened')
    expect(found).not.toHaveProperty('closedAt')
    await until('the source is told that it is handled again', async () =>
      hotline.told.some(({ body }) => body['order_no'] === first && body['status'] === '50'),
    )
  })

  test('opens a successor after those days, and a later one joins that', async () => {
    const { report } = matter({
      ...own,
      title: '梧枫洲路路灯不亮',
      content: '梧枫洲路7号门前路灯整晚不亮。',
      address: '梧枫洲路7号',
    })
    const number = await report('hotline-a', phoneOf(82))
    await close(number)
    await house.gateway.deps.db
      .sql`update cases set closed_at = now() - interval '16 days' where number = ${number}`

    const successor = await report('hotline-a', phoneOf(82))
    const later = await report('hotline-b', phoneOf(83))

    expect(successor).not.toBe(number)
    expect(later).toBe(successor)
    const { case: found } = await house.readCase(successor)
    expect(found.predecessor).toBe(number)
    expect((await house.readCase(number)).case.state).toBe('closed')
  })

  test('of someone else who says nothing of before opens a successor', async () => {
    const { report } = matter()
    const number = await report('hotline-a', phoneOf(84))
    await close(number)

    const other = await report('hotline-b', phoneOf(85), { event_time: '2026-11-20 09:30:00' })

    expect(other).not.toBe(number)
    await until(
      'the new case is there',
      async () => (await house.readCase(other)).case.predecessor === number,
    )
  })
})
