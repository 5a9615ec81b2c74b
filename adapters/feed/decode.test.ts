import { describe, expect, it } from 'vitest'
import { DecodeError } from '../adapter.ts'
import { entriesOf } from './decode.ts'
import type { Entry } from './entry.ts'
import type { FeedSettings } from './settings.ts'

const url = 'https://forum.example/bbs/rss.xml'

function read(
  document: string | Uint8Array,
  { contentType = 'application/xml', ...settings }: Partial<FeedSettings> & { contentType?: string } = {},
): Entry[] {
  const bytes = typeof document === 'string' ? Buffer.from(document) : document
  return entriesOf({ bytes, headers: { 'content-type': contentType } }, { url, ...settings }).flatMap((one) =>
    'entry' in one ? one.entry : [],
  )
}

function codeOf(document: string | Uint8Array, settings: Parameters<typeof read>[1] = {}): string {
  try {
    read(document, settings)
  } catch (error) {
    if (error instanceof DecodeError) return error.code
    throw error
  }
  return 'it was taken'
}

function rss(items: string): string {
  return `<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>论坛</title><link>https://forum.example/</link><category>全部</category><managingEditor>admin</managingEditor>${items}</channel></rss>`
}

describe('RSS', () => {
  it('gives every field of an entry', () => {
    const [entry] = read(
      rss(`<item><guid isPermaLink="false">t-1</guid><title>路灯 &amp; 井盖</title><link>/thread-1-1-1.html</link><dc:creator>坪山居民</dc:creator><pubDate>Sun, 22 Nov 2026 10:00:00</pubDate>
        <category>市政</category><category>道路</category><description>短</description><content:encoded><![CDATA[<p>灯不亮 a &lt; b</p>]]></content:encoded></item>`),
    )

    expect(entry).toEqual({
      id: 't-1',
      url: 'https://forum.example/thread-1-1-1.html',
      title: '路灯 & 井盖',
      content: '<p>灯不亮 a &lt; b</p>',
      summary: '短',
      author: '坪山居民',
      published: '2026-11-22T02:00:00.000Z',
      updated: null,
      categories: ['市政', '道路'],
    })
  })

  it('leaves a field empty rather than take the whole feed’s', () => {
    expect(read(rss('<item><guid>1</guid></item>'))).toEqual([
      {
        id: '1',
        url: null,
        title: null,
        content: null,
        summary: null,
        author: null,
        published: null,
        updated: null,
        categories: [],
      },
    ])
  })

  it('undoes the escapes of the XML once, so that escaped HTML stays escaped', () => {
    const [entry] = read(
      rss('<item><guid>1</guid><description>&lt;p&gt;a &amp;lt; b&lt;/p&gt;</description></item>'),
    )

    expect(entry?.content).toBe('<p>a &lt; b</p>')
  })

  it('does not mistake a picture’s title for the entry’s', () => {
    expect(
      read(rss('<item><guid>1</guid><media:title>IMG_001</media:title><title>路灯</title></item>'))[0]?.title,
    ).toBe('路灯')
  })

  it('takes the address from the guid where no link is given', () => {
    expect(read(rss('<item><guid>https://forum.example/t/9</guid></item>'))[0]?.url).toBe(
      'https://forum.example/t/9',
    )
  })

  it('gives no address that is none', () => {
    expect(read(rss('<item><guid>1</guid><link>javascript:alert(1)</link></item>'))[0]?.url).toBeNull()
  })

  it('knows an entry without guid and link by its text', () => {
    const [one, same, other] = read(
      rss('<item><title>a</title></item><item><title>a</title></item><item><title>b</title></item>'),
    )

    expect(one?.id).toMatch(/^sha256:[0-9a-f]{64}$/)
    expect(same?.id).toBe(one?.id)
    expect(other?.id).not.toBe(one?.id)
  })

  it('1.0 is read too', () => {
    const document = `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel><title>x</title></channel><item rdf:about="https://forum.example/1"><title>井盖</title><link>https://forum.example/1</link></item></rdf:RDF>`

    expect(read(document)).toMatchObject([{ id: 'https://forum.example/1', title: '井盖' }])
  })

  it('of 2,000 entries is read, of more it is not', () => {
    expect(read(rss('<item><title>t</title></item>'.repeat(2_000)))).toHaveLength(2_000)
    expect(codeOf(rss('<item><title>t</title></item>'.repeat(2_001)))).toBe('payload.too-many-records')
  })
})

describe('Atom', () => {
  function atom(entries: string): string {
    return `<feed xmlns="http://www.w3.org/2005/Atom"><title>论坛</title><author><name>站长</name></author><link href="https://forum.example/"/>${entries}</feed>`
  }

  it('gives every field of an entry', () => {
    const [entry] = read(
      atom(`<entry><id>tag:forum.example,2026:1</id><title>路灯</title><link rel="replies" href="/r"/><link href="/t/1"/><author><name>居民</name></author><published>2026-11-22T10:00:00+08:00</published>
        <updated>2026-11-22T11:00:00+08:00</updated><category term="sz" label="市政"/><summary type="text">a &lt; b</summary><content type="html">&lt;p&gt;灯不亮&lt;/p&gt;</content></entry>`),
    )

    expect(entry).toEqual({
      id: 'tag:forum.example,2026:1',
      url: 'https://forum.example/t/1',
      title: '路灯',
      content: '<p>灯不亮</p>',
      summary: 'a &lt; b',
      author: '居民',
      published: '2026-11-22T02:00:00.000Z',
      updated: '2026-11-22T03:00:00.000Z',
      categories: ['市政'],
    })
  })

  it('gives XHTML content without its wrapping', () => {
    const [entry] = read(
      atom(
        '<entry><id>1</id><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>灯</p></div></content></entry>',
      ),
    )

    expect(entry?.content).toBe('<p>灯</p>')
  })
})

