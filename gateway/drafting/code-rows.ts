import type { TableUse } from '../../schemas/mapping.ts'
import { shownCode } from '../mapping/value.ts'
import type { KnownCodes } from './known-codes.ts'
import type { DraftTarget } from './lexicon.ts'
import type { Shape } from './shapes.ts'

/** A code table as it is proposed: rows whose words are a canonical name have their code, the others wait for a person. */
export interface DraftTable {
  readonly name: string
  readonly target: DraftTarget
  readonly otherwise: 'quarantine' | 'absent'
  readonly rows: readonly DraftRow[]
  /** Values that are not listed: too many, or not to be shown. */
  readonly unlisted: number
}

export interface DraftRow {
  readonly value: string
  readonly code: string | undefined
  /** The code's name, where it has one beside the value. */
  readonly name: string | undefined
  /** Records of the sample that have the value. */
  readonly count: number
}

const maxRows = 200

/** Tables by target. Where a report does without the value, an unlisted one is left out and seen; else the record waits in quarantine. */
const tables: { readonly [target in DraftTarget]?: { name: string; otherwise: 'quarantine' | 'absent' } } = {
  kind: { name: 'kind', otherwise: 'quarantine' },
  category: { name: 'category', otherwise: 'quarantine' },
  urgency: { name: 'urgency', otherwise: 'absent' },
  'location.district': { name: 'district', otherwise: 'absent' },
  'location.street': { name: 'street', otherwise: 'absent' },
  'location.community': { name: 'community', otherwise: 'absent' },
  'location.point.system': { name: 'coordinates', otherwise: 'quarantine' },
  'reporter.wantsReply.by': { name: 'replyBy', otherwise: 'absent' },
}

/** Whether a target takes codes: then a value says which of a few it is, and nothing of a person. */
export const takesCodes = (target: DraftTarget): boolean => tables[target] !== undefined

/** The table that a field is looked up in; where every value is a code of ours, that of the gateway or the platform itself. */
export function tableUse(target: DraftTarget, table: DraftTable | undefined): TableUse {
  if (table !== undefined) return table.name
  if (target === 'category') return { table: '$categories', otherwise: 'absent' }
  return target.startsWith('location.') && target !== 'location.point.system'
    ? { table: '$areas', otherwise: 'absent' }
    : (tables[target]?.name ?? target)
}

/** Each different value of the field as a row. Undefined for a target without table, and where every value is a canonical code itself. */
export function draftTable(target: DraftTarget, shape: Shape, known: KnownCodes): DraftTable | undefined {
  const table = tables[target]
  if (table === undefined) return undefined
  const rows = [...shape.frequencies]
    .toSorted(([, a], [, b]) => b - a)
    .filter(([value]) => shownCode(value) !== '(not shown)')
    .map(([value, count]): DraftRow => {
      const code = known.codeOf(target, value)
      const name = code === undefined ? undefined : known.nameOf(target, code)
      return { value, code, name: name === value ? undefined : name, count }
    })
  if (rows.length > 0 && rows.every(({ value, code }) => value === code)) return undefined
  const listed = rows.slice(0, maxRows)
  return { ...table, target, rows: listed, unlisted: shape.distinct - listed.length }
}

/** What a person can fill in, for targets with few codes. */
export const choices: { readonly [target in DraftTarget]?: string } = {
  kind: 'consultation 咨询 · request 求助 · complaint 投诉 · tip_off 举报 · suggestion 意见建议 · praise 表扬 · inspection 巡查上报 · other 其他',
  category: 'mappings/codes/categories.yaml 里的分类代码',
  urgency: 'normal 一般 · urgent 紧急 · critical 特急',
  'location.district': 'mappings/codes/areas.yaml 里的代码',
  'location.street': 'mappings/codes/areas.yaml 里的街道代码',
  'location.community': 'mappings/codes/areas.yaml 里的社区代码',
  'location.point.system': 'CGCS2000 · WGS-84 · GCJ-02 · BD-09',
  'reporter.wantsReply.by': 'phone 电话 · sms 短信 · email 邮件 · channel 原渠道 · post 信函 · none 不需要',
}
