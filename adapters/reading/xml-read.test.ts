import * as fc from 'fast-check'
import { XMLParser } from 'fast-xml-parser'
import { describe, expect, it } from 'vitest'
import { DecodeError } from '../adapter.ts'
import { readXml } from './xml-read.ts'
import { writeXml } from './xml-write.ts'

function valueOf(text: string): unknown {
  return readXml(text).value
}

function faultOf(text: string): DecodeError {
  try {
    readXml(text)
  } catch (error) {
    if (error instanceof DecodeError) return error
    throw error
  }
  throw new Error('it was taken')
}

describe('an element', () => {
  it.each<[string, string, unknown]>([
    ['of text alone is that text', '<a>x</a>', 'x'],
    ['without anything is an empty text', '<a/>', ''],
    ['keeps the spaces of its text', '<a> x </a>', ' x '],
    ['with children is an object', '<a><b>1</b><c>2</c></a>', { b: '1', c: '2' }],
    ['that is repeated is a list', '<a><b>1</b><c/><b>2</b></a>', { b: ['1', '2'], c: '' }],
    ['with attributes has them by @name', '<a b="1">x</a>', { '@b': '1', '#text': 'x' }],
    ['that stands in text leaves the text beside it', '<a>x<b>1</b>y</a>', { b: '1', '#text': 'xy' }],
    [
      'keeps numbers as text',
      '<a><no>0012345678901234567890</no><x>1e3</x></a>',
      { no: '0012345678901234567890', x: '1e3' },
    ],
    ['loses its prefix', '<n:a xmlns:n="u"><n:b n:c="1">x</n:b></n:a>', { b: { '@c': '1', '#text': 'x' } }],
    [
      'that differs by prefix alone joins the list',
      '<a xmlns:n="u"><n:b>1</n:b><b>2</b></a>',
      { b: ['1', '2'] },
    ],
    [
      'with marks of a toolkit is its text',
      '<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><b i:type="x">1</b><c xsi:nil="true"/></a>',
      { b: '1', c: '' },
    ],
    ['may have a Chinese name', '<工单 编号="1"><描述>井盖</描述></工单>', { '@编号': '1', 描述: '井盖' }],
    [
      'named like a built-in is an element',
      '<a><constructor>1</constructor><toString/></a>',
      { constructor: '1', toString: '' },
    ],
  ])('%s', (_, text, value) => {
    expect(valueOf(text)).toEqual(value)
  })

  it('named like the prototype is an element, and changes none', () => {
    const value = valueOf('<a><__proto__><polluted>1</polluted></__proto__><__proto__>2</__proto__></a>')

    expect(JSON.stringify(value)).toBe('{"__proto__":[{"polluted":"1"},"2"]}')
    expect(({} as { polluted?: string }).polluted).toBeUndefined()
  })
})

describe('text', () => {
  it.each<[string, string, string]>([
    ['has its escapes undone once', '<a>&amp;lt; &lt;&gt;&quot;&apos;</a>', '&lt; <>"\''],
    ['has numbers for characters undone once', '<a>&#38;lt; &#x4E95;&#128077;</a>', '&lt; 井👍'],
    ['in CDATA is as it stands', '<a>1<![CDATA[<b>&amp;]]]]><![CDATA[>]]>2</a>', '1<b>&amp;]]>2'],
    ['has one kind of line end', '<a>1\r\n2\r3\n4&#13;</a>', '1\n2\n3\n4\r'],
    ['goes on behind a comment', '<a>1<!-- < & -->2<?x ?>3</a>', '123'],
  ])('%s', (_, text, value) => {
    expect(valueOf(text)).toBe(value)
  })
})

