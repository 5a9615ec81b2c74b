/** What an engineer would write for this one channel: no table is checked, nothing unknown is seen, no path is tried twice. */
import gcoordModule from 'gcoord'
import type { ReportContent } from '../../../schemas/report.ts'
import type { OrderRecord } from './records.ts'

/** The package is CommonJS: Node gives its exports as the default, while its types describe an ES module. */
const gcoord = gcoordModule as unknown as (typeof gcoordModule)['default']

type Codes<T extends string = string> = { readonly [code: string]: T }
const kinds: Codes<ReportContent['kind']> = {
  1: 'consultation',
  2: 'request',
  3: 'complaint',
  4: 'tip_off',
  5: 'suggestion',
  6: 'praise',
  7: 'inspection',
  8: 'other',
}
const categories: Codes = {
  '0211': '020101',
  '0231': '020301',
  '0111': '010101',
  '0311': '030101',
  '0531': '050301',
  '0712': '070102',
}
const urgencies: Codes<ReportContent['urgency']> = { 1: 'normal', 2: 'urgent', 3: 'critical' }
const streets: Codes = { '01': '990100001', '02': '990100002', '03': '990100003', '04': '990100004' }
const replies: Codes<'none' | 'phone' | 'sms'> = { 0: 'none', 1: 'phone', 2: 'sms' }
const tags: Codes = {
  CFTS: '重复投诉',
  TSR: '特殊投诉人',
  ZDDB: '重点督办',
  LDYW: '两代表一委员',
  RSQT: '弱势人群',
}

const timePattern = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)$/

function utcOf(text: string): string {
  const [, year, month, day, hour, minute, second] = timePattern.exec(text) ?? []
  const local = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  )
  return new Date(local - 8 * 3_600_000).toISOString()
}

const rounded = (degrees: number): number => Math.round(degrees * 1e7) / 1e7

function pointOf(record: OrderRecord) {
  const [x, y] = [Number(record.longitude), Number(record.latitude)]
  const shifted = record.coord_type === '2'
  const [longitude, latitude] = shifted ? gcoord.transform([x, y], gcoord.GCJ02, gcoord.WGS84) : [x, y]
  return {
    longitude: rounded(longitude),
    latitude: rounded(latitude),
    source: { system: shifted ? ('GCJ-02' as const) : ('WGS-84' as const), x, y },
  }
}

/** One work order as a report. */
export function handwrittenReport(record: OrderRecord): ReportContent {
  return {
    urgency: urgencies[record.urgency] ?? 'normal',
    externalId: record.order_no.trim(),
    title: record.title.trim(),
    text: record.content.trim(),
    kind: kinds[record.order_type] ?? 'other',
    category: categories[record.category] ?? '990101',
    sourceCategory: record.category,
    submittedAt: utcOf(record.event_time),
    sensitive: record.is_key === '1',
    location: {
      address: record.address.trim(),
      district: '990100',
      street: streets[record.street_code] ?? '',
      point: pointOf(record),
      component: { type: record.component.type, code: record.component.code },
    },
    reporter: {
      name: record.caller.name.trim(),
      phone: record.caller.phone.replaceAll(/\D/g, ''),
      confidential: record.is_secret === '1',
      anonymous: record.is_anonymous === '1',
      wantsReply: { by: replies[record.need_reply] ?? 'phone' },
    },
    references: [
      { issuer: 'city-12345', number: record.city_no, role: 'municipal' },
      { issuer: 'province-12345', number: record.superior_no, role: 'superior' },
    ],
    tags: record.labels.split(',').map((label) => tags[label] ?? label),
    attachments: record.files.map(({ file_url, file_name }) => ({ url: file_url, name: file_name })),
    extra: { flow_id: record.flow_id },
  }
}
