/** What a message board's back office lists: messages to leaders, and what their writers say afterwards. */
import type { FollowUp, Submission } from '../plan.ts'
import type { WireRecord } from './appeals.ts'

const types: Readonly<Record<string, string>> = {
  consultation: '1',
  complaint: '2',
  request: '3',
  suggestion: '4',
  praise: '5',
  tip_off: '6',
}
/** 领域. The last two are this board's own. */
const domains: Readonly<Record<string, string>> = {
  井盖缺失: '城建-井盖',
  井盖破损松动: '城建-井盖',
  路面破损坑洼: '城建-道路',
  路灯不亮: '城建-路灯',
  道路积水: '城建-积水',
  在建违法建筑: '城建-违建',
  夜间施工噪音: '环保-噪音',
  油烟废气异味: '环保-油烟',
  河道污染: '环保-河道',
  垃圾堆积: '环卫-垃圾',
  违法停车: '交通-停车',
  交通拥堵: '交通-拥堵',
  物业服务质量: '物业-服务',
  电梯困人故障: '物业-电梯',
  入学招生: '教育-入学',
  校外培训退费: '教育-培训',
  医疗服务投诉: '医疗-服务',
  拖欠工资: '劳动-欠薪',
  预付卡退费: '消费-预付卡',
  办事流程咨询: '政务-流程',
  公园设施损坏: '园林-公园',
  占道经营: '城管-占道',
}
const streets: Readonly<Record<string, string>> = {
  清澜街道: '4403990',
  云杉街道: '4403991',
  鹤洲街道: '4403992',
  麦田街道: '4403993',
}

export function messageOf({ externalId, message, person }: Submission, address: string): WireRecord {
  const domain = domains[message.category ?? '']
  const street = Object.entries(streets).find(([name]) => message.place?.includes(name))?.[1]
  return {
    id: Number(externalId),
    url: `${address}/threads/content?tid=${externalId}`,
    title: message.title,
    content: `<p>${message.text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('\n', '</p><p>')}</p>`,
    type: types[message.kind ?? 'complaint'] ?? '2',
    ...(domain !== undefined && { domain }),
    create_time: secondsOf(new Date(`${message.time.replace(' ', 'T')}+08:00`)),
    user_id: person.id,
    is_anonymous: '0',
    contact: { name: person.name, phone: person.phone },
    forum_id: 5417,
    ...(message.place !== undefined && { address: message.place }),
    ...(street !== undefined && { area_id: street }),
  }
}

export function changedMessage(message: WireRecord): WireRecord {
  return { ...message, content: `${String(message['content'])}<p>（网友修改：补充了具体门牌。）</p>` }
}

/** A message with a time that is none, and one that the board has removed. */
export function oddMessages(
  first: WireRecord,
  [broken, removed]: readonly [number, number],
): readonly { readonly what: 'broken' | 'test'; readonly record: WireRecord }[] {
  return [
    { what: 'broken', record: { ...first, id: broken, create_time: 'yesterday' } },
    { what: 'test', record: { ...first, id: removed, state: '9' } },
  ]
}

const afterwards: Readonly<Partial<Record<FollowUp, WireRecord>>> = {
  supplement: { kind: 'supplement', content: '<p>补充：早上七点到九点最严重。</p>' },
  withdraw: { kind: 'withdraw', content: '问题已解决，申请撤回。' },
  redo: { kind: 'again', content: '<p>追问：回复中的问题并没有解决，请重新处理。</p>' },
  evaluate: {
    kind: 'rating',
    content: '已评价',
    rating: { solve: 4, attitude: 5, speed: 4, satisfied: '1' },
  },
}

/** What a writer says under the message; null where the message itself is changed. */
export function followUpOf(followUp: FollowUp, externalId: string, at: Date): WireRecord | null {
  const said = afterwards[followUp]
  if (said === undefined) return null
  return {
    ...said,
    message_id: Number(externalId),
    id: `${externalId}-${followUp}`,
    create_time: secondsOf(at),
  }
}

export function secondsOf(at: Date): number {
  return Math.floor(at.getTime() / 1000)
}