describe('JSON Feed', () => {
  function jsonFeed(items: unknown[]): string {
    return JSON.stringify({
      version: 'https://jsonfeed.org/version/1.1',
      home_page_url: 'https://forum.example/',
      items,
    })
  }

  it('gives every field of an entry', () => {
    const [entry] = read(
      jsonFeed([
        {
          id: '1',
          url: '/t/1',
          title: '路灯',
          content_text: 'a < b\n第二行',
          summary: '短',
          date_published: '2026-11-22T10:00:00+08:00',
          authors: [{ name: '居民' }],
          tags: ['市政', 5],
        },
      ]),
      { contentType: 'application/feed+json' },
    )

    expect(entry).toEqual({
      id: '1',
      url: 'https://forum.example/t/1',
      title: '路灯',
      content: 'a &lt; b<br>第二行',
      summary: '短',
      author: '居民',
      published: '2026-11-22T02:00:00.000Z',
      updated: null,
      categories: ['市政', '5'],
    })
  })

  it('keeps every digit of a number that serves as id', () => {
    const document = jsonFeed([]).replace('[]', '[{"id":12345678901234567890}]')

    expect(read(document)[0]?.id).toBe('12345678901234567890')
  })

  it('gives its good items where another is none', () => {
    const reads = entriesOf({ bytes: Buffer.from(jsonFeed([{ id: '1' }, null])), headers: {} }, { url })

    expect(reads).toMatchObject([
      { position: '/items/0' },
      { position: '/items/1', fault: 'An item must be a JSON object.' },
    ])
  })

  it.each(['{}', '[]', '{"version":"https://jsonfeed.org/version/1.1"}', '{"items":[]}'])(
    'is not what %s is',
    (document) => {
      expect(codeOf(document)).toBe('payload.not-feed')
    },
  )
})

describe('the charset', () => {
  /** 井盖 in GB18030, in a feed that declares what its caller says. */
  function inGbk(declaration: string): Buffer {
    return Buffer.from(
      `${declaration}<rss><channel><item><guid>1</guid><title>\u00be\u00ae\u00b8\u00c7</title></item></channel></rss>`,
      'latin1',
    )
  }

  it.each([
    { from: 'the XML declaration', document: inGbk('<?xml version="1.0" encoding="gb2312"?>'), settings: {} },
    {
      from: 'the HTTP header, against the declaration',
      document: inGbk('<?xml version="1.0" encoding="utf-8"?>'),
      settings: { contentType: 'text/xml; charset=GBK' },
    },
    {
      from: 'the channel, against both',
      document: inGbk('<?xml version="1.0" encoding="utf-8"?>'),
      settings: { contentType: 'text/xml; charset=utf-8', charset: 'gb18030' as const },
    },
    {
      from: 'the byte order mark, against all',
      document: Buffer.from(
        '\ufeff<?xml version="1.0" encoding="gbk"?><rss><channel><item><guid>1</guid><title>井盖</title></item></channel></rss>',
      ),
      settings: { charset: 'gbk' as const },
    },
    {
      from: 'the byte order mark of UTF-16',
      document: Buffer.from(
        '\ufeff<rss><channel><item><guid>1</guid><title>井盖</title></item></channel></rss>',
        'utf16le',
      ),
      settings: {},
    },
  ])('is taken from $from', ({ document, settings }) => {
    expect(read(document, settings)[0]?.title).toBe('井盖')
  })

  it('that is not what it is declared to be is a fault, and so is one that nobody knows', () => {
    expect(codeOf(inGbk(''))).toBe('payload.charset')
    expect(codeOf(inGbk('<?xml version="1.0" encoding="klingon"?>'))).toBe('payload.charset')
  })
})

describe('what is no feed', () => {
  it.each([
    ['<!DOCTYPE html><html></html>', 'payload.not-feed'],
    ['<html><body>login</body></html>', 'payload.not-feed'],
    ['not found', 'payload.not-feed'],
    ['<!DOCTYPE rss [<!ENTITY a "b">]><rss/>', 'payload.dtd'],
    ['<rss><!ENTITY a "b"></rss>', 'payload.dtd'],
    ['<rss><channel><item>', 'payload.cut-off'],
    ['<rss><channel><!-- x </channel></rss>', 'payload.cut-off'],
    ['<rss><channel><title><![CDATA[ x </title></channel></rss>', 'payload.cut-off'],
    [`<rss>${'<a>'.repeat(64)}</rss>`, 'payload.too-deep'],
    [`<rss>${'<a/>'.repeat(100_001)}</rss>`, 'payload.too-large'],
    ['{"version":"https://jsonfeed.org/version/1","items":[{', 'payload.cut-off'],
    [`${'['.repeat(65)}${']'.repeat(65)}`, 'payload.too-deep'],
    ['{"items":,}', 'payload.not-json'],
    ['', 'payload.empty'],
  ])('number %# is told apart', (document, code) => {
    expect(codeOf(document)).toBe(code)
  })

  it('is told from a document type within a text', () => {
    expect(
      read(
        rss(
          '<item><guid>1</guid><!-- <!DOCTYPE x> --><description><![CDATA[<!DOCTYPE html>]]></description></item>',
        ),
      ),
    ).toHaveLength(1)
  })
})
