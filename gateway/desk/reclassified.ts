/** What clerks' later re-classification says about a channel's table: of 40 cases that came in as 0419, 37 were moved to 020301. */
import Type, { type Static } from 'typebox'
import type { Mapping } from '../../schemas/mapping.ts'
import type { Deps } from '../deps.ts'
import { readDefinition } from './definition.ts'

const Count = Type.Integer({ minimum: 0 })

export const Reclassification = Type.Object({
  channel: Type.String(),
  /** The source's own code. */
  value: Type.String(),
  table: Type.Union([Type.String(), Type.Null()], {
    description: 'Where a row would stand; null where the category is not read through a table',
  }),
  cases: Type.Integer({ minimum: 1, description: 'That came in with this code' }),
  from: Type.Union([Type.String(), Type.Null()], { description: 'What the table made of it' }),
  to: Type.String(),
  moved: Count,
  share: Type.Number({ minimum: 0, maximum: 1 }),
  words: Type.String(),
})
export type Reclassification = Static<typeof Reclassification>

interface MovedRow {
  readonly channel: string
  readonly value: string
  readonly from: string | null
  readonly to: string
  readonly cases: number
  readonly moved: number
}

export interface ReclassificationOptions {
  readonly channel?: string | undefined
  /** Cases below which a share says nothing. */
  readonly least: number
  readonly share: number
  readonly limit: number
}

/** Of each source code the category that most of its cases have now, where a clerk gave it and the table says another. */
export async function proposeReclassifications(
  deps: Pick<Deps, 'db' | 'catalog'>,
  { channel, least, share, limit }: ReclassificationOptions,
): Promise<Reclassification[]> {
  const rows = await deps.db.sql<MovedRow[]>`
    with told as (
      select distinct p.channel_id, p.working ->> 'sourceCategory' as value, p.working ->> 'category' as came, c.id, c.category as now,
        exists (select 1 from case_events e where e.case_id = c.id and e.content ->> 'category' = c.category) as by_clerk
      from reports p join cases c on c.id = p.case_id
      where (${channel ?? null}::text is null or p.channel_id = ${channel ?? null}) and p.working ->> 'sourceCategory' is not null
    ), totals as (select channel_id, value, came, count(*)::int as cases from told group by 1, 2, 3),
    moved as (
      select channel_id, value, came, now, count(*)::int as moved, row_number() over (partition by channel_id, value, came order by count(*) desc, now) as place
      from told where by_clerk and now is distinct from came group by 1, 2, 3, 4
    )
    select t.channel_id as channel, t.value, t.came as "from", m.now as "to", t.cases, m.moved
    from totals t join moved m on m.channel_id = t.channel_id and m.value = t.value and m.came is not distinct from t.came and m.place = 1
    where t.cases >= ${least} and m.moved >= ${share}::float8 * t.cases order by m.moved desc, t.channel_id, t.value limit ${limit}`
  const tables = new Map<string, string | null>()
  for (const { channel: id } of rows)
    if (!tables.has(id)) tables.set(id, categoryTable(await readDefinition(deps.db.sql, id)))
  const nameOf = (code: string) => `${code} ${deps.catalog.codes.categories.get(code)?.zh ?? ''}`.trim()
  return rows.map((row) => ({
    ...row,
    table: tables.get(row.channel) ?? null,
    share: row.moved / row.cases,
    words: `Of ${row.cases} cases that came in as ${row.value}, ${row.moved} were moved to ${nameOf(row.to)}.`,
  }))
}

/** The table that the category of reports is read through. */
function categoryTable({ feeds }: Mapping): string | null {
  for (const { forward } of Object.values(feeds))
    for (const rule of forward) {
      const field = rule.into === 'report' ? rule.fields['category'] : undefined
      if (typeof field === 'object' && typeof field.codes === 'string') return field.codes
    }
  return null
}
