import { compileDatetimeWriter } from '../mapping/datetime.ts'
import { isAbsent, isObject, scalarText } from '../mapping/value.ts'
import { takesCodes, type DraftTable } from './code-rows.ts'
import type { FieldLine } from './field-lines.ts'
import type { MatchedField } from './match-fields.ts'
import { leavesOf } from './source-fields.ts'
import type { SampleRecord } from './sample.ts'

interface Tree {
  [key: string]: unknown
}

/** Beyond so many fields an example is no longer read. */
const maxFields = 60
/** 2026-01-05 09:30:00 in Shanghai. */
const instantMs = Date.UTC(2026, 0, 5, 1, 30)

/** What is invented for a target. The identity number is the example of GB 11643; the phone belongs to nobody. */
const invented: { readonly [target: string]: string } = {
  title: '样例标题',
  text: '这里是一段样例文字，说明发生了什么事、在什么地方。',
  'location.address': '样例路1号',
  'location.grid': '990100001001001',
  'reporter.name': '张三',
  'reporter.phone': '13800000000',
  'reporter.identityNumber': '11010519491231002X',
  'reporter.email': 'someone@example.com',
  'location.point.x': '113.95',
  'location.point.y': '22.5',
  'location.point': '113.95,22.5',
}
/** A yes or no says nothing of a person. */
const yesOrNo: ReadonlySet<string> = new Set(['sensitive', 'reporter.anonymous', 'reporter.confidential'])
const file = 'https://files.example.gov.cn/1.jpg'

/**
 * A record like the fullest of the sample, in which everything that may be personal is invented: it keeps names, types and forms
 * of time, and codes that the draft lists. What waits for a person (`off`) is left out, so that stating it breaks no example.
 */
export function exampleRecord(
  records: readonly SampleRecord[],
  matched: readonly MatchedField[],
  parts: { lines: readonly FieldLine[]; tables: readonly DraftTable[] },
): SampleRecord {
  const off = new Set(parts.lines.filter((line) => line.off === true).map(({ target }) => target))
  const fullest = fullestOf(records, matched)
  const present = new Map(leavesOf(fullest).map(({ steps, value }) => [JSON.stringify(steps), value]))
  const made: Tree = {}
  for (const one of matched.slice(0, maxFields)) {
    const { field, match } = one
    const steps = [...field.parents, field.key]
    const value = present.get(JSON.stringify(steps))
    const waits =
      match !== undefined && [...off].some((target) => match.target.startsWith(target.split('[')[0] ?? ''))
    if (isAbsent(value) || waits || field.path === undefined) continue
    const standIn = standInFor(value, one, parts.tables)
    if (standIn !== undefined) put(made, steps, standIn)
  }
  return made
}

function fullestOf(records: readonly SampleRecord[], matched: readonly MatchedField[]): SampleRecord {
  const names = new Set(matched.filter(({ match }) => match !== undefined).map(({ field }) => field.name))
  const filled = (record: SampleRecord): number =>
    leavesOf(record).filter(({ name, value }) => names.has(name) && scalarText(value)?.trim() !== '').length
  return records.slice(0, 50).reduce((best, record) => (filled(record) > filled(best) ? record : best))
}

function standInFor(value: unknown, { match, shape }: MatchedField, tables: readonly DraftTable[]): unknown {
  if (typeof value === 'boolean') return value
  if (match?.target === 'attachments') return filesLike(value)
  if (match?.target === 'tags') return Array.isArray(value) ? ['样例'] : '样例'
  const text = scalarText(value)?.trim()
  if (text === undefined) return undefined
  const table = tables.find(({ target }) => target === match?.target)
  if (table !== undefined) {
    const row = table.rows.find(({ code }) => code !== undefined)
    return row?.value ?? (table.name === 'kind' ? table.rows[0]?.value : undefined)
  }
  // Every value is a code of ours.
  if (match !== undefined && takesCodes(match.target)) return value
  if (match?.target === 'submittedAt') return typed(writtenTime(shape.timeFormats[0] ?? 'iso'), value)
  const known = match === undefined ? undefined : invented[match.target]
  if (known !== undefined) return typed(shape.html > 0.05 ? `<p>${known}</p>` : known, value)
  if (match !== undefined && yesOrNo.has(match.target)) return value
  return typed(shapeLike(text), value)
}

/** A number stays a number. */
const typed = (text: string | number, like: unknown): string | number =>
  typeof like === 'number' && /^-?\d+(\.\d+)?$/.test(String(text)) ? Number(text) : String(text)

function writtenTime(format: string): string | number {
  const writer = compileDatetimeWriter(format)
  return writer.kind === 'compiled' ? writer.read(instantMs) : ''
}

/** The same signs at the same places, other digits, letters and characters; at most 40 of them. */
function shapeLike(text: string): string {
  let digit = 0
  return text
    .slice(0, 40)
    .replaceAll(/\p{Nd}/gu, () => String((digit = (digit % 9) + 1)))
    .replaceAll(/\p{Lu}/gu, 'A')
    .replaceAll(/\p{Ll}/gu, 'a')
    .replaceAll(/\p{Lo}/gu, '某')
    .replaceAll(/[^\p{L}\p{N}\p{P}\p{Zs}]/gu, '')
}

/** One file where there were some, with the keys that its objects have. */
function filesLike(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : [filesLike(value[0])]
  if (!isObject(value)) return file
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => {
      const text = scalarText(member)
      if (text === undefined || key === '__proto__') return []
      return [[key, /^(https?:\/\/|\/)/.test(text) ? file : typed(shapeLike(text), member)]]
    }),
  )
}

function put(root: Tree, steps: readonly string[], value: unknown): void {
  let node = root
  for (const step of steps.slice(0, -1)) {
    if (!isObject(node[step])) node[step] = {}
    node = node[step] as Tree
  }
  node[steps.at(-1) ?? ''] = value
}
