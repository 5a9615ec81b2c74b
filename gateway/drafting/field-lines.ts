import type { Field } from '../../schemas/mapping.ts'
import type { Reader } from '../../schemas/readers.ts'
import { isObject, scalarText } from '../mapping/value.ts'
import { draftTable, tableUse, takesCodes, type DraftTable } from './code-rows.ts'
import type { KnownCodes } from './known-codes.ts'
import { lexicon, type DraftTarget } from './lexicon.ts'
import type { MatchedField, TargetMatch } from './match-fields.ts'
import type { Shape } from './shapes.ts'

/** One line under `fields:`. `off`: it stands there as a comment, until a person has stated what cannot be seen. */
export interface FieldLine {
  readonly target: string
  readonly rule: Field | null
  readonly confidence?: number
  readonly comment: string
  readonly off?: true
}

export interface FieldLines {
  readonly lines: readonly FieldLine[]
  readonly tables: readonly DraftTable[]
}

interface Found extends MatchedField {
  readonly match: TargetMatch
  readonly path: string
}

/** The lines and code tables of all fields that were taken for a target, in the order of a report. */
export function fieldLines(matched: readonly MatchedField[], known: KnownCodes): FieldLines {
  const found = new Map<DraftTarget, Found>()
  for (const { field, shape, match } of matched)
    if (match !== undefined && field.path !== undefined)
      found.set(match.target, { field, shape, match, path: field.path })
  const tables: DraftTable[] = []
  const order = Object.keys(lexicon)
  const inOrder = [...found.values()].toSorted(
    (a, b) => order.indexOf(a.match.target) - order.indexOf(b.match.target),
  )
  const lines = inOrder.flatMap((one) => {
    const table = draftTable(one.match.target, one.shape, known)
    if (table !== undefined) tables.push(table)
    return linesOf(one, table, found)
  })
  const ordered = [...lines.filter(({ off }) => off !== true), ...lines.filter(({ off }) => off === true)]
  return { lines: ordered, tables }
}

function linesOf(
  { match, path, shape, field }: Found,
  table: DraftTable | undefined,
  found: ReadonlyMap<DraftTarget, Found>,
): FieldLine[] {
  const { target, confidence, reason } = match
  const line = (rule: Field, to: string = target): FieldLine => ({
    target: to,
    rule,
    confidence,
    comment: reason,
  })
  switch (target) {
    case 'submittedAt':
      return [line({ from: path, as: timeReader(shape.timeFormats) })]
    case 'text':
      return [line(shape.html > 0.05 ? { from: path, as: 'html' } : path)]
    case 'category':
      return [line(path, 'sourceCategory'), line({ from: path, codes: tableUse(target, table) })]
    case 'reporter.phone':
      return [line({ from: path, as: 'phone' })]
    case 'sensitive':
    case 'reporter.anonymous':
    case 'reporter.confidential':
      return [booleanLine({ target, path, confidence, reason, shape })]
    case 'attachments':
      return [line({ from: path, as: fileReader(field.values) })]
    case 'reporter.identityNumber':
      return [line({ from: path, as: 'identity' })]
    case 'tags':
      return [line({ from: path, as: 'list' })]
    case 'references.municipal':
    case 'references.superior':
    case 'references.origin':
      return [referenceLine(target, path, match)]
    case 'location.point':
    case 'location.point.x':
      return [pointLine(target, found)]
    case 'location.point.y':
    case 'location.point.system':
      return []
    default:
      return [line(takesCodes(target) ? { from: path, codes: tableUse(target, table) } : path)]
  }
}

function timeReader(formats: readonly string[]): Reader {
  const [only = 'iso', ...others] = formats
  if (others.length > 0) return { reader: 'datetime', format: [...formats] }
  return only === 'iso' ? 'datetime' : { reader: 'datetime', format: only }
}

