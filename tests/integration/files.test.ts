/** Files of reports and messages: kept encrypted, fetched from their source, handed to the dispatch. */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SourceFile } from '../../adapters/adapter.ts'
import { createFileFetcher } from '../../gateway/intake/files/file-fetcher.ts'
import { claimFiles, filesLag } from '../../gateway/intake/files/file-claims.ts'
import { createIntake } from '../../gateway/intake/receive.ts'
import type { Attachment } from '../../schemas/primitives.ts'
import type { Acknowledgement } from '../../schemas/receipt.ts'
import { file, photo, startFileServer, type FileServer } from '../support/file-server.ts'
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
let server: FileServer

beforeAll(async () => {
  hotline = await startHotline()
  server = await startFileServer()
  const channel = (name: string, other: object = {}) =>
    hotlineChannel(hotline.url, { channel: name, ...other })
  house = await startHouse([
    channel('hotline-a'),
    channel('hotline-slow'),
    channel('hotline-killed'),
    channel('hotline-retry'),
    channel('hotline-public', { privateAddresses: [] }),
    channel('hotline-small', { files: { maxBytes: 1000 } }),
    channel('hotline-off', { files: { fetch: false } }),
    channel('hotline-shadow', { state: 'shadow' }),
  ])
})
afterAll(async () => {
  await house.stop()
  await hotline.close()
  await server.close()
})

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

interface Row {
  readonly id: string
  readonly state: string
  readonly reason: string | null
  readonly media_type: string | null
  readonly bytes: number | null
  readonly sha256: string | null
  readonly tries: number
  readonly due_at: Date | null
  readonly source: Uint8Array | null
}

async function rowsOf(externalId: string): Promise<Row[]> {
  return await house.gateway.deps.db.sql<Row[]>`
    select f.* from files f join reports p on p.id = f.report_id where p.external_id = ${externalId} order by f.position`
}

/** The files of a report once none of them is on its way. */
const settled = async (externalId: string) =>
  await until('the files have their end', async () => {
    const rows = await rowsOf(externalId)
    return rows.length > 0 && rows.every(({ state }) => state !== 'waiting') && rows
  })

const orderWith = (...paths: string[]) =>
  order({ files: paths.map((path) => ({ file_url: path.startsWith('/') ? `${server.url}${path}` : path })) })

async function attachmentsOf(channel: string, externalId: string): Promise<Attachment[]> {
  const { case: found } = await house.readCase(await house.caseOf(channel, externalId))
  return found.sources.find((source) => source.externalId === externalId)?.attachments ?? []
}

const download = async (id: string) =>
  await fetch(`${house.gateway.url}/v1/dispatch/files/${id}`, {
    headers: { authorization: `Bearer ${house.dispatchKey}` },
  })

const accessesTo = async (id: string) =>
  (
    await house.gateway.deps.db.sql<
      { subject: string }[]
    >`select subject from accesses where file_id = ${id} order by at, id`
  ).map(({ subject }) => subject)

/** A payload of hotline-a with files inside it, as an adapter decodes it. */
async function receiveWithFiles(
  record: { [field: string]: unknown },
  files: readonly SourceFile[],
): Promise<Acknowledgement> {
  const { deps } = house.gateway
  const channel = deps.catalog.channel('hotline-a')
  const known = channel.feeds.get('push')
  if (known === undefined) throw new Error('The hotline has no feed "push".')
  const feed = {
    ...known,
    adapter: {
      ...known.adapter,
      async *decode() {
        yield { kind: 'record' as const, position: '/0', value: record, files }
      },
    },
  }
  const intake = createIntake(deps)
  return await intake.receive({
    channel,
    feed,
    principal: { name: 'test' },
    payload: {
      bytes: Buffer.concat([Buffer.from(JSON.stringify(record)), ...files.map(({ bytes }) => bytes)]),
      headers: {},
      method: 'POST',
      url: '/',
      receivedAt: new Date(),
    },
  })
}

const part = (url: string, bytes: Uint8Array, mediaType = 'image/jpeg'): SourceFile => ({
  url,
  mediaType,
  bytes,
})

