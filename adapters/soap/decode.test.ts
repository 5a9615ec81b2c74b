import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import { noon } from '../../tests/support/adapter-channel.ts'
import { DecodeError, type SourceRecord } from '../adapter.ts'
import { recordsOf } from './decode.ts'
import type { SoapSettings } from './settings.ts'
import { envelopeNamespaces } from './versions.ts'

const settings: SoapSettings = {
  service: {
    namespace: 'urn:test',
    operations: [
      { name: 'submit' },
      { name: 'submitMany', records: 'orders.order', carry: ['operator'] },
      { name: 'submitText', payloadParameter: 'xml', records: 'gd' },
      { name: 'submitOne', payloadParameter: 'xml' },
      { name: 'named', element: 'namedRequest' },
    ],
  },
}

function envelope(body: string, header = ''): string {
  return `<e:Envelope xmlns:e="${envelopeNamespaces['1.1']}">${header}<e:Body>${body}</e:Body></e:Envelope>`
}

function decode(text: string | Uint8Array, contentType = 'text/xml'): SourceRecord[] {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  return recordsOf(
    { bytes, headers: { 'content-type': contentType }, method: 'POST', url: '/', receivedAt: noon },
    settings,
  )
}

function values(text: string): unknown[] {
  return decode(text).map((record) => (record.kind === 'record' ? record.value : record.detail))
}

function faultOf(text: string): DecodeError {
  try {
    decode(text)
  } catch (error) {
    if (error instanceof DecodeError) return error
    throw error
  }
  throw new Error('it was taken')
}

describe('records', () => {
  it('without a path are the parameters, with the name of the operation', () => {
    expect(values(envelope('<t:submit xmlns:t="urn:test"><no>1</no></t:submit>'))).toEqual([
      { no: '1', operation: 'submit' },
    ])
  })

  it('stand where the path says, and carry what the operation carries', () => {
    const body =
      '<submitMany><operator>07</operator><password>x</password><orders><order><no>1</no></order><order><no>2</no></order></orders></submitMany>'

    expect(decode(envelope(body))).toEqual([
      {
        kind: 'record',
        position: '/submitMany/orders/order[1]',
        value: { no: '1', operator: '07', operation: 'submitMany' },
      },
      {
        kind: 'record',
        position: '/submitMany/orders/order[2]',
        value: { no: '2', operator: '07', operation: 'submitMany' },
      },
    ])
  })

  it.each([
    ['escaped', '&lt;r&gt;&lt;gd&gt;&lt;no&gt;A&amp;amp;B&lt;/no&gt;&lt;/gd&gt;&lt;/r&gt;'],
    ['as CDATA', '<![CDATA[<r><gd><no>A&amp;B</no></gd></r>]]>'],
    [
      'with a declaration',
      '<![CDATA[\n<?xml version="1.0" encoding="gb2312"?><r><gd><no>A&amp;B</no></gd></r>]]>',
    ],
    ['as elements', '<r><gd><no>A&amp;B</no></gd></r>'],
  ])('within a text, %s, have their escapes undone once', (_, xml) => {
    expect(values(envelope(`<submitText><xml>${xml}</xml></submitText>`))).toEqual([
      { no: 'A&B', operation: 'submitText' },
    ])
  })

  it('that hold text alone spoil no other', () => {
    expect(
      values(
        envelope('<submitText><xml><![CDATA[<r><gd>x</gd><gd><no>1</no></gd></r>]]></xml></submitText>'),
      ),
    ).toEqual([
      'A record must be an element with elements in it; this holds text alone.',
      { no: '1', operation: 'submitText' },
    ])
  })

  it('are found by the element that the operation has in the body', () => {
    expect(values(envelope('<namedRequest><a>1</a></namedRequest>'))).toEqual([
      { a: '1', operation: 'named' },
    ])
  })

  it('in GB18030 keep characters of four bytes', () => {
    const bytes = iconv.encode(
      `<?xml version="1.0" encoding="GB18030"?>${envelope('<submit><no>㐂𠮷</no></submit>')}`,
      'gb18030',
    )

    expect(decode(bytes)).toMatchObject([{ value: { no: '㐂𠮷' } }])
  })

  it('come with headers of security and addressing, whatever they demand', () => {
    const header =
      '<e:Header><o:Security xmlns:o="urn:o" e:mustUnderstand="1"/><a:Action xmlns:a="urn:a" e:mustUnderstand="true">x</a:Action><x/></e:Header>'

    expect(values(envelope('<submit><no>1</no></submit>', header))).toHaveLength(1)
  })
})

describe('a payload', () => {
  const bomb = '<!DOCTYPE r [<!ENTITY a "b">]>'

  it.each<[string, string, string]>([
    ['that is no envelope', '<order/>', 'payload.not-soap'],
    [
      'in an envelope of another kind',
      '<e:Envelope xmlns:e="urn:other"><e:Body/></e:Envelope>',
      'payload.soap-version',
    ],
    ['without a body', `<e:Envelope xmlns:e="${envelopeNamespaces['1.2']}"/>`, 'payload.not-soap'],
    ['with nothing in it', envelope(''), 'payload.unknown-operation'],
    ['for an operation that is none', envelope('<x/>'), 'payload.unknown-operation'],
    ['without its parameter', envelope('<submitText/>'), 'payload.no-records'],
    ['without its records', envelope('<submitMany><orders><x/></orders></submitMany>'), 'payload.no-records'],
    ['with a document type', `${bomb}${envelope('<submit/>')}`, 'payload.dtd'],
    [
      'with a document type in its text',
      envelope(`<submitText><xml><![CDATA[${bomb}<r/>]]></xml></submitText>`),
      'payload.dtd',
    ],
    [
      'whose text is cut off',
      envelope('<submitText><xml><![CDATA[<r><gd>]]></xml></submitText>'),
      'payload.cut-off',
    ],
    ['whose text is none', envelope('<submitText><xml>x</xml></submitText>'), 'payload.not-xml'],
    ['whose text is empty', envelope('<submitText><xml/></submitText>'), 'payload.empty'],
    [
      'whose text is too deep',
      envelope(`<submitOne><xml><![CDATA[${'<a>'.repeat(65)}]]></xml></submitOne>`),
      'payload.too-deep',
    ],
    [
      'with two documents in its parameter',
      envelope('<submitText><xml><r/><r/></xml></submitText>'),
      'payload.not-xml',
    ],
    [
      'with 1,001 records',
      envelope(`<submitText><xml><r>${'<gd/>'.repeat(1001)}</r></xml></submitText>`),
      'payload.too-many-records',
    ],
    [
      'with a header that nobody knows',
      envelope('<submit/>', '<e:Header><x e:mustUnderstand="1"/></e:Header>'),
      'payload.must-understand',
    ],
  ])('%s is told apart', (_, text, code) => {
    expect(faultOf(text).code).toBe(code)
  })

  it('says which parameter is wrong, and where', () => {
    expect(
      faultOf(envelope('<submitText><xml><![CDATA[<r>张三 & 李四</r>]]></xml></submitText>')).message,
    ).toBe(
      'The XML in parameter "xml" is no XML at character 6 of parameter "xml": a "&" that begins no escape that is read here; write it as &amp;.',
    )
  })
})
