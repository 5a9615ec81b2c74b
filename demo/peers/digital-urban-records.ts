/** What 数字城管 writes into its exchange database: work orders, and rows about them. */
import type { FollowUp, Submission } from '../plan.ts'
import { hashOf } from '../random.ts'
import type { WireRecord } from './appeals.ts'
import { photosOf } from './photo-album.ts'
import { photoOf } from './photo.ts'
import { pointOf } from './place.ts'

/** 问题来源 */
const origins: Readonly<Record<string, string>> = {
  inspection: '1',
  complaint: '2',
  tip_off: '2',
  suggestion: '6',
}
const otherClass = ['2', '9901'] as const
/** 案件类型, 小类, 问题. The last two and the one for all else are this partner's own. */
const classes: Readonly<Record<string, readonly [kind: string, smallClass: string, problem?: string]>> = {
  井盖缺失: ['1', '0103', '01'],
  井盖破损松动: ['1', '0103', '02'],
  污水外溢: ['1', '0102', '03'],
  路灯不亮: ['1', '0120', '05'],
  信号灯故障: ['1', '0201', '05'],
  标志标线不清: ['1', '0202', '02'],
  垃圾桶满溢或破损: ['1', '0303', '02'],
  户外广告牌破损: ['1', '0306', '02'],
  树木倒伏: ['1', '0401', '02'],
  绿化缺失修剪: ['1', '0403', '02'],
  公园设施损坏: ['1', '0405', '02'],
  垃圾堆积: ['2', '0102'],
  建筑垃圾偷倒: ['2', '0103'],
  河道污染: ['2', '0105'],
  油烟废气异味: ['2', '0108'],
  工地扬尘: ['2', '0301'],
  夜间施工噪音: ['2', '0302'],
  占道经营: ['2', '0402'],
  违法停车: ['2', '0403'],
  共享单车乱停放: ['2', '0404'],
  广场舞噪音: ['2', '0405'],
  在建违法建筑: ['2', '0406'],
  路面破损坑洼: ['2', '0502'],
  道路积水: ['2', '0503'],
  消防通道堵塞: ['2', '9902'],
  停车收费争议: ['2', '9903'],
}
const streets: Readonly<Record<string, string>> = {
  清澜街道: '990100001',
  云杉街道: '990100002',
  鹤洲街道: '990100003',
  麦田街道: '990100004',
}
const undertakers = ['环卫中心', '市政中心;水务局', '城管局、清澜街道；园林中心', '交警大队', '']

export function orderRow({ externalId, message, person }: Submission): WireRecord {
  const hash = hashOf(externalId)
  const [kind, smallClass, problem] = classes[message.category ?? ''] ?? otherClass
  return {
    row_type: 'AJ',
    task_no: externalId,
    case_no: `AJ-${externalId}`,
    case_kind: kind,
    small_class: smallClass,
    problem_code: problem ?? null,
    origin_code: origins[message.kind ?? ''] ?? '2',
    report_time: message.time,
    title: message.title,
    content: message.text,
    urgency: hash % 12 === 0 ? '1' : '0',
    undertakers: undertakers[hash % undertakers.length],
    // A supervisor's name is nobody's business; a citizen's is that of who answers.
    ...(message.kind !== 'inspection' && { reporter_name: person.name, reporter_phone: person.phone }),
    ...(photosOf(externalId) > 0 && { photo: photoOf(externalId) }),
    ...(message.place !== undefined && placeOf(message.place, kind === '1' ? smallClass : undefined)),
  }
}

function placeOf(place: string, componentClass: string | undefined): WireRecord {
  const street = Object.entries(streets).find(([name]) => place.includes(name))?.[1]
  const { longitude, latitude } = pointOf(place)
  return {
    address: place,
    street_code: street ?? null,
    coord_x: longitude.toFixed(7),
    coord_y: latitude.toFixed(7),
    coord_type: 'CGCS2000',
    ...(componentClass !== undefined && {
      component_code: `990100${componentClass}${String(hashOf(place) % 1_000_000).padStart(7, '0')}`,
    }),
  }
}

export function changedContent({ message }: Submission): WireRecord {
  return { content: `${message.text}（监督员核对：现场情况属实。）` }
}

/** A class that no table lists. */
export function brokenRow(row: WireRecord): WireRecord {
  return { ...row, task_no: `${String(row['task_no'])}-X`, case_kind: '2', small_class: '0999' }
}

/** 联调测试案件 */
export function testRow(row: WireRecord): WireRecord {
  return { ...row, task_no: `${String(row['task_no'])}-T`, is_test: '1' }
}

const messages: Readonly<Partial<Record<FollowUp, WireRecord>>> = {
  supplement: { row_type: 'BC', content: '监督员补充：西侧绿化带内也有。' },
  urge: { row_type: 'CB', content: '超过处置时限，请加快。' },
  withdraw: { row_type: 'CX', content: '监督员误报，撤案。' },
  redo: { row_type: 'CB2', content: '核查不通过，请重新处置。' },
}

/** A row about an order; null where the follow-up is the order's own row. Every second urge is a supervision 督办. */
export function messageRow(followUp: FollowUp, taskNo: string): WireRecord | null {
  const message = messages[followUp]
  if (message === undefined) return null
  const isSupervised = followUp === 'urge' && hashOf(taskNo) % 2 === 0
  return { ...message, ...(isSupervised && { row_type: 'DB', content: '区领导督办。' }), task_no: taskNo }
}