describe('what is not well-formed', () => {
  it.each<[string, string, string]>([
    ['nothing', ' \n', 'payload.empty'],
    ['text', 'x', 'payload.not-xml'],
    ['JSON', '{"a":1}', 'payload.not-xml'],
    ['text behind the end', '<a/>x', 'payload.not-xml'],
    ['a second root', '<a/><b/>', 'payload.not-xml'],
    ['elements that cross', '<a><b></a></b>', 'payload.not-xml'],
    ['an end without start', '</a>', 'payload.not-xml'],
    ['an element without end', '<a><b></b>', 'payload.cut-off'],
    ['a tag without end', '<a><b', 'payload.cut-off'],
    ['a CDATA section without end', '<a><![CDATA[x</a>', 'payload.cut-off'],
    ['half the start of a CDATA section', '<a><![CD', 'payload.cut-off'],
    ['an attribute without quotes', '<a b=1/>', 'payload.not-xml'],
    ['an attribute twice', '<a b="1" b="2"/>', 'payload.not-xml'],
    ['a "<" in an attribute', '<a b="<"/>', 'payload.not-xml'],
    ['a bare "&"', '<a>A&B</a>', 'payload.not-xml'],
    ['an entity of its own', '<a>&secret;</a>', 'payload.not-xml'],
    ['an entity of its own in an attribute', '<a b="&secret;"/>', 'payload.not-xml'],
    ['a bare "<"', '<a>1 < 2</a>', 'payload.not-xml'],
    ['an escaped NUL', '<a>&#0;</a>', 'payload.not-xml'],
    ['an escaped surrogate', '<a>&#xD800;</a>', 'payload.not-xml'],
    ['a character beyond Unicode', '<a>&#x110000;</a>', 'payload.not-xml'],
    ['a control character', '<a>\u0001</a>', 'payload.not-xml'],
    ['a document type', '<!DOCTYPE a><a/>', 'payload.dtd'],
    ['a document type that defines entities', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', 'payload.dtd'],
    ['an entity declaration within', '<a><!ENTITY b "c"></a>', 'payload.dtd'],
    ['a web page', '<!DOCTYPE html><html></html>', 'payload.web-page'],
    ['65 levels', '<a>'.repeat(65), 'payload.too-deep'],
    ['100,001 elements', `<a>${'<b/>'.repeat(100_000)}</a>`, 'payload.too-large'],
  ])('%s is told apart', (_, text, code) => {
    expect(faultOf(text).code).toBe(code)
  })

  it('says where and what to do, and quotes nothing', () => {
    expect(faultOf('<订单>张三 & 李四</订单>').message).toBe(
      'The payload is no XML at character 7: a "&" that begins no escape that is read here; write it as &amp;.',
    )
  })
})

it('what is written is read again as the same tree, by us and by a parser of others', () => {
  const name = fc.stringMatching(/^[a-z井][a-z0-9_.-]{0,5}$/)
  const text = fc
    .string({ unit: 'binary', maxLength: 12 })
    .map((one) => one.replaceAll(/[^\t\n\u0020-\ud7ff\ue000-\ufffd]/g, '').trim())
  const tree = fc.letrec((tie) => ({
    node: fc.oneof({ depthSize: 'small' }, text, tie('element')),
    element: fc.dictionary(
      name,
      fc.oneof(tie('node'), fc.array(tie('node'), { minLength: 2, maxLength: 3 })),
      {
        minKeys: 1,
        maxKeys: 4,
        noNullPrototype: true,
      },
    ),
  })).element
  const theirs = new XMLParser({ parseTagValue: false, trimValues: false, processEntities: true })

  fc.assert(
    fc.property(tree, (value) => {
      const xml = writeXml('r', value)

      expect(valueOf(xml)).toEqual(value)
      expect(theirs.parse(xml)).toEqual({ r: value })
    }),
    { numRuns: 300 },
  )
})

it('whatever the bytes, there is a document or a reason', () => {
  const parts = fc.constantFrom(
    '<a',
    '>',
    '</a>',
    '<a>',
    '/>',
    ' b="',
    '"',
    "'",
    '&lt;',
    '&',
    '<![CDATA[',
    ']]>',
    '<!--',
    '-->',
    '<?x',
    '?>',
    'x',
    '<',
    '=',
  )

  fc.assert(
    fc.property(fc.array(parts, { maxLength: 30 }), (some) => {
      expect(['document', 'reason']).toContain(verdictOn(some.join('')))
    }),
    { numRuns: 2_000 },
  )
})

function verdictOn(text: string): string {
  try {
    return typeof readXml(text).name === 'string' ? 'document' : 'nothing'
  } catch (error) {
    return error instanceof DecodeError ? 'reason' : 'a crash'
  }
}
