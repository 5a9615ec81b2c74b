/** What a hotline writes on the wire: its work orders and the messages about them, in its own fields and codes. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { FollowUp, Submission } from '../plan.ts'
import { hashOf } from '../random.ts'
import type { WireRecord } from './appeals.ts'
import { chinaTime } from './china-time.ts'
import { pointOf } from './place.ts'

interface CategoryCodes {
  readonly categories: Readonly<Record<string, string>>
  readonly own: Readonly<Record<string, string>>
}

const codes = parse(readFileSync(join(import.meta.dirname, 'hotline-codes.yaml'), 'utf8')) as CategoryCodes
/** 其他诉求 */
const otherCategory = '0011'
const orderTypes: Readonly<Record<string, string>> = {
  consultation: '1',
  request: '2',
  complaint: '3',
  tip_off: '4',
  suggestion: '5',
  praise: '6',
}
const streetCodes: Readonly<Record<string, string>> = {
  清澜街道: '01',
  云杉街道: '02',
  鹤洲街道: '03',
  麦田街道: '04',
}

export interface Dialect {
  /** Uses its own numbers for some categories: the rows `own` of hotline-codes.yaml. */
  readonly hasOwnCategories: boolean
  /** 坐标类型: 1 WGS-84, 4 CGCS2000. */
  readonly coordinates: '1' | '4'
}

export function orderOf({ externalId, message, person }: Submission, dialect: Dialect): WireRecord {
  const hash = hashOf(String(message.id))
  const category = message.category ?? ''
  const known =
    (dialect.hasOwnCategories ? codes.own[category] : undefined) ??
    codes.categories[category] ??
    otherCategory
  const street = Object.keys(streetCodes).find((name) => message.place?.includes(name))
  return {
    msg_type: 'ORDER',
    order_no: externalId,
    flow_id: `F${externalId}`,
    title: message.title,
    content: message.text,
    order_type: orderTypes[message.kind ?? 'complaint'] ?? '8',
    category: known,
    category_name: message.category ?? '其他诉求',
    event_time: message.time,
    urgency: hash % 12 === 0 ? '2' : '1',
    caller: { name: person.name, phone: person.phone },
    is_secret: message.kind === 'tip_off' ? '1' : '0',
    is_anonymous: '0',
    need_reply: '1',
    ...(hash % 5 < 2 && { city_no: `SZ${String(hash).padStart(10, '0')}` }),
    ...(message.place !== undefined && {
      address: message.place,
      ...(street !== undefined && { street_code: streetCodes[street] }),
      ...placeOf(message.place, dialect),
    }),
  }
}

function placeOf(place: string, { coordinates }: Dialect): WireRecord {
  const { longitude, latitude } = pointOf(place)
  return { coord_type: coordinates, longitude: longitude.toFixed(6), latitude: latitude.toFixed(6) }
}

/** The same order with one thing more that the caller remembered. */
export function changedOrder(order: WireRecord): WireRecord {
  return { ...order, content: `${String(order['content'])}（来电人更正：请优先联系晚上在家的住户。）` }
}

export function brokenOrder(order: WireRecord): WireRecord {
  return { ...order, order_no: `${String(order['order_no'])}-X`, category: '9999' }
}

/** 联调测试工单 */
export function testOrder(order: WireRecord): WireRecord {
  return { ...order, order_no: `${String(order['order_no'])}-T`, is_test: '1' }
}

const messageTypes: Readonly<Partial<Record<FollowUp, readonly [type: string, content: string]>>> = {
  supplement: ['SUPPLEMENT', '来电人补充：早晚高峰时情况更明显，可以提供现场照片。'],
  urge: ['URGE', '来电人催促，希望尽快有人联系。'],
  withdraw: ['WITHDRAW', '来电人表示问题已自行解决，不再需要处理。'],
  redo: ['REDO', '来电人对办理结果不满意，要求重新办理。'],
  evaluate: ['EVALUATE', '来电人已评价。'],
}

/** A message about an order; null where the follow-up is the order itself once more. */
export function messageOf(followUp: FollowUp, orderNo: string): WireRecord | null {
  const found = messageTypes[followUp]
  if (found === undefined) return null
  const [type, content] = found
  const scores =
    followUp === 'evaluate'
      ? { score_speed: '4', score_effect: '5', score_attitude: '5', score_system: '4', satisfied: '1' }
      : {}
  return {
    msg_type: type,
    order_no: orderNo,
    msg_id: `${orderNo}-${type}`,
    msg_time: chinaTime(new Date()),
    content,
    ...scores,
  }
}
