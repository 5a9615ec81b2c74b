/** What a grid workers' app pushes: what a worker found, or a resident told, and what the worker says about it later. */
import gcoordModule from 'gcoord'
import type { FollowUp, Submission } from '../plan.ts'
import { hashOf } from '../random.ts'
import type { WireRecord } from './appeals.ts'
import { chinaTime } from './china-time.ts'
import { pointOf } from './place.ts'

/** The package is CommonJS: Node gives its exports as the default, while its types describe an ES module. */
const gcoord = gcoordModule as unknown as (typeof gcoordModule)['default']

const reportTypes: Readonly<Record<string, string>> = { complaint: '2', request: '3', suggestion: '4' }
/** 事件分类: what grid workers look after. The last two are this app's own. */
const categories: Readonly<Record<string, string>> = {
  垃圾堆积: 'A01',
  垃圾桶满溢或破损: 'A02',
  建筑垃圾偷倒: 'A03',
  占道经营: 'A04',
  乱张贴小广告: 'A05',
  井盖缺失: 'B01',
  井盖破损松动: 'B02',
  路面破损坑洼: 'B03',
  人行道破损: 'B04',
  路灯不亮: 'B05',
  道路积水: 'B06',
  在建违法建筑: 'C01',
  占用公共空间: 'C02',
  消防通道堵塞: 'D01',
  电动车违规充电: 'D02',
  施工安全隐患: 'D03',
  树木倒伏: 'E01',
  公园设施损坏: 'PA-E2',
  违法停车: 'PA-F1',
}
const streets: Readonly<Record<string, string>> = {
  清澜街道: 'QL',
  云杉街道: 'YS',
  鹤洲街道: 'HZ',
  麦田街道: 'MT',
}

/** Photos that lie on the app's own server are named; others come in the form. */
export function reportOf(
  { externalId, message, person }: Submission,
  photos: readonly { url: string; name: string }[],
): WireRecord {
  const hash = hashOf(externalId)
  const type = reportTypes[message.kind ?? '']
  const category = categories[message.category ?? '']
  return {
    msg_type: 'REPORT',
    report_no: externalId,
    report_type: type ?? '1',
    title: message.title,
    description: message.text,
    ...(category !== undefined && { category }),
    level: hash % 12 === 0 ? 2 : 1,
    found_at: message.time,
    worker_no: `W${String(hash % 900).padStart(4, '0')}`,
    app_version: '3.2.1',
    ...(message.place !== undefined && placeOf(message.place)),
    ...(type !== undefined && { resident: { name: person.name, phone: person.phone } }),
    ...(photos.length > 0 && { photos }),
  }
}

/** The app shows maps of a Chinese provider, and so has their coordinates. */
function placeOf(place: string): WireRecord {
  const street = Object.entries(streets).find(([name]) => place.includes(name))?.[1]
  const { longitude, latitude } = pointOf(place)
  const [lng, lat] = gcoord.transform([longitude, latitude], gcoord.WGS84, gcoord.GCJ02)
  return {
    address: place,
    ...(street !== undefined && { street }),
    position: { type: 'gcj02', lng: Number(lng.toFixed(6)), lat: Number(lat.toFixed(6)) },
  }
}

export function changedReport(report: WireRecord): WireRecord {
  return { ...report, description: `${String(report['description'])}（现场复核：范围比首次上报略大。）` }
}

/** A point without its system: never guessed. */
export function brokenReport(report: WireRecord): WireRecord {
  return { ...report, report_no: `${String(report['report_no'])}-X`, position: { lng: 113.9, lat: 22.5 } }
}

/** 培训演练 */
export function trainingReport(report: WireRecord): WireRecord {
  return { ...report, report_no: `${String(report['report_no'])}-T`, training: true }
}

const notes: Readonly<Partial<Record<FollowUp, WireRecord>>> = {
  supplement: { msg_type: 'SUPPLEMENT', description: '补充现场照片，周边还有一处。' },
  urge: { msg_type: 'URGE', description: '现场仍未处理，请尽快安排。' },
  withdraw: { msg_type: 'CANCEL', description: '现场已恢复，撤销上报。' },
  redo: { msg_type: 'RECHECK', passed: false, description: '复查未通过，问题仍在。' },
  evaluate: { msg_type: 'RECHECK', passed: true, stars: 4, description: '复查通过。' },
}

/** A message about a report; null where the follow-up is the report itself once more. */
export function noteOf(followUp: FollowUp, { externalId }: Submission): WireRecord | null {
  const note = notes[followUp]
  if (note === undefined) return null
  return {
    ...note,
    report_no: externalId,
    msg_no: `${externalId}-${followUp}`,
    msg_time: chinaTime(new Date()),
  }
}
