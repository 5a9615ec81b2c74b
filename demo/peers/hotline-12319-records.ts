/** What an urban construction hotline writes: work orders and messages about them, in the pinyin fields of its interface. */
import gcoordModule from 'gcoord'
import type { FollowUp, Submission } from '../plan.ts'
import { hashOf } from '../random.ts'
import type { WireRecord } from './appeals.ts'
import { chinaTime } from './china-time.ts'
import { pointOf } from './place.ts'

/** The package is CommonJS: Node gives its exports as the default, while its types describe an ES module. */
const gcoord = gcoordModule as unknown as (typeof gcoordModule)['default']

const orderTypes: Readonly<Record<string, string>> = {
  consultation: '01',
  request: '02',
  complaint: '03',
  tip_off: '04',
  suggestion: '05',
  praise: '06',
  inspection: '07',
}
const otherCategory = ['90', '9001'] as const
/** 大类, 小类. The last two are this hotline's own. */
const categories: Readonly<Record<string, readonly [dlbm: string, xlbm: string]>> = {
  井盖缺失: ['10', '1001'],
  井盖破损松动: ['10', '1002'],
  路面破损坑洼: ['10', '1003'],
  人行道破损: ['10', '1005'],
  路灯不亮: ['11', '1101'],
  道路积水: ['11', '1102'],
  污水外溢: ['11', '1103'],
  垃圾堆积: ['20', '2001'],
  垃圾桶满溢或破损: ['20', '2002'],
  建筑垃圾偷倒: ['20', '2004'],
  占道经营: ['21', '2101'],
  户外广告牌破损: ['21', '2103'],
  树木倒伏: ['30', '3001'],
  绿化缺失修剪: ['30', '3002'],
  公园设施损坏: ['30', '3003'],
  夜间施工噪音: ['40', '4001'],
  工地扬尘: ['40', '4003'],
  施工安全隐患: ['40', '4004'],
  在建违法建筑: ['41', '4101'],
  停水: ['50', '5001'],
  水质水压: ['50', '5002'],
  燃气泄漏: ['51', '5101'],
  物业服务质量: ['60', '6001'],
  电梯困人故障: ['60', '6002'],
  房屋质量: ['60', '6003'],
  停车收费争议: ['70', '7001'],
  停电: ['71', '7101'],
}
const streets: Readonly<Record<string, string>> = {
  清澜街道: 'QL',
  云杉街道: 'YS',
  鹤洲街道: 'HZ',
  麦田街道: 'MT',
}

export function orderOf(
  { externalId, message, person }: Submission,
  photos: readonly { url: string; name: string }[],
): WireRecord {
  const hash = hashOf(externalId)
  const city = hashOf(String(message.id))
  const [dlbm, xlbm] = categories[message.category ?? ''] ?? otherCategory
  return {
    gdbh: externalId,
    lzbh: `L-${hash % 100_000}`,
    ...(city % 5 < 2 && { sjbh: `SZ${String(city).padStart(10, '0')}` }),
    gdlx: orderTypes[message.kind ?? 'complaint'] ?? '03',
    dlbm,
    xlbm,
    xlmc: message.category ?? '其他诉求',
    bt: message.title,
    ajms: message.text,
    ldr: person.name,
    lddh: person.phone,
    // One of its two front ends writes times without any sign between.
    ldsj: hash % 3 === 0 ? message.time.replaceAll(/\D/g, '') : message.time,
    jjcd: hash % 12 === 0 ? '2' : '1',
    sfbm: message.kind === 'tip_off' ? '1' : '0',
    sfhf: '1',
    jbr: `接线员${String(hash % 40).padStart(2, '0')}`,
    ...(message.place !== undefined && placeOf(message.place)),
    ...(photos.length > 0 && { fj: { wj: photos.map(({ url, name }) => ({ mc: name, dz: url })) } }),
  }
}

function placeOf(place: string): WireRecord {
  const street = Object.entries(streets).find(([name]) => place.includes(name))?.[1]
  const { longitude, latitude } = pointOf(place)
  const [zbx, zby] = gcoord.transform([longitude, latitude], gcoord.WGS84, gcoord.BD09)
  return {
    ajdz: place,
    ...(street !== undefined && { jdbm: street }),
    zbx: zbx.toFixed(6),
    zby: zby.toFixed(6),
    zblx: 'BD09',
  }
}

export function changedOrder(order: WireRecord): WireRecord {
  return { ...order, ajms: `${String(order['ajms'])}（来电人补正：从小区东门进入更近。）` }
}

/** A class that no table lists. */
export function brokenOrder(order: WireRecord): WireRecord {
  return { ...order, gdbh: `${String(order['gdbh'])}-X`, dlbm: '99', xlbm: '9999' }
}

/** 联调测试工单 */
export function testOrder(order: WireRecord): WireRecord {
  return { ...order, gdbh: `${String(order['gdbh'])}-T`, sfcs: '1' }
}

const messages: Readonly<Partial<Record<FollowUp, WireRecord>>> = {
  supplement: { xxlx: '1', xxnr: '来电人补充：<东侧>入口 & 地下车库也有同样情况。' },
  urge: { xxlx: '2', xxnr: '来电人再次来电催办。' },
  withdraw: { xxlx: '3', yydm: '02', xxnr: '来电人表示已自行解决，申请撤单。' },
  redo: { xxlx: '4', xxnr: '回访不满意，请重新办理。' },
  evaluate: { xxlx: '5', pjsd: '4', pjxg: '5', pjtd: '5', sfmy: '是', xxnr: '回访已评价。' },
}

/** A message about an order; null where the follow-up is the order itself once more. */
export function messageOf(followUp: FollowUp, orderNo: string): WireRecord | null {
  const message = messages[followUp]
  if (message === undefined) return null
  return { gdbh: orderNo, xxbh: `${orderNo}-${followUp}`, xxsj: chinaTime(new Date()), ...message }
}