test('a file named by its address is fetched, hashed and handed to the dispatch, and the reading is recorded', async () => {
  const bytes = photo()
  server.at('/scene', file(bytes, { type: 'application/octet-stream' }))
  const sent = orderWith('/scene')

  await house.accepted('hotline-a', sent)
  await settled(sent.order_no)
  const [attachment] = await attachmentsOf('hotline-a', sent.order_no)
  const answer = await download(attachment?.id ?? '')

  expect(attachment).toMatchObject({
    name: 'attachment 1.jpg',
    mediaType: 'image/jpeg',
    bytes: bytes.length,
    sha256: sha256(bytes),
    state: 'stored',
  })
  expect(attachment).not.toHaveProperty('url')
  expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true)
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'image/jpeg',
    'content-disposition': 'attachment; filename="attachment 1.jpg"',
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    etag: `"${sha256(bytes)}"`,
  })
  expect(await accessesTo(attachment?.id ?? '')).toEqual(['file'])
})

test('a file inside the payload is stored in the payload’s own commit', async () => {
  const bytes = photo()
  const sent = order({ files: [{ file_url: 'part:1', file_name: '现场.jpg' }] })

  await receiveWithFiles(sent, [part('part:1', bytes, 'text/plain')])

  expect(await rowsOf(sent.order_no)).toMatchObject([
    { state: 'stored', media_type: 'image/jpeg', bytes: bytes.length, sha256: sha256(bytes), source: null },
  ])
})

