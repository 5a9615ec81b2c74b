/** Coverage 覆盖: which source values of a channel go where, and which canonical places get nothing. */
import Type, { type Static, type TSchema } from 'typebox'
import type { FeedMapping, Field, Mapping } from '../../schemas/mapping.ts'
import { ReportContent } from '../../schemas/report.ts'
import type { Deps } from '../deps.ts'
import type { ReferenceCodes } from '../mapping/reference.ts'
import { isObject } from '../mapping/value.ts'
import { readDefinition } from './definition.ts'

const Count = Type.Integer({ minimum: 0 })

export const Coverage = Type.Object(
  {
    channel: Type.String(),
    feeds: Type.Array(
      Type.Object({
        feed: Type.String(),
        mapped: Type.Array(Type.Object({ target: Type.String(), from: Type.String() })),
        empty: Type.Array(Type.String(), { description: 'Canonical fields of a report that get nothing' }),
      }),
    ),
    tables: Type.Array(
      Type.Object({
        table: Type.String(),
        targets: Type.Array(Type.String()),
        otherwise: Type.String(),
        rows: Type.Record(Type.String(), Type.String()),
        unmapped: Type.Array(Type.Object({ value: Type.String(), count: Count }), {
          description: 'Sent, but in no row',
        }),
      }),
    ),
    categories: Type.Array(
      Type.Object({
        code: Type.String(),
        name: Type.String(),
        from: Type.Array(Type.String(), { description: 'Source codes that go there; none: nothing does' }),
        reports: Count,
      }),
    ),
  },
  { description: '渠道映射覆盖情况' },
)
export type Coverage = Static<typeof Coverage>

/** Throws `channel.unknown`. */
export async function readCoverage(deps: Pick<Deps, 'db' | 'catalog'>, channel: string): Promise<Coverage> {
  const definition = await readDefinition(deps.db.sql, channel)
  const [unmapped, reports] = await Promise.all([
    deps.db.sql<{ table: string; value: string; count: number }[]>`
      select table_name as "table", value, count from unknown_values where channel_id = ${channel} order by count desc limit 500`,
    deps.db.sql<{ category: string | null; count: number }[]>`
      select working ->> 'category' as category, count(*)::int as count from reports where channel_id = ${channel} group by 1`,
  ])
  const uses = usesOf(definition)
  return {
    channel,
    feeds: Object.entries(definition.feeds).map(([feed, mapping]) => feedCoverage(feed, mapping)),
    tables: Object.entries(definition.codes ?? {}).map(([table, { otherwise, table: rows }]) => ({
      table,
      targets: [...(uses.get(table) ?? [])],
      otherwise,
      rows,
      unmapped: unmapped.filter((row) => row.table === table).map(({ value, count }) => ({ value, count })),
    })),
    categories: categoryCoverage(definition, {
      codes: deps.catalog.codes,
      uses,
      reports: new Map(reports.map(({ category, count }) => [category ?? '', count])),
    }),
  }
}

const reportFields = (feed: FeedMapping) =>
  feed.forward.flatMap((rule) => (rule.into === 'report' ? Object.entries(rule.fields) : []))

const tableOf = (field: Field): string | undefined => {
  const codes: unknown = typeof field === 'string' ? undefined : field.codes
  return typeof codes === 'string'
    ? codes
    : isObject(codes) && typeof codes['table'] === 'string'
      ? codes['table']
      : undefined
}

function usesOf({ feeds }: Mapping): Map<string, Set<string>> {
  const uses = new Map<string, Set<string>>()
  for (const feed of Object.values(feeds))
    for (const [target, field] of reportFields(feed)) {
      const table = tableOf(field)
      if (table !== undefined) uses.set(table, (uses.get(table) ?? new Set()).add(target))
    }
  return uses
}

function feedCoverage(feed: string, mapping: FeedMapping): Coverage['feeds'][number] {
  const mapped = reportFields(mapping).map(([target, field]) => ({ target, from: sourceOf(field) }))
  const targets = mapped.map(({ target }) => target.replaceAll(/\[[^\]]*\]/g, ''))
  const isMapped = (leaf: string) =>
    targets.some(
      (target) => target === leaf || target.startsWith(`${leaf}.`) || leaf.startsWith(`${target}.`),
    )
  const hasReports = mapped.length > 0
  return { feed, mapped, empty: hasReports ? canonicalLeaves.filter((leaf) => !isMapped(leaf)) : [] }
}

function sourceOf(field: Field): string {
  if (typeof field === 'string') return field
  if (field.from !== undefined) return [field.from].flat().join(' | ')
  if (field.value !== undefined) return JSON.stringify(field.value)
  return field.cel === undefined ? 'several' : `cel ${field.cel}`
}

/** Paths of the report's own leaves; what is below lists and free records is counted as one. */
const canonicalLeaves: readonly string[] = leavesOf(ReportContent, '')

function leavesOf(schema: TSchema, at: string): string[] {
  const properties: unknown = 'properties' in schema ? schema.properties : undefined
  if (!isObject(properties)) return [at]
  return Object.entries(properties).flatMap(([name, child]) =>
    leavesOf(child as TSchema, at === '' ? name : `${at}.${name}`),
  )
}

function categoryCoverage(
  definition: Mapping,
  {
    codes,
    uses,
    reports,
  }: { codes: ReferenceCodes; uses: Map<string, Set<string>>; reports: Map<string, number> },
): Coverage['categories'] {
  const rows = Object.entries(definition.codes ?? {})
    .filter(([table]) => uses.get(table)?.has('category') === true)
    .flatMap(([, { table }]) => Object.entries(table))
  return [...codes.categories.values()]
    .filter(({ level }) => level === 3)
    .map(({ code, zh }) => ({
      code,
      name: zh,
      from: rows.flatMap(([source, to]) => (to === code ? [source] : [])),
      reports: reports.get(code) ?? 0,
    }))
}
