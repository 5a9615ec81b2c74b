import { describe, expect, it } from 'vitest'
import { noon } from '../../tests/support/adapter-channel.ts'
import { DecodeError, type RawPayload, type SourceRecord } from '../adapter.ts'
import { recordsOf } from './decode.ts'
import type { HttpJsonSettings } from './settings.ts'

/** 工单, 井盖 in GB18030. */
const gbk = Buffer.from('{"a":"\u00b9\u00a4\u00b5\u00a5","b":"\u00be\u00ae\u00b8\u00c7"}', 'latin1')

function decode(
  body: string | Uint8Array,
  settings: HttpJsonSettings = {},
  contentType = 'application/json',
): SourceRecord[] {
  const payload: RawPayload = {
    bytes: typeof body === 'string' ? Buffer.from(body) : body,
    headers: { 'content-type': contentType },
    method: 'POST',
    url: '/',
    receivedAt: noon,
  }
  return recordsOf(payload, settings)
}

function values(records: SourceRecord[]): unknown[] {
  return records.map((record) => (record.kind === 'record' ? record.value : record.detail))
}

function faultOf(run: () => unknown): DecodeError {
  try {
    run()
  } catch (error) {
    if (error instanceof DecodeError) return error
    throw error
  }
  throw new Error('it was taken')
}

describe('records', () => {
  it('are one where the payload is an object, many where it is a list', () => {
    expect(decode('{"a":1}')).toEqual([{ kind: 'record', position: '', value: { a: 1 } }])
    expect(decode('[{"a":1},{"a":2}]').map(({ position }) => position)).toEqual(['/0', '/1'])
  })

  it('are found under the path of the settings', () => {
    expect(decode('{"data":{"list":[{"a":1}]}}', { records: 'data.list' })).toEqual([
      { kind: 'record', position: '/data/list/0', value: { a: 1 } },
    ])
    expect(decode('{"data":{"a":1}}', { records: 'data' })).toEqual([
      { kind: 'record', position: '/data', value: { a: 1 } },
    ])
  })

  it.each(['{}', '{"data":null}', '{"data":[]}', '[]', '{"data":"x"}'])(
    'under a path that %s lacks are a fault',
    (body) => {
      expect(faultOf(() => decode(body, { records: 'data.list' }))).toMatchObject({
        code: 'payload.no-records',
      })
      expect(faultOf(() => decode('{}', { records: 'constructor' }))).toMatchObject({
        code: 'payload.no-records',
      })
    },
  )

  it('that are no objects spoil no other', () => {
    expect(decode('[{"a":1},null,"x",[1],5]')).toMatchObject([
      { kind: 'record' },
      { kind: 'unreadable', position: '/1', detail: 'A record must be a JSON object; this is null.' },
      { kind: 'unreadable', position: '/2' },
      { kind: 'unreadable', position: '/3', detail: 'A record must be a JSON object; this is a list.' },
      { kind: 'unreadable', position: '/4' },
    ])
  })

  it('are at most 1,000', () => {
    expect(decode(`[${Array.from({ length: 1000 }, () => '{}').join()}]`)).toHaveLength(1000)
    expect(faultOf(() => decode(`[${Array.from({ length: 1001 }, () => '{}').join()}]`))).toMatchObject({
      code: 'payload.too-many-records',
    })
  })
})

describe('values', () => {
  it('keep every digit of a long number', () => {
    expect(
      values(decode('{"no":12345678901234567890,"neg":-98765432109876543210,"list":[9007199254740993]}')),
    ).toEqual([{ no: '12345678901234567890', neg: '-98765432109876543210', list: ['9007199254740993'] }])
  })

  it('stay numbers where a number holds them', () => {
    expect(values(decode('{"a":9007199254740991,"b":114.123456789012345678,"c":1e3,"d":-0.5}'))).toEqual([
      { a: 9007199254740991, b: 114.12345678901235, c: 1000, d: -0.5 },
    ])
  })

  it('beyond every number are kept as written', () => {
    expect(values(decode('{"a":1e999}'))).toEqual([{ a: '1e999' }])
  })

  it('of a name that stands twice are the last', () => {
    expect(values(decode('{"no":"A1","no":"A2"}'))).toEqual([{ no: 'A2' }])
  })

  it('named like the prototype stay values', () => {
    const [value] = values(decode('{"__proto__":{"polluted":1},"long":12345678901234567890}'))

    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(Object.hasOwn(value as object, '__proto__')).toBe(true)
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })
})

describe('charsets', () => {
  it.each(['gb18030', 'GBK', 'gb2312', '"gbk"'])('charset=%s is read', (charset) => {
    expect(values(decode(gbk, {}, `application/json; charset=${charset}`))).toEqual([
      { a: '工单', b: '井盖' },
    ])
  })

  it('UTF-8 is what is meant where none is named', () => {
    expect(faultOf(() => decode(gbk))).toMatchObject({
      code: 'payload.charset',
      position: 'byte 6',
      message: 'The payload is not UTF-8 at byte 6. Send UTF-8, or name the charset in the Content-Type.',
    })
  })

  it('a byte order mark beats the header', () => {
    expect(values(decode('\ufeff{"a":"井"}', {}, 'application/json; charset=gbk'))).toEqual([{ a: '井' }])
  })

  it('an unknown one is named as the fault', () => {
    expect(faultOf(() => decode('{}', {}, 'application/json; charset=shift_jis'))).toMatchObject({
      code: 'payload.charset',
    })
  })

  it('replacement characters that were really sent are no fault', () => {
    const sent = Buffer.concat([Buffer.from('{"a":"\ufffd'), Buffer.from([0xff]), Buffer.from('"}')])

    expect(faultOf(() => decode(sent)).position).toBe('byte 9')
  })
})

describe('messages', () => {
  it.each([
    [
      '{"text":"井盖',
      'payload.cut-off',
      'The JSON ends in the middle of a string at byte 15. Send the whole body.',
    ],
    ['{"a":1', 'payload.cut-off', 'The JSON ends inside an object at byte 6. Send the whole body.'],
    ['[{"a":1},', 'payload.cut-off', 'The JSON ends inside a list at byte 9. Send the whole body.'],
    ['{"井":x}', 'payload.not-json', 'The payload is no JSON at byte 7: a value is expected.'],
    ['', 'payload.empty', 'The payload is empty. Send a JSON object or a list of them.'],
    [
      '['.repeat(65),
      'payload.too-deep',
      'The JSON is nested deeper than 64 levels at byte 64. Send flatter records.',
    ],
  ])('for %j say where', (body, code, message) => {
    expect(faultOf(() => decode(body))).toMatchObject({ code, message })
  })

  it('for half a character say that the end is missing, not that the charset is wrong', () => {
    expect(faultOf(() => decode(Buffer.from('{"a":"井').subarray(0, -1)))).toMatchObject({
      code: 'payload.cut-off',
      position: 'byte 8',
    })
    expect(faultOf(() => decode(gbk.subarray(0, 7), {}, 'application/json; charset=gbk'))).toMatchObject({
      code: 'payload.cut-off',
    })
  })

  it('for too much say how much', () => {
    expect(faultOf(() => decode('{"a":1}', { maxBytes: 5 }))).toMatchObject({
      code: 'payload.too-large',
      message: 'The payload has 7 bytes; 5 are allowed. Send it in smaller parts.',
    })
  })
})
