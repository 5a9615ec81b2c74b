/** How one source writes a record in JSON: its names, its times, its codes; and what its channel must say of them. */
import { categoryTable, kindTable } from './code-tables.ts'
import type { Making } from './place.ts'
import { anyTimeForm, timeForms, type TimeForm } from './words.ts'

/** Names of the fields of one source; `a.b` is a member of an object. */
export interface Names {
  readonly number: string
  readonly title: string
  readonly text: string
  readonly category: string
  readonly kind: string
  readonly at: string
  readonly address: string
}

/** What a platform's mapping says already, so that a channel need not. */
export interface Vocabulary {
  readonly names: Names
  readonly time: TimeForm
  /** Its code tables; without `kind` the title says it. */
  readonly tables: { readonly category: string; readonly kind?: string }
  /** `codes`: through its table. `canonical`: it takes our own codes, so that a table is the channel's own. */
  readonly category: 'codes' | 'canonical'
  /** `id`: the source numbers by integers. */
  readonly numbers?: 'id'
  /** Where its mapping has no place. */
  readonly withoutAddress?: boolean
  /** Of a record, whatever the names. */
  readonly fixed: Readonly<Record<string, unknown>>
}

const ownNames: readonly Names[] = [
  'gdbh gdbt sqnr sxfl sqlx tjsj sfdz',
  '工单编号 标题 诉求内容 事项 类型 时间 地址',
  'orderNo subject body classCode appealType createdAt place',
  'AJBH AJBT AJMS AJLB AJXZ SBSJ SFDD',
  'base.id base.name detail.memo detail.cls detail.typ base.time detail.addr',
].map((line) => {
  const [number = '', title = '', text = '', category = '', kind = '', at = '', address = ''] =
    line.split(' ')
  return { number, title, text, category, kind, at, address }
})

export interface Source {
  readonly vocabulary: Vocabulary
  readonly names: Names
  readonly time: TimeForm
  readonly categories: ReturnType<typeof categoryTable>
  readonly kinds: ReturnType<typeof kindTable> | undefined
}

/** Every other channel has names and times of its own; all have codes of their own. */
export function sourceOf(vocabulary: Vocabulary, { random, index, matter, kind }: Making): Source {
  const own = index % 2 === 1
  return {
    vocabulary,
    names: own ? random.pick(ownNames) : vocabulary.names,
    time: own || vocabulary.time === timeForms.iso ? anyTimeForm(random) : vocabulary.time,
    categories: categoryTable(random, matter),
    kinds: vocabulary.tables.kind === undefined ? undefined : kindTable(random, kind),
  }
}

/** Only what differs from the platform. */
export function fieldsOf({ vocabulary, names, time }: Source): Record<string, unknown> {
  const { tables, category, withoutAddress } = vocabulary
  const differs = names !== vocabulary.names
  return {
    ...(differs && { externalId: names.number, title: names.title, text: names.text }),
    ...(differs && withoutAddress !== true && { 'location.address': names.address }),
    ...((differs || category === 'canonical') && {
      category: { from: names.category, codes: tables.category },
      sourceCategory: names.category,
    }),
    ...(differs && tables.kind !== undefined && { kind: { from: names.kind, codes: tables.kind } }),
    ...((differs || time !== vocabulary.time) && {
      submittedAt: { from: names.at, as: { reader: 'datetime', format: time.format } },
    }),
  }
}

/** The channel's own tables, over those of its platform. */
export function codesOf({ vocabulary, categories, kinds }: Source): Record<string, unknown> {
  const { tables, category } = vocabulary
  const own = category === 'canonical' ? { otherwise: 'quarantine' } : {}
  return {
    [tables.category]: { ...own, table: categories.table },
    ...(tables.kind !== undefined && kinds !== undefined && { [tables.kind]: { table: kinds.table } }),
  }
}

export function recordOf({ vocabulary, names, time, categories, kinds }: Source, making: Making): object {
  const { fixed, numbers, withoutAddress } = vocabulary
  return nested(fixed, [
    [names.number, numbers === 'id' ? Number(making.externalId) : making.externalId],
    [names.title, making.title],
    [names.text, making.content],
    [names.category, categories.code],
    ...(kinds === undefined ? [] : [[names.kind, kinds.code] as const]),
    [names.at, time.write(making.submittedAt)],
    ...(withoutAddress === true ? [] : [[names.address, making.address] as const]),
  ])
}

function nested(
  fixed: Vocabulary['fixed'],
  entries: readonly (readonly [string, unknown])[],
): Record<string, unknown> {
  const record: Record<string, unknown> = { ...fixed }
  for (const [path, value] of entries) {
    const [head = '', rest] = path.split('.', 2)
    if (rest === undefined) record[head] = value
    else record[head] = { ...(record[head] as object | undefined), [rest]: value }
  }
  return record
}
