import type { Mapping } from '../../schemas/mapping.ts'
import type { ReferenceCodes } from '../mapping/reference.ts'
import { choices, type DraftTable } from './code-rows.ts'
import type { FieldLine } from './field-lines.ts'
import type { DraftTarget } from './lexicon.ts'
import type { MatchedField } from './match-fields.ts'
import { looksPersonal } from './source-fields.ts'
import { describeShape } from './shapes.ts'
import type { Sample } from './sample.ts'
import { block, flow, flowList, plainComment, writeLines, type YamlLine } from './yaml-lines.ts'

/** All that a draft says, before it is written. */
export interface DraftParts {
  readonly channel: string
  readonly title: string
  readonly sample: Sample
  readonly lines: readonly FieldLine[]
  readonly tables: readonly DraftTable[]
  readonly matched: readonly MatchedField[]
  readonly identity: string | undefined
  /** Required targets for which no field was found. */
  readonly missing: readonly string[]
  /** Targets of the platform's rule that would read a field of this source by chance. */
  readonly removed: readonly string[]
  /** The source has a field `type` of its own, by which the platform tells reports from messages. */
  readonly ownType: boolean
  readonly platform: Mapping
  readonly reference: ReferenceCodes
}

const forms = { json: 'JSON', xml: 'XML', csv: 'CSV 表格', xlsx: 'Excel 表格' } as const

/** The channel as YAML of 10 to 40 lines and its code tables, each line with confidence and reason. */
export function writeChannel(parts: DraftParts): string {
  return [
    ...head(parts),
    ...feed(parts),
    ...codes(parts.tables),
    'reverse: { pull: true }  # 自己来取办理进展；由我方调用时改为 settings: { baseUrl: … }，没有接口时改为 manual: true',
    '',
  ].join('\n')
}

/** The example as a further document of the same file. */
export const writeExample = (example: {
  about: string
  feed: string
  record: unknown
  expect: unknown
}): string =>
  `---\n# 例子：人名、电话、地址和文字都是编的。改了上面的映射，就把 expect 改成应有的结果；例子不通过，渠道不能发布。\n${block(example, '')}\n`

function head({ channel, title, sample, platform }: DraftParts): string[] {
  return [
    `# 由样例起草：${forms[sample.form]}，${sample.records.length} 条。行尾是把握（0 到 1）和理由：逐行核对，改对后可删去注释。`,
    ...sample.notes.map((note) => `# ${plainComment(note)}`),
    `channel: ${flow(channel)}`,
    `platform: ${flow(platform.platform)}`,
    `name: ${flow({ zh: title })}`,
    'state: draft',
  ]
}

function feed(parts: DraftParts): string[] {
  const { sample, identity, ownType } = parts
  const settings = sample.recordsPath === undefined ? undefined : { records: sample.recordsPath }
  return [
    'feeds:',
    '  push:',
    ...(sample.form === 'xml' ? ['    adapter: http-xml'] : []),
    ...(settings === undefined ? [] : [`    settings: ${flow(settings)}`]),
    ...(identity === undefined ? [] : [flowList('identity', [identity], '    ')]),
    ...(ownType
      ? ['    forward: [{ into: report, fields: {} }]  # 来源自己有 type 字段，标准接口的消息规则不适用']
      : []),
    '    fields:',
    writeLines([...fieldRows(parts), ...missingRows(parts.missing), ...removedRows(parts.removed)]),
    ...unused(parts),
  ]
}

function fieldRows({ lines }: DraftParts): YamlLine[] {
  return lines.flatMap((line): YamlLine[] => {
    const sure = line.confidence === undefined ? '' : `${shown(line.confidence)} `
    if (line.off !== true)
      return [{ text: `      ${flow(line.target)}: ${flow(line.rule)}`, comment: `${sure}${line.comment}` }]
    return offRows(line, sure)
  })
}

/** .97 */
const shown = (confidence: number): string => confidence.toFixed(2).replace(/^0/, '')

function offRows({ target, rule, comment }: FieldLine, sure: string): YamlLine[] {
  const said = `      # ${plainComment(`${sure}${comment}`)}`
  if (target === 'references')
    return [
      { text: said },
      {
        text: '      # references[0].issuer: { value: }',
        comment: '填编号方，如 city-12345；没有填的成为异常件',
      },
      { text: `      # references[0].number: ${flow(rule)}` },
    ]
  const remedy =
    target === 'location.point'
      ? '      # 坐标系从数字看不出来：问清后填上 system（CGCS2000、WGS-84、GCJ-02、BD-09 之一），去掉下一行的 #：'
      : '      # 填好下一行，去掉 #：'
  return [
    { text: said },
    { text: remedy },
    { text: `      # ${target}: ${flow(rule).replace("system: ''", 'system:')}` },
  ]
}

