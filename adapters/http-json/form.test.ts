import { describe, expect, it } from 'vitest'
import { noon } from '../../tests/support/adapter-channel.ts'
import { DecodeError, type SourceRecord } from '../adapter.ts'
import { recordsOf } from './decode.ts'
import type { HttpJsonSettings } from './settings.ts'

const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0x0d, 0x0a, 0x2d, 0x2d, 0x00])

interface Part {
  readonly header: string
  readonly body: string | Uint8Array
}

function json(value: unknown): Part {
  return { header: 'Content-Disposition: form-data; name="data"', body: JSON.stringify(value) }
}

function photo(name: string, fileName: string, body: Uint8Array = jpeg): Part {
  return {
    header: `Content-Disposition: form-data; name="${name}"; filename="${fileName}"\r\nContent-Type: image/jpeg`,
    body,
  }
}

function form(parts: readonly Part[], boundary = 'AaB03x'): Buffer {
  const pieces = parts.flatMap(({ header, body }) => [
    Buffer.from(`--${boundary}\r\n${header}\r\n\r\n`),
    Buffer.from(body),
    Buffer.from('\r\n'),
  ])
  return Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)])
}

function read(
  bytes: Uint8Array,
  {
    contentType = 'multipart/form-data; boundary=AaB03x',
    ...settings
  }: HttpJsonSettings & { contentType?: string } = {},
): SourceRecord[] {
  return recordsOf(
    { bytes, headers: { 'content-type': contentType }, method: 'POST', url: '/', receivedAt: noon },
    settings,
  )
}

function codeOf(bytes: Uint8Array, settings: Parameters<typeof read>[1] = {}): string {
  try {
    read(bytes, settings)
  } catch (error) {
    if (error instanceof DecodeError) return error.code
    throw error
  }
  return 'records'
}

