import { deflateRawSync } from 'node:zlib'
import { CFB, utils, write } from '@e965/xlsx'
import iconv from 'iconv-lite'
import { describe, expect, test } from 'vitest'
import { readSample } from './read-sample.ts'

const read = (text: string | Uint8Array, name = 'sample') =>
  readSample(typeof text === 'string' ? Buffer.from(text) : text, { name })
const record = { gdbh: 'A1', sqnr: '路灯不亮', photos: [{ url: 'https://a.example/1.jpg', name: '现场' }] }

describe('the records of a JSON sample are', () => {
  test.each([
    ['the object', record, undefined, 1],
    ['the list', [record, record], undefined, 2],
    ['the list within an envelope', { code: 0, data: { total: 2, list: [record, record] } }, 'data.list', 2],
    ['the object within an envelope', { code: 0, msg: 'ok', timestamp: 1, data: record }, 'data', 1],
    [
      'the object itself, not its parts',
      { ...record, caller: { name: '张三', phone: '13800000000' } },
      undefined,
      1,
    ],
  ])('%s', async (_, value, path, count) => {
    const sample = await read(JSON.stringify(value))

    expect(sample.recordsPath).toBe(path)
    expect(sample.records).toHaveLength(count)
  })

  test('one a line', async () => {
    const sample = await read(`${JSON.stringify(record)}\n\n${JSON.stringify(record)}\n`)

    expect(sample.records).toEqual([record, record])
  })

  test('with the digits of long numbers', async () => {
    const sample = await read('{"gdbh":12345678901234567890}')

    expect(sample.records).toEqual([{ gdbh: '12345678901234567890' }])
  })
})

describe('the records of an XML sample are', () => {
  test.each([
    [
      'the repeated element',
      '<r><head><no>1</no></head><body><gd><gdbh>1</gdbh></gd><gd><gdbh>2</gdbh></gd></body></r>',
      'body.gd',
      2,
    ],
    ['the root', '<gd><gdbh>1</gdbh><sqnr>x</sqnr></gd>', undefined, 1],
  ])('%s', async (_, text, path, count) => {
    const sample = await read(text)

    expect(sample.recordsPath).toBe(path)
    expect(sample.records).toHaveLength(count)
  })
})

describe('a table is read', () => {
  test.each([
    ['parted by commas, with a mark', Buffer.from('\ufeff编号,内容\n1,"a,b"\n')],
    ['parted by semicolons', Buffer.from('编号;内容\n1;"a,b"\n')],
    ['parted by tabs, as UTF-16', Buffer.from('\ufeff编号\t内容\n1\ta,b\n', 'utf16le')],
    ['in GB18030', iconv.encode('编号,内容\n1,"a,b"\n', 'gb18030')],
    ['with a title above its names', Buffer.from('登记表,\n2026年,\n编号,内容\n1,"a,b"\n')],
  ])('%s', async (_, bytes) => {
    const sample = await read(bytes, 'a.csv')

    expect(sample.records).toEqual([{ 编号: '1', 内容: 'a,b' }])
  })

  test('with two columns of one name, and one without', async () => {
    const sample = await read('编号,电话,电话,\n1,2,3,4\n', 'a.csv')

    expect(sample.records).toEqual([{ 编号: '1', 电话: '2', 电话_2: '3', 列4: '4' }])
    expect(sample.notes.join()).toContain('同名')
  })

  test('with one column', async () => {
    const sample = await read('内容\n路灯不亮\n', 'a.csv')

    expect(sample.records).toEqual([{ 内容: '路灯不亮' }])
  })
})

describe('a workbook is read', () => {
  test.each(['xlsx', 'biff8'] as const)(
    'as %s, dates as written time, formulas as what they made last',
    async (bookType) => {
      const sheet = utils.aoa_to_sheet([
        ['编号', '受理时间', '金额'],
        ['A1', 46_000.5, 0],
      ])
      Object.assign(sheet['B2'] as object, { z: 'yyyy-mm-dd hh:mm' })
      sheet['C2'] = { t: 'n', v: 7, f: 'HYPERLINK("http://x")' }

      const sample = await read(workbook(sheet, bookType))

      expect(sample.records).toEqual([{ 编号: 'A1', 受理时间: '2025-12-09 12:00:00', 金额: '7' }])
    },
  )

  test('without walking the million rows that it claims', async () => {
    const honest = workbook(utils.aoa_to_sheet([['编号'], ['A1']]), 'xlsx')

    const sample = await read(claiming(honest, 'A1:XFD1048576'))

    expect(sample.records).toEqual([{ 编号: 'A1' }])
  })
})