test('a photo that comes in a form is kept with its report', async () => {
  const bytes = photo('', 600_000)
  const sent = order({ files: [{ file_url: 'part:scene', file_name: '现场.jpg' }] })
  const form = new FormData()
  form.append('data', new Blob([JSON.stringify(sent)], { type: 'application/json' }))
  form.append('scene', new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' }), '现场.jpg')
  const encoded = new Response(form)

  const answer = await house.push('hotline-a', null, {
    raw: new Uint8Array(await encoded.clone().arrayBuffer()),
    headers: { 'content-type': encoded.headers.get('content-type') ?? '' },
  })

  expect(answer.status).toBe(202)
  expect(await rowsOf(sent.order_no)).toMatchObject([
    { state: 'stored', bytes: bytes.length, sha256: sha256(bytes) },
  ])
})

test('bytes, address and given name of a file stand nowhere in clear', async () => {
  const secret = randomBytes(12).toString('hex')
  server.at('/secret', file(photo(`inside-${secret}`)))
  const sent = order({
    files: [
      { file_url: `${server.url}/secret?token=address-${secret}`, file_name: `张三-${secret}.jpg` },
      { file_url: 'part:1', file_name: `李四-${secret}.jpg` },
      { file_url: `${server.url}/nothing?token=address-${secret}` },
    ],
  })

  await receiveWithFiles(sent, [part('part:1', photo(`inside-${secret}`))])
  await settled(sent.order_no)
  const { sql } = house.gateway.deps.db
  const tables = await sql<{ name: string }[]>`
    select tablename as name from pg_tables where schemaname = 'public'`
  const found = await Promise.all(
    tables.map(async ({ name }) => {
      const [row] = await sql<{ count: number }[]>`
        select count(*)::int as count from ${sql(name)} t
        where strpos(t::text, ${secret}) > 0 or strpos(t::text, ${Buffer.from(secret).toString('hex')}) > 0`
      return { name, count: row?.count }
    }),
  )

  expect(found.filter(({ count }) => count !== 0)).toEqual([])
  expect(house.log.join('')).not.toContain(secret)
})

test('the same payload with the same file sent again is a repeat and stores nothing', async () => {
  const bytes = photo()
  const sent = order({ files: [{ file_url: 'part:1' }] })
  const first = await receiveWithFiles(sent, [part('part:1', bytes)])

  const again = await receiveWithFiles({ ...sent, files: [{ file_url: 'part:other' }] }, [
    part('part:other', bytes),
  ])

  expect(first.results).toMatchObject([{ end: 'report' }])
  expect(again.results).toMatchObject([{ end: 'repeat', version: 1 }])
  expect(await rowsOf(sent.order_no)).toHaveLength(1)
})

test('another photo makes another version', async () => {
  const sent = order({ files: [{ file_url: 'part:1' }] })
  await receiveWithFiles(sent, [part('part:1', photo())])

  const bytes = photo()
  const changed = await receiveWithFiles(sent, [part('part:1', bytes)])

  expect(changed.results).toMatchObject([{ end: 'version', version: 2 }])
  expect(await rowsOf(sent.order_no)).toHaveLength(2)
  expect(await attachmentsOf('hotline-a', sent.order_no)).toMatchObject([{ sha256: sha256(bytes) }])
})

test('a new version of the text keeps the file that it had', async () => {
  server.at('/kept', file(photo()))
  const sent = orderWith('/kept')
  await house.accepted('hotline-a', sent)
  const [before] = await settled(sent.order_no)

  const changed = await house.accepted('hotline-a', { ...sent, content: '内容已更正，请以此为准。' })

  expect(changed.results).toMatchObject([{ end: 'version' }])
  expect((await rowsOf(sent.order_no)).map(({ id }) => id)).toEqual([before?.id])
  expect(server.asked.filter((path) => path === '/kept')).toHaveLength(1)
})

test('a program and an absent part are refused, with the reason, and the report is taken', async () => {
  const sent = order({
    files: [{ file_url: 'part:1' }, { file_url: 'part:2' }, { file_url: 'ftp://files.example/1.jpg' }],
  })

  const taken = await receiveWithFiles(sent, [part('part:1', Buffer.from('#!/bin/sh\nrm -rf /\n'))])

  expect(taken.results).toMatchObject([{ end: 'report' }])
  expect(await attachmentsOf('hotline-a', sent.order_no)).toMatchObject([
    { state: 'refused', reason: 'type' },
    { state: 'refused', reason: 'missing' },
    { state: 'refused', reason: 'address' },
  ])
})

test('the files of a message stand in its case event, by their ids alone', async () => {
  const bytes = photo()
  server.at('/more', file(bytes))
  const sent = order()
  await house.accepted('hotline-a', sent)
  const number = await house.caseOf('hotline-a', sent.order_no)

  await house.accepted('hotline-a', {
    msg_type: 'SUPPLEMENT',
    msg_id: `M${randomUUID()}`,
    order_no: sent.order_no,
    msg_time: '2026-11-20 10:00:00',
    content: '补充一张照片。',
    files: [{ file_url: `${server.url}/more`, file_name: '补充.jpg' }],
  })
  const event = await until('the case knows', async () =>
    (await house.readCase(number)).events.find(({ type }) => type === 'supplemented'),
  )
  await settled(sent.order_no)

  expect(event.content.attachments).toEqual([{ id: expect.any(String), name: 'attachment 1' }])
  const answer = await download(event.content.attachments?.[0]?.id ?? '')
  expect(sha256(Buffer.from(await answer.arrayBuffer()))).toBe(sha256(bytes))
})

test.each([
  ['a page that says it is a photo', 'type', file('<!doctype html><script>alert(1)</script>')],
  ['a file that is gone', 'gone', file('', { status: 410 })],
  ['a redirect', 'redirect', file('', { status: 302, headers: { location: '/elsewhere' } })],
] as const)('%s is refused at the first try', async (_, reason, answer) => {
  const path = `/refused-${reason}`
  server.at(path, answer)
  const sent = orderWith(path)

  await house.accepted('hotline-a', sent)

  expect(await settled(sent.order_no)).toMatchObject([{ state: 'refused', reason, tries: 1 }])
  expect(server.asked).not.toContain('/elsewhere')
  expect(
    house.log.some((line) => line.includes('file.refused') && line.includes(`"reason":"${reason}"`)),
  ).toBe(true)
})

test('an address that is not public is not called unless the channel allows it', async () => {
  server.at('/inside', file(photo()))
  const sent = orderWith('/inside')

  await house.accepted('hotline-public', sent)

  expect(await settled(sent.order_no)).toMatchObject([{ state: 'refused', reason: 'blocked' }])
  expect(server.asked).not.toContain('/inside')
})

test('a file beyond the channel’s bound is cut off and refused', async () => {
  server.at('/big', file(photo('', 2000)))
  const sent = orderWith('/big')

  await house.accepted('hotline-small', sent)

  expect(await settled(sent.order_no)).toMatchObject([{ state: 'refused', reason: 'too-large' }])
})

test('a channel that does not fetch files says so', async () => {
  const sent = orderWith('/off')

  await house.accepted('hotline-off', sent)

  expect(await settled(sent.order_no)).toMatchObject([{ state: 'refused', reason: 'not-fetched', tries: 0 }])
})

test('a channel on trial calls no file server', async () => {
  const trial = orderWith('/trial')
  server.at('/after-trial', file(photo()))
  const live = orderWith('/after-trial')

  await house.accepted('hotline-shadow', trial)
  await house.accepted('hotline-a', live)
  await settled(live.order_no)

  expect(await rowsOf(trial.order_no)).toMatchObject([{ state: 'waiting', tries: 0 }])
  expect(server.asked).not.toContain('/trial')
})

test('a server that never answers holds up no other channel', async () => {
  const hanging = Array.from({ length: 6 }, (_, n) => `/hanging-${n}`)
  const held: ServerResponse[] = []
  for (const path of hanging) server.at(path, (response) => void held.push(response))
  server.at('/quick', file(photo()))
  const [slow, quick] = [orderWith(...hanging), orderWith('/quick')]

  await house.accepted('hotline-slow', slow)
  await until('the slow server is called', async () => held.length > 0)
  await house.accepted('hotline-a', quick)
  const [stored] = await settled(quick.order_no)
  const called = held.length

  expect(stored).toMatchObject({ state: 'stored' })
  expect(called).toBe(2)
  for (const path of hanging) server.at(path, file('', { status: 410 }))
  for (const response of held) response.writeHead(410).end()
  await settled(slow.order_no)
})

test('a file server that fails is asked again later, and what then comes is stored', async () => {
  server.at('/later', (response, count) =>
    file(count === 1 ? '' : photo(), { status: count === 1 ? 500 : 200 })(response, count),
  )
  const sent = orderWith('/later')
  await house.accepted('hotline-retry', sent)
  const [first] = await until('the first try is over', async () => {
    const rows = await rowsOf(sent.order_no)
    return rows[0]?.reason === 'status' && rows
  })
  const waiting = await attachmentsOf('hotline-retry', sent.order_no)
  const refused = await download(first?.id ?? '')

  const minutesLater = createFileFetcher({
    ...house.gateway.deps,
    now: () => new Date(Date.now() + 61_000),
  })
  await minutesLater.pass()
  await minutesLater.idle()

  expect(waiting).toMatchObject([{ state: 'waiting' }])
  expect(refused.status).toBe(409)
  expect(await refused.json()).toMatchObject({ code: 'file.not-stored', state: 'waiting' })
  expect(await rowsOf(sent.order_no)).toMatchObject([{ state: 'stored', tries: 2, reason: null }])
})

test('a file that never comes has failed after its last try, and a new version of its report asks anew', async () => {
  server.at('/never', file('', { status: 503 }))
  const sent = orderWith('/never')
  await house.accepted('hotline-retry', sent)
  await until(
    'the first try is over',
    async () => (await rowsOf(sent.order_no))[0]?.reason === 'status' || undefined,
  )
  for (const days of [1, 3, 5, 7, 9]) {
    const later = createFileFetcher({
      ...house.gateway.deps,
      now: () => new Date(Date.now() + days * 86_400_000),
    })
    await later.pass()
    await later.idle()
  }
  const [failed] = await rowsOf(sent.order_no)

  server.at('/never', file(photo()))
  await house.accepted('hotline-retry', { ...sent, content: '照片已重新上传。' })

  expect(failed).toMatchObject({ state: 'failed', reason: 'status', tries: 6 })
  expect(house.log.some((line) => line.includes('file.failed'))).toBe(true)
  expect(await settled(sent.order_no)).toMatchObject([{ id: failed?.id, state: 'stored' }])
})

test('when a process dies with a file in its hands another stores it, and the dead one’s late answer changes nothing', async () => {
  let late: ServerResponse | undefined
  const [stale, fresh] = [photo('stale'), photo('fresh')]
  server.at('/killed', (response, count) => {
    if (count === 1) late = response
    else file(fresh)(response, count)
  })
  const sent = orderWith('/killed')
  await house.accepted('hotline-killed', sent)
  const held = await until('the first process asks', async () => late)

  const other = createFileFetcher({
    ...house.gateway.deps,
    now: () => new Date(Date.now() + 10 * 60_000),
  })
  await other.pass()
  await other.idle()
  held.writeHead(200, { 'content-type': 'image/jpeg' }).end(stale)
  await house.accepted('hotline-killed', orderWith('/killed'))
  const [row] = await settled(sent.order_no)

  expect(row).toMatchObject({ state: 'stored', sha256: sha256(fresh), tries: 2 })
  const answer = await download(row?.id ?? '')
  expect(sha256(Buffer.from(await answer.arrayBuffer()))).toBe(sha256(fresh))
})

test('a file of a reporter who asked for confidentiality is withheld, and that is recorded', async () => {
  server.at('/confidential', file(photo()))
  const sent = { ...orderWith('/confidential'), is_secret: '1' }
  await house.accepted('hotline-a', sent)
  await settled(sent.order_no)
  const [attachment] = await attachmentsOf('hotline-a', sent.order_no)

  const answer = await download(attachment?.id ?? '')

  expect(answer.status).toBe(403)
  expect(await answer.json()).toMatchObject({ code: 'file.withheld' })
  expect(await accessesTo(attachment?.id ?? '')).toEqual(['file-withheld'])
})

test('a file whose key was destroyed can never be read again', async () => {
  server.at('/erased', file(photo()))
  const sent = orderWith('/erased')
  await house.accepted('hotline-a', sent)
  const [row] = await settled(sent.order_no)
  await house.caseOf('hotline-a', sent.order_no)
  await house.gateway.deps.db.sql`update file_bodies set data_key = null where file_id = ${row?.id ?? ''}`

  const answer = await download(row?.id ?? '')

  expect(answer.status).toBe(410)
  expect(await answer.json()).toMatchObject({ code: 'file.erased' })
})

test.each(['nonsense', randomUUID()])(
  'there is no file %s, and without a key there is none at all',
  async (id) => {
    const unknown = await download(id)
    const stranger = await fetch(`${house.gateway.url}/v1/dispatch/files/${id}`)

    expect([unknown.status, stranger.status]).toEqual([404, 401])
    expect(await unknown.json()).toMatchObject({ code: 'file.unknown' })
  },
)

test.each([
  ['claimFiles', claimFiles, [['hotline-a'], [2], new Date(), 24, randomUUID(), new Date()]],
  ['filesLag', filesLag, [['hotline-a'], new Date()]],
] as const)('%s is served by its index, however many files there are', async (_, query, parameters) => {
  const { sql } = house.gateway.deps.db
  await sql`
    insert into files (id, channel_id, feed, record_id, position, state, due_at, created_at)
    select gen_random_uuid(), 'filled-' || g % 100, 'f', gen_random_uuid(), 1, case when g % 2 = 0 then 'waiting' else 'stored' end, now() + interval '1 day', now()
    from generate_series(1, 20000) g`
  await sql`analyze files`

  const plan = await sql.unsafe<{ 'QUERY PLAN': string }[]>(`explain ${query}`, parameters as never)

  const text = plan.map((row) => row['QUERY PLAN']).join('\n')
  expect(text).toContain('files_waiting')
  expect(text).not.toMatch(/Seq Scan on files/)
})