describe('a form', () => {
  it('gives its JSON as the record and its photos as files, to the byte', () => {
    const records = read(form([json({ no: 'A1' }), photo('photo', '现场 "1".jpg'.replaceAll('"', '%22'))]))

    expect(records).toEqual([
      {
        kind: 'record',
        position: '',
        value: {
          no: 'A1',
          _files: [
            { url: 'part:photo', name: '现场 "1".jpg', part: 'photo', type: 'image/jpeg', size: jpeg.length },
          ],
        },
        files: [{ url: 'part:photo', name: '现场 "1".jpg', mediaType: 'image/jpeg', bytes: jpeg }],
      },
    ])
  })

  it('numbers files of one name', () => {
    const [record] = read(
      form([json({}), photo('photos', 'a.jpg'), photo('photos', 'b.jpg'), photo('map', 'c.png')]),
    )

    expect(filesOf(record)).toEqual(['part:photos/0', 'part:photos/1', 'part:map'])
  })

  it('gives each record of a batch the files that it names, and shows the one that nobody names', () => {
    const records = read(
      form([
        json({ list: [{ no: 1, photos: ['p1'] }, { no: 2, photos: [{ file: 'b.jpg' }] }, { no: 3 }, null] }),
        photo('p1', 'a.jpg'),
        photo('p2', 'b.jpg'),
        photo('p3', 'c.jpg'),
      ]),
      { records: 'list' },
    )

    expect(records.map((record) => [record.kind, record.position, filesOf(record)])).toEqual([
      ['record', '/list/0', ['part:p1']],
      ['record', '/list/1', ['part:p2']],
      ['record', '/list/2', []],
      ['unreadable', '/list/3', []],
      ['unreadable', 'part:p3', []],
    ])
  })

  it('shows its other fields to the mapping', () => {
    const extra = { header: 'Content-Disposition: form-data; name="batch"', body: 'B7' }

    expect(read(form([extra, json({ no: 1 })]))[0]).toMatchObject({
      value: { no: 1, _fields: { batch: 'B7' } },
    })
  })

  it('may call its JSON otherwise, and send it in GBK', () => {
    const text = {
      header: 'Content-Disposition: form-data; name=order\r\nContent-Type: application/json; charset=gbk',
      body: Buffer.from([0x22, 0xbe, 0xae, 0xb8, 0xc7, 0x22]),
    }
    const whole = form([
      { ...text, body: Buffer.concat([Buffer.from('{"t":'), text.body, Buffer.from('}')]) },
    ])

    expect(read(whole, { formPart: 'order' })[0]).toMatchObject({ value: { t: '井盖' } })
  })

  it('may have a preamble, an epilogue, blanks behind the boundary, and the boundary within a photo', () => {
    const tricky = Buffer.from('x\r\n--AaB03xy\r\n--AaB03')
    const whole = form([json({}), photo('p', 'a.jpg', tricky)])
    const dressed = Buffer.concat([
      Buffer.from('preamble\r\n'),
      Buffer.from(whole.toString('latin1').replace('--AaB03x\r\n', '--AaB03x \t\r\n'), 'latin1'),
      Buffer.from('epilogue'),
    ])

    const [record] = read(dressed)

    expect(record?.kind === 'record' && Buffer.from(record.files?.[0]?.bytes ?? []).equals(tricky)).toBe(true)
  })

  it.each([
    { what: 'a path of Windows', header: 'filename="C:\\fakepath\\a.jpg"', name: 'a.jpg' },
    { what: 'a climbing path', header: 'filename="../../etc/passwd"', name: 'passwd' },
    {
      what: 'the extended form',
      header: 'filename="x.jpg"; filename*=UTF-8\'\'%E7%8E%B0%E5%9C%BA.jpg',
      name: '现场.jpg',
    },
    { what: 'a damaged extended form', header: 'filename="x.jpg"; filename*=UTF-8\'\'%E7%', name: 'x.jpg' },
    { what: 'escaped quotes', header: 'filename="a\\"b.jpg"', name: 'a"b.jpg' },
  ])('takes $what for the name $name', ({ header, name }) => {
    const part = { header: `Content-Disposition: form-data; name="p"; ${header}`, body: jpeg }

    expect(read(form([json({}), part]))[0]).toMatchObject({
      files: [{ name, mediaType: 'application/octet-stream' }],
    })
  })

  it('reads a file name in GBK', () => {
    const header = Buffer.concat([
      Buffer.from('--AaB03x\r\nContent-Disposition: form-data; name="p"; filename="'),
      Buffer.from([0xcf, 0xd6, 0xb3, 0xa1]),
      Buffer.from('.jpg"\r\n\r\nx\r\n'),
    ])

    expect(read(Buffer.concat([header, form([json({})])]))[0]).toMatchObject({
      files: [{ name: '现场.jpg' }],
    })
  })

  it('knows a file by its type, too, leaves out the empty choice of a browser, and undoes base64', () => {
    const typed = {
      header:
        'Content-Disposition: form-data; name="sound"\r\nContent-Type: audio/amr; x=1\r\nContent-Transfer-Encoding: base64',
      body: jpeg.toString('base64'),
    }

    const [record] = read(form([json({}), typed, photo('none', '', Buffer.alloc(0))]))

    expect(record).toMatchObject({ files: [{ url: 'part:sound', mediaType: 'audio/amr', bytes: jpeg }] })
  })

  it('whose end is missing is told from a whole one at every byte', () => {
    const whole = form([json({ no: 'A1' }), photo('photo', 'a.jpg')])
    const lengths = Array.from({ length: whole.length - 2 }, (_, index) => index)

    expect(new Set(lengths.slice(9).map((length) => codeOf(whole.subarray(0, length))))).toEqual(
      new Set(['payload.cut-off']),
    )
    expect(lengths.slice(0, 9).map((length) => codeOf(whole.subarray(0, length)))).not.toContain('records')
  })

  it.each([
    {
      what: 'no boundary',
      bytes: form([json({})]),
      contentType: 'multipart/form-data',
      code: 'payload.not-form',
    },
    { what: 'another boundary', bytes: form([json({})], 'other'), code: 'payload.not-form' },
    { what: 'no JSON', bytes: form([photo('p', 'a.jpg')]), code: 'payload.no-records' },
    { what: 'broken JSON', bytes: form([{ ...json(0), body: '{' }]), code: 'payload.cut-off' },
    { what: 'no part', bytes: form([]), code: 'payload.no-records' },
    {
      what: 'a part without a name',
      bytes: form([{ header: 'Content-Disposition: form-data', body: '' }]),
      code: 'payload.not-form',
    },
    { what: 'a part without a header', bytes: form([{ header: '', body: 'x' }]), code: 'payload.not-form' },
    {
      what: 'an endless header',
      bytes: form([{ header: `X: ${'x'.repeat(9_000)}`, body: '' }]),
      code: 'payload.not-form',
    },
    {
      what: 'an odd encoding',
      bytes: form([
        json({}),
        {
          header: 'Content-Disposition: form-data; name="p"\r\nContent-Transfer-Encoding: quoted-printable',
          body: '',
        },
      ]),
      code: 'payload.not-form',
    },
    {
      what: '101 parts',
      bytes: form(
        Array.from({ length: 101 }, (_, index) => ({
          header: `Content-Disposition: form-data; name="${index}"`,
          body: '',
        })),
      ),
      code: 'payload.too-many-parts',
    },
    {
      what: '51 files',
      bytes: form([json({}), ...Array.from({ length: 51 }, (_, index) => photo('p', `${index}.jpg`))]),
      code: 'payload.too-many-files',
    },
    { what: 'a size over the bound', bytes: form([json({})]), maxBytes: 10, code: 'payload.too-large' },
  ])('with $what is $code', ({ bytes, code, what: _what, ...settings }) => {
    expect(codeOf(bytes, settings)).toBe(code)
  })
})

