/** What a grid platform lists: its own orders, what is said about them, and the steps of cases that were handed to it. */
import type { FollowUp, Submission } from '../plan.ts'
import { hashOf } from '../random.ts'
import type { WireRecord } from './appeals.ts'
import { chinaTime } from './china-time.ts'
import { pointOf } from './place.ts'

const orderTypes: Readonly<Record<string, string>> = {
  complaint: 'RESIDENT',
  request: 'HELP',
  suggestion: 'ADVICE',
  inspection: 'INSPECT',
}
const otherCategory = 'GW990101'
/** 事项分类. The last two are this platform's own. */
const categories: Readonly<Record<string, string>> = {
  垃圾堆积: 'GW010101',
  建筑垃圾偷倒: 'GW010104',
  占道经营: 'GW010201',
  井盖缺失: 'GW020101',
  井盖破损松动: 'GW020102',
  路面破损坑洼: 'GW020201',
  人行道破损: 'GW020203',
  路灯不亮: 'GW020301',
  道路积水: 'GW020302',
  夜间施工噪音: 'GW030101',
  在建违法建筑: 'GW040101',
  物业服务质量: 'GW060101',
  消防通道堵塞: 'GW120101',
  电动车违规充电: 'GW120102',
  施工安全隐患: 'GW120201',
  违法停车: 'PA-0503',
  拖欠工资: 'PA-1001',
}
const streets: Readonly<Record<string, string>> = {
  清澜街道: '001',
  云杉街道: '002',
  鹤洲街道: '003',
  麦田街道: '004',
}

export function orderOf({ externalId, message, person }: Submission): WireRecord {
  return {
    change_type: 'ORDER',
    order_no: externalId,
    order_type: orderTypes[message.kind ?? 'complaint'] ?? 'INSPECT',
    title: message.title,
    content: message.text,
    category: categories[message.category ?? ''] ?? otherCategory,
    submit_time: message.time,
    level: hashOf(externalId) % 12 === 0 ? 'MID' : 'LOW',
    caller: { name: person.name, phone: person.phone },
    order_state: 'NEW',
    ...(message.place !== undefined && placeOf(message.place)),
  }
}

function placeOf(place: string): WireRecord {
  const street = Object.entries(streets).find(([name]) => place.includes(name))?.[1]
  const { longitude, latitude } = pointOf(place)
  return {
    address: place,
    lng: Number(longitude.toFixed(6)),
    lat: Number(latitude.toFixed(6)),
    coord_sys: 'CGCS2000',
    ...(street !== undefined && { street_code: street }),
  }
}

export function changedOrder(order: WireRecord): WireRecord {
  return { ...order, content: `${String(order['content'])}（网格员补录：已现场拍照留存。）` }
}

export function draftOf(order: WireRecord): WireRecord {
  return { ...order, order_no: `${String(order['order_no'])}-CG`, order_state: 'DRAFT' }
}

export function brokenOrder(order: WireRecord): WireRecord {
  return { ...order, order_no: `${String(order['order_no'])}-X`, category: 'GW999999' }
}

const said: Readonly<Partial<Record<FollowUp, WireRecord>>> = {
  supplement: { change_type: 'SUPPLEMENT', content: '网格员补充：周边商户也有同样反映。' },
  urge: { change_type: 'URGE', content: '居民再次反映，请加快。' },
  withdraw: { change_type: 'WITHDRAW', content: '现场已自行恢复，撤回。' },
  redo: { change_type: 'REDO', content: '回访居民不满意，请重新办理。' },
  evaluate: {
    change_type: 'EVALUATE',
    content: '回访已评价。',
    score: { speed: 4, effect: 5, satisfied: '1' },
  },
}

/** What is said about an order; null where the order itself is changed. */
export function aboutOrder(followUp: FollowUp, orderNo: string): WireRecord | null {
  const message = said[followUp]
  return message === undefined ? null : { ...message, order_no: orderNo, change_time: chinaTime(new Date()) }
}

/** A case of ours, as the gateway handed it over. */
export interface Task {
  readonly case_no: string
  readonly unit_code: string
  readonly content: string
  readonly category: string
  readonly submit_time: string
}

/** The platform makes an order of its own of each task, and lists it with the number that it came with. */
export function orderOfTask({ case_no, content, category, submit_time }: Task, orderNo: string): WireRecord {
  return {
    change_type: 'ORDER',
    order_no: orderNo,
    order_type: 'HOTLINE',
    content,
    category,
    submit_time,
    source_system: 'GUIYI',
    source_no: case_no,
  }
}

const answer = '网格中心已组织处置，现场恢复正常，并列入日常巡查。'

/** Some cases are none of this unit's business: the third order of each eight. */
export function stepsOf(orderNo: string): readonly WireRecord[] {
  if (Number(orderNo.slice(-5)) % 8 === 3)
    return [
      { step: 'SIGN' },
      { step: 'RETURN', reason_code: 'NOT_OURS', content: '不属于网格事项，请改派。' },
    ]
  return [
    { step: 'SIGN' },
    { step: 'HANDLE', public_text: '网格员正在现场处理。' },
    { step: 'FINISH', answer, public_text: answer, is_true: '1', is_solved: '1' },
  ]
}