function missingRows(missing: readonly string[]): YamlLine[] {
  const rows: { readonly [target: string]: YamlLine } = {
    externalId: {
      text: '      # externalId:',
      comment: '必填：没有找到来源的编号。写上字段名，去掉行首的 #，identity 也写它',
    },
    text: { text: '      # text:', comment: '必填：没有找到诉求内容。写上字段名，去掉行首的 #' },
    kind: {
      text: '      kind: { value: other }',
      comment: '没有找到诉求类型：先都算 other 其他；只收一类的渠道写那一类，如 complaint 投诉',
    },
    submittedAt: { text: '      submittedAt: $receivedAt', comment: '没有找到提交时间：先用收到的时间' },
  }
  return missing.flatMap((target) => rows[target] ?? [])
}

const removedRows = (removed: readonly string[]): YamlLine[] =>
  removed.map((target) => ({
    text: `      ${flow(target)}: null`,
    comment: target === 'references' ? '其他系统的编号逐个写在上面' : '来源有同名字段，意思不一定相同：不用',
  }))

const maxDescribed = 12

function unused({ matched, lines }: DraftParts): string[] {
  const usedTop = new Set(matched.filter(({ match }) => match !== undefined).map(({ field }) => topOf(field)))
  const left = matched.filter(({ match, field }) => match === undefined && !looksPersonal(field.name))
  const described = left
    .slice(0, maxDescribed)
    .map(({ field, shape }) => `${field.name.slice(0, 40)}（${describeShape(shape)}）`)
  const ignores = [
    ...new Set(
      left.flatMap(({ field }) =>
        field.path === undefined ? [] : [usedTop.has(topOf(field)) ? field.path : topPath(field)],
      ),
    ),
    ...waiting(matched, lines),
  ]
  if (ignores.length === 0) return []
  const more = left.length > described.length ? ` 等 ${left.length} 个` : ''
  const said = described.length === 0 ? [] : [`    # 没有用到：${plainLong(described.join('、'))}${more}`]
  return [...said, flowList('ignores', [...new Set(ignores)], '    ')]
}

const plainLong = (text: string): string => text.replaceAll(/[\p{C}\u2028\u2029]+/gu, ' ').slice(0, 600)

type FieldName = MatchedField['field']
const topOf = ({ parents, key }: FieldName): string => parents[0] ?? key
const topPath = ({ path = '', parents, key }: FieldName): string =>
  parents.length === 0
    ? path
    : /^[^.[\]'"\s$]+$/.test(topOf({ parents, key } as FieldName))
      ? topOf({ parents, key } as FieldName)
      : path

/** Fields whose line waits for a person: known, though not read yet. */
function waiting(matched: readonly MatchedField[], lines: readonly FieldLine[]): string[] {
  const off = lines.filter((line) => line.off === true).map(({ target }) => target)
  return matched.flatMap(({ match, field }) =>
    match !== undefined && field.path !== undefined && off.some((target) => match.target.startsWith(target))
      ? [field.path]
      : [],
  )
}

function codes(tables: readonly DraftTable[]): string[] {
  return tables.length === 0 ? [] : ['codes:', ...tables.flatMap(tableRows)]
}

function tableRows({ name, target, otherwise, rows, unlisted }: DraftTable): string[] {
  const known = rows.filter(({ code }) => code !== undefined)
  const open = rows.filter(({ code }) => code === undefined)
  const off = known.length === 0 ? '# ' : ''
  const lines: YamlLine[] = [
    ...known.map(({ value, code, name: words, count }) => ({
      text: `      ${flow(value)}: ${flow(code)}`,
      comment: `${words === undefined ? '' : `${words}，`}${count} 条`,
    })),
    ...open.map(({ value, count }) => ({
      text: `      # ${flow(value)}:`,
      comment: `${count} 条`,
    })),
  ]
  return [
    `  ${name}:`,
    `    otherwise: ${otherwise}`,
    ...(open.length === 0
      ? []
      : [
          `    # 没有代码的行：在冒号后填上 ${choiceOf(target)}，去掉${off === '' ? '' : '它和 table 一行'}行首的 #`,
        ]),
    ...(rows.length === 0 ? [] : [`    ${off}table:`]),
    ...(lines.length === 0 ? [] : [writeLines(lines)]),
    ...(unlisted > 0 ? [`      # 另有 ${unlisted} 个值没有列出：太多，或可能是个人信息`] : []),
  ]
}

const choiceOf = (target: DraftTarget): string => choices[target] ?? '本平台的代码'