/** The workbook with another size of its second sheet. */
function claiming(bytes: Uint8Array, range: string): Uint8Array {
  const parts = CFB.read(Buffer.from(bytes), { type: 'buffer' })
  const sheet = CFB.find(parts, '/xl/worksheets/sheet2.xml')
  if (sheet === null) throw new Error('the workbook has no second sheet')
  const text = Buffer.from(sheet.content as Uint8Array).toString()
  sheet.content = Buffer.from(text.replace(/<dimension ref="[^"]*"/, `<dimension ref="${range}"`))
  return CFB.write(parts, { type: 'buffer', fileType: 'zip' }) as Uint8Array
}

function workbook(sheet: ReturnType<typeof utils.aoa_to_sheet>, bookType: 'xlsx' | 'biff8'): Uint8Array {
  const book = utils.book_new()
  utils.book_append_sheet(book, utils.aoa_to_sheet([['说明']]), '说明')
  utils.book_append_sheet(book, sheet, '数据')
  return write(book, { type: 'buffer', bookType }) as Uint8Array
}

describe('what cannot be read is refused with what, where and what to do', () => {
  test.each([
    ['nothing', '', /empty/],
    ['blanks', ' \n ', /empty/],
    ['an empty list', '[]', /no object/],
    ['a list of numbers', '[1,2]', /no object/],
    ['a text', '"x"', /no row|no record|line of names/],
    ['objects without fields', '[{},{}]', /no fields/],
    ['JSON that ends early', '{"a":1', /character 6/],
    ['JSON with a wrong sign', '{"a":1,}', /character 7/],
    ['a line that is no object', '{"a":1}\n{"a":2}\n[3]', /Line 3/],
    ['deep JSON', `${'{"a":'.repeat(21)}1${'}'.repeat(21)}`, /deeper than 20/],
    ['a deep bomb', '['.repeat(100_000), /deeper than 20/],
    ['deep XML', `${'<a>'.repeat(21)}${'</a>'.repeat(21)}`, /deeper than 20/],
    ['an entity bomb', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', /document type/],
    ['a web page', '<html><table><tr><td>1</td></tr></table></html>', /web page/],
    ['a table without rows', '编号,内容\n', /no row/],
    ['a quote that is never closed', '编号,内容\n1,"a\n2,b\n', /line \d+: a quote is opened/],
    [
      'too many fields',
      JSON.stringify(Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`f${i}`, 1]))),
      /500 different/,
    ],
  ])('%s', async (_, text, words) => {
    const refused = read(text)

    await expect(refused).rejects.toMatchObject({
      code: 'sample.unreadable',
      message: expect.stringMatching(words) as string,
    })
  })

  test.each([
    ['bytes of no charset', Buffer.from([0x61, 0xff, 0xff, 0x00, 0x80]), /neither UTF-8 nor GB18030/],
    ['more than 5 MB', Buffer.alloc(5 * 1024 * 1024 + 1, 0x20), /bytes/],
    ['a broken zip', Buffer.from('PK\u0003\u0004 and no more'), /zip/],
    ['a zip that is no workbook', zipOf('a.txt', Buffer.from('hello')), /workbook/],
    ['a zip bomb', zipOf('xl/worksheets/sheet1.xml', Buffer.alloc(80_000_000)), /unpacks to far more/],
    [
      'a zip bomb that lies about its size',
      zipOf('a.xml', Buffer.alloc(20_000_000), 1000),
      /not as large as it says/,
    ],
    [
      'a compound file that is no workbook',
      Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0]),
      /workbook/,
    ],
  ])('%s', async (_, bytes, words) => {
    const refused = read(bytes)

    await expect(refused).rejects.toMatchObject({
      code: 'sample.unreadable',
      message: expect.stringMatching(words) as string,
    })
  })

  test('and quotes nothing of the sample', async () => {
    const refused = read('姓名,电话\n"张三"丰,13900010001\n', 'a.csv')

    await expect(refused).rejects.not.toMatchObject({ message: expect.stringMatching(/张三|139/) as string })
  })
})

test('of more than a thousand records the first thousand are taken', async () => {
  const sample = await read(JSON.stringify(Array.from({ length: 1001 }, (_, id) => ({ id }))))

  expect(sample.records).toHaveLength(1000)
  expect(sample.notes.join()).toContain('1001')
})

/** A zip of one deflated entry, written by hand so that it can lie. */
function zipOf(name: string, content: Buffer, claimed = content.length): Buffer {
  const packed = deflateRawSync(content)
  const fields = Buffer.alloc(26)
  fields.writeUInt16LE(20, 0)
  fields.writeUInt16LE(8, 4)
  fields.writeUInt32LE(packed.length, 14)
  fields.writeUInt32LE(claimed, 18)
  fields.writeUInt16LE(name.length, 22)
  const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), fields, Buffer.from(name), packed])
  const central = Buffer.concat([
    Buffer.from('PK\u0001\u0002'),
    Buffer.from([20, 0]),
    fields,
    Buffer.alloc(14),
    Buffer.from(name),
  ])
  const end = Buffer.alloc(22)
  end.write('PK\u0005\u0006')
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(local.length, 16)
  return Buffer.concat([local, central, end])
}
