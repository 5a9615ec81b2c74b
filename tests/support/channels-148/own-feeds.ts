/** Systems that no platform knows: a feed of the channel's own, polled as a list or pushed as XML. */
import iconv from 'iconv-lite'
import { baseUrlOf, ourAccess, type Family, type Making } from './place.ts'
import { codesOf, recordOf, sourceOf, type Source } from './json-source.ts'
import { standard } from './json-platforms.ts'
import type { Incoming } from './types.ts'
import { elements } from './xml.ts'

/** The system's own words, all of them. */
function forwardOf({ names, time }: Source, value: (path: string) => string): object[] {
  const fields = {
    externalId: value(names.number),
    title: value(names.title),
    text: value(names.text),
    kind: { from: value(names.kind), codes: 'kind' },
    category: { from: value(names.category), codes: 'category' },
    submittedAt: { from: value(names.at), as: { reader: 'datetime', format: time.format } },
    'location.address': value(names.address),
  }
  return [{ into: 'report', fields }]
}

interface OwnFeed {
  readonly name: string
  readonly feed: object
  readonly incoming: Incoming
}

function polledList(source: Source, making: Making): OwnFeed {
  const { settings, proof } = ourAccess(making, ['key', 'login', 'token'])
  const poll = { path: '/list', query: { p: '{page}' }, paging: { kind: 'page' } }
  const page = (records: readonly object[]) => JSON.stringify({ rows: records })
  return {
    name: 'list',
    feed: {
      adapter: 'http-json',
      identity: [source.names.number],
      settings: { baseUrl: baseUrlOf(making), ...settings, intervalS: 120, records: 'rows', poll },
      forward: forwardOf(source, (path) => path),
    },
    incoming: {
      kind: 'poll',
      page: { contentType: 'application/json', full: page([recordOf(source, making)]), empty: page([]) },
      proof,
    },
  }
}

function pushedXml(source: Source, making: Making): OwnFeed {
  const flat = (path: string) => path.replaceAll('.', '_')
  const record = Object.entries(recordOf(source, making)).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null
      ? Object.entries(value as object).map(([member, inner]) => [`${name}_${member}`, String(inner)])
      : [[name, String(value)]],
  )
  const written = `<?xml version="1.0" encoding="GB18030"?><sqs><sq>${elements(Object.fromEntries(record) as Record<string, string>)}</sq></sqs>`
  return {
    name: 'xml',
    feed: {
      adapter: 'http-xml',
      identity: [flat(source.names.number)],
      settings: {
        records: 'sq',
        authentication: { kind: 'basic', user: making.channel, password: making.inbound.reference },
      },
      forward: forwardOf(source, flat),
    },
    incoming: {
      kind: 'push',
      path: 'feeds/xml',
      contentType: 'text/xml; charset=gbk',
      body: new Uint8Array(iconv.encode(written, 'gb18030')),
      proof: { kind: 'basic', user: making.channel, password: making.inbound.value },
    },
  }
}

/** On the standard platform, whose own push is off. */
export const ownFeed: Family = (making) => {
  const source = sourceOf(standard.vocabulary, making)
  const { name, feed, incoming } =
    making.index % 2 === 0 ? polledList(source, making) : pushedXml(source, making)
  const code = making.accepted
  return {
    file: {
      feeds: { push: { enabled: false }, [name]: feed },
      reverse: {
        manual: true,
        events: { registered: { action: 'call', request: 'event', code, class: 'acceptance' } },
      },
      codes: codesOf(source),
    },
    incoming,
    told: { kind: 'task', code, text: '已受理' },
    expected: { kind: making.kind, category: making.matter.category },
  }
}
