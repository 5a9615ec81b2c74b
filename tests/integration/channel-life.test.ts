/** Versions, drafts, trials and the life of a channel, as admins work on them, on a whole gateway. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { createKey } from '../../gateway/http/keys.ts'
import {
  hotlineChannel,
  order,
  startHotline,
  startHouse,
  until,
  type Hotline,
  type House,
} from '../support/house.ts'

let hotline: Hotline
let house: House

beforeAll(async () => {
  hotline = await startHotline()
  const channels = ['hotline-a', 'hotline-b', 'hotline-c', 'hotline-d', 'hotline-e', 'hotline-f', 'hotline-g']
  house = await startHouse([
    ...channels.map((channel) => hotlineChannel(hotline.url, { channel })),
    hotlineChannel(hotline.url, { channel: 'hotline-trial', state: 'shadow' }),
  ])
})

afterAll(async () => {
  await house.stop()
  await hotline.close()
})

interface Answered {
  readonly text: string
  readonly edition: number
  readonly mapping: string
  readonly detail: string
  readonly items: unknown
  readonly changes: unknown
  readonly examples: unknown
  readonly tried: unknown
  readonly dryRun: { readonly shown: unknown }
}
const json = async (answer: Response) => (await answer.json()) as Answered
const publishedText = async (channel: string) =>
  (await json(await house.admin(`/channels/${channel}/versions/published`))).text
const withRow = (text: string, source: string, code: string) =>
  `${text}codes:\n  category:\n    table:\n      '${source}': '${code}' # added by a test\n`

async function saveDraft(channel: string, text: string, edition: number | null = null) {
  return await house.admin(`/channels/${channel}/draft`, { text, by: 'clerk-1', edition }, 'PUT')
}

async function publish(channel: string, text: string) {
  const draft = await json(await saveDraft(channel, text))
  return await house.admin(`/channels/${channel}/draft/publish`, {
    by: 'clerk-1',
    note: 'a row for a new code',
    edition: draft.edition,
  })
}

const versionOfReport = async (channel: string, externalId: string) => {
  const [row] = await house.gateway.deps.db.sql<{ mapping_version: string; version: number }[]>`
    select v.mapping_version, v.version from reports p join report_versions v on v.report_id = p.id and v.version = p.version
    where p.channel_id = ${channel} and p.external_id = ${externalId}`
  return row
}

test('a published draft is what every gateway maps by, and each report names the version that made it', async () => {
  const other = await house.second()
  const before = house.gateway.deps.catalog.channel('hotline-a').mappingVersion
  const quarantined = await house.accepted('hotline-a', order({ category: '7777' }))

  const published = await json(
    await publish('hotline-a', withRow(await publishedText('hotline-a'), '7777', '990101')),
  )
  await until('the other gateway has it', async () => {
    const version = other.deps.catalog.channel('hotline-a').mappingVersion
    return version === published.mapping && version !== before
  })
  const work = order({ category: '7777' })
  const taken = await house.accepted('hotline-a', work)

  expect(quarantined.results[0]?.end).toBe('quarantined')
  expect(published).toMatchObject({ version: 2, changed: true, missingSecrets: [] })
  expect(taken.results[0]?.end).toBe('report')
  expect(await versionOfReport('hotline-a', work.order_no)).toEqual({
    mapping_version: published.mapping,
    version: 1,
  })
})

test('what is under way when a version is published ends on the version it began with', async () => {
  const { catalog } = house.gateway.deps
  const began = catalog.channel('hotline-b')

  const published = await json(
    await publish('hotline-b', withRow(await publishedText('hotline-b'), '7778', '990101')),
  )

  expect(catalog.channel('hotline-b').mappingVersion).toBe(published.mapping)
  expect(began.mappingVersion).not.toBe(published.mapping)
  expect(
    began.feeds.get('push')?.compiled.map(order({ category: '7778' }), {
      channelId: 'hotline-b',
      feed: 'push',
      receivedAt: new Date(),
    }).kind,
  ).toBe('quarantined')
})

test('who saves over what another admin saved meanwhile is told, and nothing is overwritten', async () => {
  const text = await publishedText('hotline-c')
  const mine = await json(await saveDraft('hotline-c', withRow(text, '1', '990101')))
  const hers = withRow(text, '2', '990101')
  await saveDraft('hotline-c', hers, mine.edition)

  const late = await saveDraft('hotline-c', withRow(text, '3', '990101'), mine.edition)
  const anew = await saveDraft('hotline-c', text)
  const stale = await house.admin('/channels/hotline-c/draft/publish', {
    by: 'x',
    note: 'x',
    edition: mine.edition,
  })

  expect(late.status).toBe(409)
  expect(await json(late)).toMatchObject({ code: 'channel.draft-changed', edition: 2, author: 'clerk-1' })
  expect([anew.status, stale.status]).toEqual([409, 409])
  expect((await json(await house.admin('/channels/hotline-c/draft'))).text).toBe(hers)
})

test('a draft that began on an older version is not published over a newer one', async () => {
  const text = await publishedText('hotline-d')
  const draft = await json(await saveDraft('hotline-d', withRow(text, '1', '990101')))
  await house.admin('/channels/hotline-d/owner', { by: 'clerk-2', note: 'handed over', department: '城管局' })

  const refused = await house.admin('/channels/hotline-d/draft/publish', {
    by: 'x',
    note: 'x',
    edition: draft.edition,
  })

  expect(refused.status).toBe(409)
  expect(await json(refused)).toMatchObject({ code: 'channel.changed', version: 2 })
  expect(await publishedText('hotline-d')).toContain('department: 城管局')
})

test('a wrong draft is refused with file, line, place and remedy', async () => {
  const text = `${await publishedText('hotline-e')}codes:\n  category:\n    tabel: { '1': '990101' }\n`

  const answer = await saveDraft('hotline-e', text)

  const lines = text.split('\n')
  expect(answer.status).toBe(422)
  expect(await json(answer)).toMatchObject({
    code: 'mapping.invalid',
    errors: [
      { pointer: '/codes/category/tabel', line: lines.findIndex((line) => line.includes('tabel')) + 1 },
    ],
  })
})

const example = (kind: string) => `---
about: 一个样例
feed: push
record: ${JSON.stringify(order({ order_type: '3', category: '0231', order_no: 'EX-1' }))}
expect: { kind: ${kind} }
`

test('publishing is refused while an example fails, and says what came out', async () => {
  const text = await publishedText('hotline-e')
  const draft = await json(await saveDraft('hotline-e', `${text}${example('message')}`))

  const tried = await json(await house.admin('/channels/hotline-e/draft/try', { by: 'x', count: 0 }))
  const refused = await house.admin('/channels/hotline-e/draft/publish', {
    by: 'x',
    note: 'x',
    edition: draft.edition,
  })
  const mended = await json(await saveDraft('hotline-e', `${text}${example('report')}`, draft.edition))
  const published = await house.admin('/channels/hotline-e/draft/publish', {
    by: 'x',
    note: 'x',
    edition: mended.edition,
  })

  expect(tried.examples).toMatchObject({
    passed: 0,
    failed: [{ about: '一个样例', actual: { kind: 'report' } }],
  })
  expect(refused.status).toBe(422)
  expect(await json(refused)).toMatchObject({ code: 'channel.examples', failed: [{ about: '一个样例' }] })
  expect(published.status).toBe(200)
})

test('rolling back publishes an old text again, and its mapping has the name it had', async () => {
  const first = await json(await house.admin('/channels/hotline-f/versions/1'))
  await publish('hotline-f', withRow(first.text, '7779', '990101'))

  const back = await json(await house.admin('/channels/hotline-f/versions/1/publish', { by: 'clerk-9' }))
  const versions = await json(await house.admin('/channels/hotline-f/versions'))

  expect(back).toMatchObject({ version: 3, mapping: first.mapping, changed: true })
  expect(versions.items).toMatchObject([
    { number: 3, state: 'published', origin: 'rollback', author: 'clerk-9', note: 'version 1 again' },
    { number: 2, state: 'retired', origin: 'draft', author: 'clerk-1', note: 'a row for a new code' },
    { number: 1, state: 'retired', origin: 'file' },
  ])
  expect(house.gateway.deps.catalog.channel('hotline-f').mappingVersion).toBe(first.mapping)
})

test('the difference of two versions is told in the text and in what it means', async () => {
  const difference = await json(await house.admin('/channels/hotline-f/difference?from=1&to=2'))

  expect(difference.text).toContain("+      '7779': '990101' # added by a test")
  expect(difference.changes).toEqual([{ pointer: '/codes/category/table/7779', to: '990101' }])
})

test('a dry run says what would be different on stored messages, and writes nothing', async () => {
  const text = await publishedText('hotline-g')
  for (const category of ['7780', '7780', '0231', '0231'])
    await house.accepted('hotline-g', order({ category, urgency: '1' }))
  const counts = async () =>
    await house.gateway.deps.db.sql`
    select (select count(*) from receipts) as receipts, (select count(*) from records) as records, (select count(*) from report_versions) as versions`
  const before = await counts()
  const moved = withRow(text, '7780', '990101').replace("'7780'", "'0231': '990101'\n      '7780'")
  await saveDraft('hotline-g', moved)

  const trial = await json(
    await house.admin('/channels/hotline-g/draft/try', { by: 'clerk-1', selection: 'latest' }),
  )

  expect(trial.dryRun).toMatchObject({
    receipts: 4,
    records: 4,
    newlyPass: 2,
    newlyFail: 0,
    changed: 2,
    unchanged: 0,
    fields: [{ pointer: '/category', added: 0, lost: 0, changed: 2 }],
    newlyKnown: [{ table: 'category', value: '7780', records: 2 }],
  })
  expect(trial.dryRun.shown).toContainEqual(
    expect.objectContaining({
      verdict: 'changed',
      values: { '/category': { before: '020301', after: '990101' } },
    }),
  )
  expect(await counts()).toEqual(before)
  const draft = await json(await house.admin('/channels/hotline-g/draft'))
  expect(draft.tried).toMatchObject({ by: 'clerk-1', dryRun: { newlyPass: 2, changed: 2 } })
})

test('an unknown value is mapped in one step: published, replayed, and its reports go on their way', async () => {
  const work = order({ category: '7781' })
  await house.accepted('hotline-b', work)
  const waiting = await json(await house.admin('/unknown-values?channel=hotline-b'))

  const settled = await json(
    await house.admin('/channels/hotline-b/unknown-values/map', {
      table: 'category',
      value: '7781',
      code: '990101',
      by: 'clerk-1',
    }),
  )
  const number = await house.caseOf('hotline-b', work.order_no)
  const after = await json(await house.admin('/unknown-values?channel=hotline-b'))

  expect(waiting.items).toContainEqual(
    expect.objectContaining({ table: 'category', value: '7781', blocks: 1 }),
  )
  expect(settled).toMatchObject({ published: { changed: true }, replay: { total: 1 } })
  expect((await house.readCase(number)).case.category).toBe('990101')
  expect(after.items).not.toContainEqual(expect.objectContaining({ value: '7781' }))
})

test('a value is not mapped to a category that is not there', async () => {
  await house.accepted('hotline-b', order({ category: '7790' }))

  const answer = await house.admin('/channels/hotline-b/unknown-values/map', {
    table: 'category',
    value: '7790',
    code: '9901011',
    by: 'clerk-1',
  })

  expect(answer.status).toBe(422)
  expect(await json(answer)).toMatchObject({ code: 'mapping.invalid' })
})

test('a new field that is put aside stands in the feed’s ignores and is seen no more', async () => {
  await house.accepted('hotline-e', order({ wechat_no: 'x' }))

  await house.admin('/channels/hotline-e/unknown-values/ignore', {
    table: 'fields',
    value: 'wechat_no',
    by: 'clerk-1',
  })
  await house.accepted('hotline-e', order({ wechat_no: 'x' }))
  const after = await json(await house.admin('/unknown-values?channel=hotline-e'))

  expect(await publishedText('hotline-e')).toContain('ignores: [wechat_no]')
  expect(after.items).not.toContainEqual(expect.objectContaining({ value: 'wechat_no' }))
})

test('clerks’ corrections propose a row for the table', async () => {
  for (let n = 0; n < 6; n++) {
    const work = order({ category: '0111', content: `第${n}件：公园健身器材损坏${n}处，螺丝松动` })
    await house.accepted('hotline-a', work)
    const number = await house.caseOf('hotline-a', work.order_no)
    if (n > 0)
      await house.append(number, { type: 'registered', content: { category: '990101', flow: 'simple' } })
  }

  const proposed = await json(await house.admin('/reclassifications?channel=hotline-a&least=5'))

  expect(proposed.items).toContainEqual(
    expect.objectContaining({ value: '0111', table: 'category', to: '990101', cases: 6, moved: 5 }),
  )
})

test('a channel in trial is received, mapped and compared; nobody is told and nothing dispatched, not even once it is live', async () => {
  const work = order()
  await house.accepted('hotline-a', work)
  const number = await house.caseOf('hotline-a', work.order_no)
  const told = hotline.told.length
  const trial = { ...work, order_no: `${work.order_no}-T`, category: '0231' }

  const answer = await house.accepted('hotline-trial', trial)
  const matches = await until('it was compared', async () => {
    const rows = await house.gateway.deps.db.sql`
      select m.decision, c.number from reports p join matches m on m.report_id = p.id left join cases c on c.id = m.case_id where p.external_id = ${trial.order_no}`
    return rows.length > 0 && rows
  })
  await house.admin('/channels/hotline-trial/state', { by: 'x', note: 'the trial went well', state: 'live' })
  const next = order()
  await house.accepted('hotline-trial', next)
  await house.caseOf('hotline-trial', next.order_no)

  const [report] = await house.gateway.deps.db
    .sql`select case_id from reports where external_id = ${trial.order_no}`
  expect(answer.results[0]?.end).toBe('report')
  expect(matches[0]).toMatchObject({ number })
  expect(matches[0]?.['decision']).toMatch(/^trial-/)
  expect(report?.['case_id']).toBeNull()
  expect(hotline.told.slice(told).filter(({ body }) => body['order_no'] === trial.order_no)).toEqual([])
})

test('a paused channel receives and hands nothing on until it is live again', async () => {
  await house.admin('/channels/hotline-c/state', { by: 'x', note: 'moving house', state: 'paused' })
  const [paused, other] = [order(), order()]
  const answer = await house.accepted('hotline-c', paused)
  await house.accepted('hotline-a', other)
  await house.caseOf('hotline-a', other.order_no)
  const [waiting] = await house.gateway.deps.db
    .sql`select case_id from reports where external_id = ${paused.order_no}`

  await house.admin('/channels/hotline-c/state', { by: 'x', note: 'moved', state: 'live' })

  expect(answer.results[0]?.end).toBe('report')
  expect(waiting?.['case_id']).toBeNull()
  expect(await house.caseOf('hotline-c', paused.order_no)).toMatch(/^P.*-\d{6}$/)
})

test('a retired channel says where to go, and is told how its open cases end', async () => {
  const work = order()
  await house.accepted('hotline-d', work)
  const number = await house.caseOf('hotline-d', work.order_no)
  const change = { by: 'x', note: 'merged into a', state: 'retired', successor: '/v1/channels/hotline-a' }

  const retired = await house.admin('/channels/hotline-d/state', change)
  const refused = await house.push('hotline-d', order())
  await house.append(number, { type: 'registered', content: { flow: 'simple' } })
  await until('the hotline is told', async () =>
    hotline.told.some(({ body }) => body['order_no'] === work.order_no),
  )
  const draft = await house.admin('/channels/hotline-d/state', { by: 'x', note: 'x', state: 'draft' })

  expect(retired.status).toBe(200)
  expect(refused.status).toBe(410)
  expect((await json(refused)).detail).toContain('/v1/channels/hotline-a')
  expect(await json(draft)).toMatchObject({ code: 'channel.state', allowed: ['live', 'shadow'] })
})

test('a key that manages one channel works on that one only', async () => {
  const { db } = house.gateway.deps
  const { key } = await createKey(db, { name: 'owner of g', scopes: ['manage:hotline-g'], now: new Date() })
  const read = async (channel: string) =>
    (
      await fetch(`${house.gateway.url}/v1/admin/channels/${channel}/versions`, {
        headers: { authorization: `Bearer ${key}` },
      })
    ).status

  expect(await read('hotline-g')).toBe(200)
  expect(await read('hotline-a')).toBe(403)
  expect((await house.admin('/channels')).status).toBe(200)
})

test('a file that changed is a new version at the next start; what people published is not overwritten by a file', async () => {
  const file = (channel: string) => join(house.channelsDir, `${channel}.yaml`)
  const written = readFileSync(file('hotline-f'), 'utf8')
  writeFileSync(file('hotline-f'), written.replace('测试热线', '改名的热线'))
  writeFileSync(
    file('hotline-g'),
    readFileSync(file('hotline-g'), 'utf8').replace('测试热线', '文件里的名字'),
  )
  await publish('hotline-g', withRow(await publishedText('hotline-g'), '7782', '990101')).catch(
    () => undefined,
  )
  await house.admin('/channels/hotline-g/owner', { by: 'clerk-2', note: 'handed over', department: '住建局' })
  writeFileSync(file('hotline-new'), stringify(hotlineChannel(hotline.url, { channel: 'hotline-new' })))
  writeFileSync(
    file('hotline-broken'),
    'channel: hotline-broken\nplatform: hotline-12346\nname: { zh: 坏 }\n',
  )

  await house.restart()

  const { catalog } = house.gateway.deps
  expect(catalog.channel('hotline-new').state).toBe('live')
  // Its published text was the file's own again.
  expect(catalog.channel('hotline-f').name).toBe('改名的热线')
  expect(catalog.channel('hotline-g').name).toBe('测试热线')
  expect(catalog.problems().map(({ channelId, detail }) => [channelId, detail])).toEqual([
    ['hotline-broken', expect.stringContaining('Did you mean "hotline-12345"?')],
    ['hotline-g', expect.stringContaining('was published by clerk-2')],
  ])
})

test('the text of a channel comes out byte for byte as it went in', async () => {
  const text = `# 样例 comments, odd   spacing, and a final line without its end\r\n${JSON.stringify(hotlineChannel(hotline.url, { channel: 'hotline-bytes' }))}`

  await publish('hotline-bytes', text)

  expect(await publishedText('hotline-bytes')).toBe(text)
})