describe('files inside the JSON', () => {
  const base64 = Buffer.concat([jpeg, jpeg]).toString('base64')

  function readJson(value: unknown, inlineFiles: string[]): SourceRecord | undefined {
    return read(Buffer.from(JSON.stringify(value)), { contentType: 'application/json', inlineFiles })[0]
  }

  it('are lifted out, and their names stand in their place', () => {
    const record = readJson(
      {
        photos: [
          { content: base64 },
          { content: `data:image/png;base64,${base64}` },
          { content: 'https://f.example/1.jpg' },
        ],
        sketch: base64,
      },
      ['photos.content', 'sketch', 'absent.content'],
    )

    const bytes = Buffer.concat([jpeg, jpeg])
    expect(record).toMatchObject({
      value: {
        photos: [
          { content: 'inline:photos/0/content' },
          { content: 'inline:photos/1/content' },
          { content: 'https://f.example/1.jpg' },
        ],
        sketch: 'inline:sketch',
      },
      files: [
        { url: 'inline:photos/0/content', mediaType: 'application/octet-stream', bytes },
        { url: 'inline:photos/1/content', mediaType: 'image/png', bytes },
        { url: 'inline:sketch', bytes },
      ],
    })
  })

  it.each(['', '无', 'none', 7, null])('are not what %j is', (sketch) => {
    expect(readJson({ sketch }, ['sketch'])).toEqual({ kind: 'record', position: '', value: { sketch } })
  })

  it.each([
    `${base64}*`,
    `${base64}A`,
    'data:image/png,plain',
    'data:image/png;base64,',
    '这不是图片这不是图片这不是图片这不是图片',
  ])('that are damaged quarantine their record alone (%#)', (sketch) => {
    const record = readJson({ sketch }, ['sketch'])

    expect(record).toMatchObject({ kind: 'unreadable', detail: expect.stringContaining('sketch') })
  })

  it('are 50 at most', () => {
    expect(readJson({ p: Array.from({ length: 51 }, () => base64) }, ['p'])).toMatchObject({
      kind: 'unreadable',
    })
  })
})

function filesOf(record: SourceRecord | undefined): string[] {
  return record?.kind === 'record' ? (record.files ?? []).map(({ url }) => url) : []
}
