/** What the JSON platforms of mappings/platforms say already, seen from a source that speaks it. */
import type { JsonPlatform, ToldBy } from './json.ts'
import { timeForms } from './words.ts'

const inTurn =
  (...ways: readonly ToldBy[]) =>
  (index: number): ToldBy =>
    ways[index % ways.length] ?? 'call'
const json = (value: object): string => JSON.stringify(value)

export const hotline12345: JsonPlatform = {
  vocabulary: {
    names: {
      number: 'order_no',
      title: 'title',
      text: 'content',
      category: 'category',
      kind: 'order_type',
      at: 'event_time',
      address: 'address',
    },
    time: timeForms.plain,
    tables: { category: 'category', kind: 'orderType' },
    category: 'codes',
    fixed: { msg_type: 'ORDER' },
  },
  feed: 'push',
  alsoIdentity: ['msg_id'],
  arrives: { kind: 'push' },
  told: { request: 'status', field: 'status', answer: { code: 0, data: { receipt_no: 'R1' } } },
  by: inTurn('call', 'call', 'call', 'call', 'call', 'call', 'manual'),
}

export const mailboxForm: JsonPlatform = {
  vocabulary: {
    names: {
      number: 'letter_no',
      title: 'subject',
      text: 'content',
      category: 'column',
      kind: 'letter_type',
      at: 'submitted_at',
      address: 'address',
    },
    time: timeForms.plain,
    tables: { category: 'category', kind: 'letterType' },
    category: 'codes',
    fixed: { action: 'NEW' },
  },
  feed: 'form',
  alsoIdentity: ['entry_no'],
  arrives: { kind: 'push' },
  told: { request: 'status', field: 'status', answer: { ok: true, id: 'A1' } },
  by: inTurn('call', 'call', 'manual'),
}

export const gridApp: JsonPlatform = {
  vocabulary: {
    names: {
      number: 'report_no',
      title: 'title',
      text: 'description',
      category: 'category',
      kind: 'report_type',
      at: 'found_at',
      address: 'address',
    },
    time: timeForms.plain,
    tables: { category: 'category', kind: 'reportType' },
    category: 'codes',
    fixed: { msg_type: 'REPORT' },
  },
  feed: 'push',
  alsoIdentity: ['msg_no'],
  arrives: { kind: 'form' },
  told: { request: 'status', field: 'status', answer: { success: true, receipt: 'R1' } },
  by: inTurn('call', 'pull', 'call', 'pull', 'call', 'manual'),
}

const gridVocabulary: JsonPlatform['vocabulary'] = {
  names: {
    number: 'order_no',
    title: 'title',
    text: 'content',
    category: 'category',
    kind: 'order_type',
    at: 'submit_time',
    address: 'address',
  },
  time: timeForms.plain,
  tables: { category: 'category', kind: 'orderType' },
  category: 'codes',
  fixed: { change_type: 'ORDER' },
}
const gridTold = { request: 'status', field: 'status', answer: { code: 0, data: { no: 'N1' } } }

export const gridPlatformPolled: JsonPlatform = {
  vocabulary: gridVocabulary,
  feed: 'changes',
  silent: ['push'],
  alsoIdentity: ['change_no'],
  arrives: {
    kind: 'poll',
    intervalsS: [60, 30, 120],
    page: (record) => ({
      contentType: 'application/json',
      cursor: 'cursor',
      full: json({ code: 0, data: { list: [record], next_cursor: 'c1', has_more: false } }),
      empty: json({ code: 0, data: { list: [], next_cursor: 'c1', has_more: false } }),
    }),
  },
  told: gridTold,
  by: inTurn('call'),
}

export const gridPlatformPushed: JsonPlatform = {
  vocabulary: { ...gridVocabulary },
  feed: 'push',
  silent: ['changes'],
  alsoIdentity: ['change_no'],
  arrives: { kind: 'push', envelope: (record) => ({ list: [record] }) },
  told: gridTold,
  by: inTurn('call'),
}

export const messageBoard: JsonPlatform = {
  vocabulary: {
    names: {
      number: 'id',
      title: 'title',
      text: 'content',
      category: 'domain',
      kind: 'type',
      at: 'create_time',
      address: 'address',
    },
    time: timeForms.seconds1970,
    tables: { category: 'category', kind: 'messageType' },
    category: 'codes',
    numbers: 'id',
    fixed: { user_id: 'u-1' },
  },
  feed: 'messages',
  silent: ['followups'],
  arrives: {
    kind: 'poll',
    intervalsS: [120, 60, 300],
    since: (id) => ({ since: { kind: 'id', id } }),
    page: (record) => ({
      contentType: 'application/json',
      cursor: 'after_id',
      full: json({ code: 0, data: { list: [record] } }),
      empty: json({ code: 0, data: { list: [] } }),
    }),
  },
  told: { request: 'acceptance', field: 'status', answer: { code: 0, data: { reply_id: '1/1' } } },
  by: inTurn('call', 'call', 'call', 'manual'),
}

export const forumWebhook: JsonPlatform = {
  vocabulary: {
    names: {
      number: 'post_id',
      title: 'subject',
      text: 'body_html',
      category: 'board',
      kind: '',
      at: 'post_time',
      address: '',
    },
    time: timeForms.seconds1970,
    tables: { category: 'board' },
    category: 'codes',
    withoutAddress: true,
    fixed: { poster: '街坊' },
  },
  feed: 'webhook',
  silent: ['rss'],
  alsoIdentity: [],
  arrives: { kind: 'push' },
  told: { request: 'reply', field: 'status', answer: { ok: true, id: 'p1' } },
  by: inTurn('call', 'manual'),
}

export const standard: JsonPlatform = {
  vocabulary: {
    names: {
      number: 'externalId',
      title: 'title',
      text: 'text',
      category: 'category',
      kind: 'kind',
      at: 'submittedAt',
      address: 'location.address',
    },
    time: timeForms.iso,
    tables: { category: 'category', kind: 'kind' },
    category: 'canonical',
    fixed: {},
  },
  feed: 'push',
  alsoIdentity: [],
  arrives: { kind: 'push' },
  told: { request: 'event', field: 'event', answer: { ok: true, id: 'e1' } },
  by: inTurn('call', 'pull', 'call', 'manual', 'call', 'pull'),
}