const YES = ['1', 'true', 'yes', 'y', '是', '有']
const NO = ['0', 'false', 'no', 'n', '否', '无']
const MORE_YES = ['匿名', '保密', '要求保密', '需要', '敏感', '重大', 't']
const MORE_NO = ['实名', '公开', '不保密', '不匿名', '非匿名', '不需要', '普通', '一般', 'f']

function booleanLine(one: {
  target: DraftTarget
  path: string
  confidence: number
  reason: string
  shape: Shape
}): FieldLine {
  const { target, path, confidence, reason, shape } = one
  const values = [...shape.frequencies.keys()]
  const isYes = (value: string): boolean => [...YES, ...MORE_YES].includes(value.toLowerCase())
  const isNo = (value: string): boolean => [...NO, ...MORE_NO].includes(value.toLowerCase())
  const usual = values.every((value) => [...YES, ...NO].includes(value.toLowerCase()))
  if (usual) return { target, rule: { from: path, as: 'boolean' }, confidence, comment: reason }
  const rule: Field = {
    from: path,
    as: { reader: 'boolean', true: values.filter(isYes), false: values.filter(isNo) },
  }
  if (values.every((value) => isYes(value) || isNo(value)))
    return { target, rule, confidence, comment: reason }
  return { target, rule, confidence, comment: `${reason}；看不出哪个值是“是”，填好后去掉 #`, off: true }
}

/** Where the files' addresses and names stand in objects; plain addresses need no saying. */
function fileReader(values: readonly unknown[]): Reader {
  const objects = values.flatMap((value) => (Array.isArray(value) ? value : [value])).filter(isObject)
  const keys = [...new Set(objects.slice(0, 50).flatMap((object) => Object.keys(object)))]
  const url = keys.find((key) =>
    objects.some((object) => /^(https?:\/\/|\/)/.test(scalarText(object[key]) ?? '')),
  )
  const name = keys.find((key) => key !== url && /name|名|mc$/i.test(key))
  const plain = (key: string | undefined): key is string =>
    key !== undefined && /^[^.[\]'"\s$]{1,100}$/.test(key)
  const options = {
    ...(plain(url) && url !== 'url' && { url }),
    ...(plain(name) && name !== 'name' && { name }),
  }
  return Object.keys(options).length === 0 ? 'attachments' : { reader: 'attachments', ...options }
}

const roles = {
  'references.municipal': '市级编号',
  'references.superior': '上级编号',
  'references.origin': '来源编号',
} as const

function referenceLine(
  target: keyof typeof roles,
  path: string,
  { confidence, reason }: TargetMatch,
): FieldLine {
  return {
    target: 'references',
    rule: path,
    confidence,
    comment: `${reason}；像${roles[target]}，要说明是谁编的号`,
    off: true,
  }
}

/** A point waits for its coordinate system, which no number shows, unless the record states it. */
function pointLine(target: DraftTarget, found: ReadonlyMap<DraftTarget, Found>): FieldLine {
  const [x, y] = [found.get('location.point.x'), found.get('location.point.y')]
  const [pair, system] = [found.get('location.point'), found.get('location.point.system')]
  const parts = target === 'location.point' ? [pair] : [x, y]
  const confidence = Math.min(...parts.map((part) => part?.match.confidence ?? 1))
  const reason = parts.map((part) => `${part?.path}：${part?.match.reason}`).join('；')
  const isMetric = parts.some((part) => (part?.shape.metres ?? 0) > 0.8)
  const stated = system !== undefined && !isMetric
  const options = {
    reader: 'point' as const,
    system: stated ? `$${system.path}` : '',
    ...(x !== undefined && y !== undefined && target !== 'location.point' && { x: x.path, y: y.path }),
  }
  const rule: Field = {
    ...(target === 'location.point' && pair !== undefined && { from: pair.path }),
    as: options,
    ...(stated && { codes: 'coordinates' }),
  }
  const comment = isMetric ? `${reason}；是以米计的平面坐标，要说明投影带` : reason
  return { target: 'location.point', rule, confidence, comment, ...(!stated && { off: true as const }) }
}
