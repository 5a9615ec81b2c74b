/** The queue of what no mapping knows: values without a row, fields never seen before, messages nobody handles. */
import type { Replay } from '../../schemas/replay.ts'
import { addToListInText, setInText } from '../catalog/edit-text.ts'
import { publishEdited, type Published } from '../catalog/publish.ts'
import type { Deps } from '../deps.ts'
import { startReplay } from '../intake/replay/start.ts'
import { suggestion } from '../mapping/definition-error.ts'
import { NEW_FIELDS } from '../mapping/code-table.ts'
import { notShown } from '../mapping/value.ts'
import { GatewayError } from '../telemetry/errors.ts'
import { readDefinition } from './definition.ts'

export interface UnknownValueRow {
  readonly channel: string
  /** A code table; `fields` for new fields, `rules` for records that no rule takes. */
  readonly table: string
  readonly value: string
  readonly count: number
  readonly firstAt: Date
  readonly lastAt: Date
  /** Records that hold it: the first, at most five. */
  readonly examples: readonly string[]
  /** Quarantined records that it keeps there. */
  readonly blocks: number
}

/** Those that block most first. What was settled is out of sight until it is seen again. */
export async function listUnknownValues(
  { db }: Pick<Deps, 'db'>,
  { channel = null, limit }: { channel?: string | null | undefined; limit: number },
): Promise<UnknownValueRow[]> {
  return await db.sql<UnknownValueRow[]>`
    select u.channel_id as channel, u.table_name as "table", u.value, u.count, u.first_at as "firstAt", u.last_at as "lastAt",
      coalesce(u.examples, array[u.record_id]) as examples, coalesce(b.blocks, 0)::int as blocks
    from unknown_values u left join (
      select r.channel_id, what, count(*) as blocks from records r, unnest(r.blocked_by) as what
      where r."end" = 'quarantined' and (${channel}::text is null or r.channel_id = ${channel}) group by 1, 2
    ) b on b.channel_id = u.channel_id and b.what = u.table_name || ' ' || u.value
    where (${channel}::text is null or u.channel_id = ${channel}) and (u.settled_at is null or u.last_at > u.settled_at)
    order by coalesce(b.blocks, 0) desc, u.count desc, u.channel_id, u.table_name, u.value limit ${limit}`
}

export interface ValueDecision {
  readonly channel: string
  readonly table: string
  readonly value: string
  readonly by: string
  readonly note?: string | undefined
}

export interface SettledValue {
  readonly published: Published
  /** Of the records that the value kept in quarantine; null where there were none. */
  readonly replay: Replay | null
}

async function requireSeen(
  { db }: Pick<Deps, 'db'>,
  { channel, table, value }: ValueDecision,
): Promise<void> {
  const [row] = await db.sql`
    select 1 from unknown_values where channel_id = ${channel} and table_name = ${table} and value = ${value}`
  if (row === undefined)
    throw new GatewayError(
      'mapping.value',
      `Channel ${channel} never sent ${table} "${value}" as an unknown value. \`guiyi value list --channel ${channel}\` shows those it did.`,
      { context: { channel } },
    )
}

const settle = (decision: ValueDecision, as: string, now: Date) => async (sql: Deps['db']['sql']) =>
  await sql`
    update unknown_values set settled_at = greatest(${now}::timestamptz, last_at), settled_by = ${decision.by}, settled_as = ${as}
    where channel_id = ${decision.channel} and table_name = ${decision.table} and value = ${decision.value}`

/**
 * One step: a row in the channel's table, published, and the records replayed that waited for it. Throws `mapping.value`, and
 * what publishing throws (an unknown canonical code is refused there).
 */
export async function mapValue(
  deps: Deps,
  decision: ValueDecision & { readonly code: string },
): Promise<SettledValue> {
  const { channel, table, value, code, by } = decision
  deps.catalog.channel(channel)
  await requireMappable(deps, decision)
  const note = decision.note ?? `${table} ${value} → ${code}`
  const published = await publishEdited(deps, { channel, by, note, origin: 'value' }, (text) =>
    setInText(text, ['codes', table, 'table', value], code),
  )
  await settle(decision, code, deps.now())(deps.db.sql)
  return { published, replay: await replayBlocked(deps, decision, note) }
}

async function requireMappable(deps: Deps, decision: ValueDecision): Promise<void> {
  const { channel, table, value } = decision
  const { codes = {} } = await readDefinition(deps.db.sql, channel)
  const tables = Object.keys(codes)
  if (!tables.includes(table))
    throw new GatewayError(
      'mapping.value',
      table.startsWith('$')
        ? `"${table}" is reference data, not a table of channel ${channel}. Add the value as an alias in mappings/codes.`
        : `Channel ${channel} has no code table "${table}".${suggestion(table, tables)} A new field is put aside or mapped in a draft, not in a table.`,
      { context: { channel } },
    )
  if (value === notShown)
    throw new GatewayError(
      'mapping.value',
      'The value was not kept because it looks like personal information. Look at the receipt (`guiyi receipt body`) and mend the mapping in a draft.',
    )
  // A row that is there may be changed: clerks' corrections propose that.
  if (codes[table]?.table[value] === undefined) await requireSeen(deps, decision)
}

async function replayBlocked(deps: Deps, decision: ValueDecision, note: string): Promise<Replay | null> {
  const { channel, table, value, by } = decision
  const [row] = await deps.db.sql`
    select 1 from records where channel_id = ${channel} and "end" = 'quarantined' and blocked_by @> array[${`${table} ${value}`}] limit 1`
  if (row === undefined) return null
  return await startReplay(deps, { channel, select: { blockedBy: { table, value } }, by, note })
}

/** Known and not used: a new field goes into `ignores` of the feed that it came by; another value is only put aside. */
export async function ignoreValue(deps: Deps, decision: ValueDecision): Promise<Published | null> {
  const { channel, table, value, by, note } = decision
  deps.catalog.channel(channel)
  await requireSeen(deps, decision)
  let published: Published | null = null
  if (table === NEW_FIELDS) {
    const feeds = await feedsOf(deps, decision)
    published = await publishEdited(
      deps,
      { channel, by, note: note ?? `${value} is not used`, origin: 'value' },
      (text) =>
        feeds.reduce((edited, feed) => addToListInText(edited, ['feeds', feed, 'ignores'], value), text),
    )
  }
  await settle(decision, 'ignored', deps.now())(deps.db.sql)
  return published
}

async function feedsOf(
  { db }: Pick<Deps, 'db'>,
  { channel, table, value }: ValueDecision,
): Promise<string[]> {
  const rows = await db.sql<{ feed: string }[]>`
    select distinct r.feed from unknown_values u join records r on r.id = u.record_id or r.id = any(u.examples)
    where u.channel_id = ${channel} and u.table_name = ${table} and u.value = ${value}`
  return rows.map(({ feed }) => feed)
}
