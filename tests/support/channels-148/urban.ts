/** 数字城管: rows of an exchange database, or the same orders as XML over HTTP in the charset of each bureau. */
import iconv from 'iconv-lite'
import { categoryTable } from './code-tables.ts'
import { baseUrlOf, type Family, type Making, type Way } from './place.ts'
import { timeForms } from './words.ts'
import { elements } from './xml.ts'

/** The first so many of the platform's channels have an exchange database; the others send XML. */
export const exchangeChannels = 3

/** A channel's own schema of the exchange database. */
export const schemaOf = (channel: string): string => channel.replaceAll('-', '_')

/** Two to five kinds of origin in the bureau's own codes; the sample's is the first. */
function originTable({ random, kind }: Making): { table: Record<string, string>; code: string } {
  const from = 10 + random.below(80)
  const rows = [kind, 'inspection', 'suggestion'].map((to, at) => [`${from + at}`, to] as const)
  return { table: Object.fromEntries(rows), code: String(from) }
}

function orderOf(making: Making, codes: { category: string; origin: string }): Record<string, string> {
  return {
    row_type: 'AJ',
    case_kind: '2',
    task_no: making.externalId,
    lbdm: codes.category,
    origin_code: codes.origin,
    report_time: String(timeForms.plain.write(making.submittedAt)),
    title: making.title,
    content: making.content,
    address: making.address,
  }
}

function exchange(making: Making, order: Record<string, string>) {
  const { places, channel, index, accepted: code } = making
  const schema = schemaOf(channel)
  const { port, database, user } = places.exchange
  const password = making.inbound.reference
  const account = { kind: 'postgresql', host: '127.0.0.1', port, database, user, password }
  const settings = { ...account, tls: { mode: 'off' } }
  const cursor =
    index % 2 === 0 ? { by: 'id', column: 'row_id' } : { by: 'time', column: 'row_time', overlapS: 600 }
  const feeds = {
    exchange: { settings: { ...settings, poll: { table: `${schema}.t_case`, cursor } } },
    xml: { enabled: false },
  }
  const tables = { status: `${schema}.t_case_status`, request: `${schema}.t_case_request` }
  return {
    feeds,
    reverse: { settings: { ...settings, tables, ledger: `${schema}.guiyi_ledger` } },
    incoming: { kind: 'row', schema, row: order },
    told: { kind: 'row', schema, code },
  } as const
}

function inboundWay({ index, inbound, channel }: Making): Way {
  const login = { user: channel, password: inbound.reference }
  switch (index % 4) {
    case 0:
      return {
        settings: { authentication: { kind: 'hmac', secret: inbound.reference } },
        proof: { kind: 'hmac', secret: inbound.value, headers: {} },
      }
    case 1:
      return {
        settings: { authentication: { kind: 'header', header: 'X-Szcg-Key', secret: inbound.reference } },
        proof: { kind: 'header', header: 'x-szcg-key', value: inbound.value },
      }
    case 2:
      return {
        settings: { authentication: { kind: 'basic', ...login } },
        proof: { kind: 'basic', user: channel, password: inbound.value },
      }
    default:
      return { settings: { authentication: { kind: 'api-key' } }, proof: { kind: 'key' } }
  }
}

function overHttp(making: Making, order: Record<string, string>) {
  const { index, accepted: code, outbound } = making
  const encoding = index % 2 === 0 ? 'gb18030' : 'utf-8'
  const charset = encoding === 'utf-8' ? 'UTF-8' : 'GB18030'
  const { settings, proof } = inboundWay(making)
  const document = `<?xml version="1.0" encoding="${charset}"?><workorders><workorder>${elements(order)}</workorder></workorders>`
  return {
    feeds: { exchange: { enabled: false }, xml: { settings: { ...settings, codes: { success: '1' } } } },
    reverse: {
      way: 'xml',
      settings: { baseUrl: baseUrlOf(making), encoding, headers: { 'X-Szcg-Token': outbound.reference } },
    },
    incoming: {
      kind: 'push',
      path: 'feeds/xml',
      contentType: 'application/xml',
      body: new Uint8Array(iconv.encode(document, encoding)),
      proof,
    },
    told: {
      kind: 'call',
      form: 'xml',
      field: 'node_code',
      code,
      proof: { kind: 'header', header: 'x-szcg-token', value: outbound.value },
      answer: {
        contentType: 'application/xml',
        body: '<response><code>0</code><number>N1</number></response>',
      },
    },
  } as const
}

export const digitalUrban: Family = (making) => {
  const categories = categoryTable(making.random, making.matter)
  const origins = originTable(making)
  const order = orderOf(making, { category: categories.code, origin: origins.code })
  const { feeds, reverse, incoming, told } =
    making.index < exchangeChannels ? exchange(making, order) : overHttp(making, order)
  const feed = making.index < exchangeChannels ? 'exchange' : 'xml'
  const fields = { category: { from: 'lbdm', codes: 'category' }, sourceCategory: 'lbdm' }
  const events = {
    registered: { action: 'call', request: 'node', code: making.accepted, class: 'acceptance' },
  }
  return {
    file: {
      feeds: { ...feeds, [feed]: { ...(feeds as Record<string, object>)[feed], fields } },
      reverse: { ...reverse, events },
      codes: { category: { table: categories.table }, origin: { table: origins.table } },
    },
    incoming,
    told,
  }
}
