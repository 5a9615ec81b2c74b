/** Published versions: each immutable, numbered from 1 in its channel, with author, time and note. */
import type { Channel } from '../../schemas/channel.ts'
import type { Mapping } from '../../schemas/mapping.ts'
import type { Tried } from '../../schemas/channel-life.ts'
import type { Sql, Tx } from '../store/client.ts'
import { GatewayError } from '../telemetry/errors.ts'
import type { MergedChannel } from './runtime.ts'

/** How a version came about. */
export type Origin = 'file' | 'draft' | 'rollback' | 'value' | 'state' | 'owner' | 'platform'

export interface NewVersion {
  readonly merged: MergedChannel
  readonly text: string
  readonly by: string
  readonly note: string
  readonly origin: Origin
  readonly tried?: Tried | undefined
  /** The version that the author looked at: where another was published since, nothing is. */
  readonly onto?: number | null | undefined
  /** Of the file that the text was taken from. */
  readonly fileSha256?: string | undefined
  readonly now: Date
}

export interface PublishedVersion {
  readonly channel: string
  readonly version: number
  readonly mapping: string
  /** False where the text and so the version is as before. */
  readonly changed: boolean
}

/** Holds a channel, also one that has no row yet, until the commit. */
export async function holdChannel(tx: Tx, channelId: string): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended(${`channel ${channelId}`}, 0))`
}

interface CurrentRow {
  readonly version: number
  readonly text: string
  readonly author: string
}

async function currentOf(tx: Tx, channelId: string): Promise<CurrentRow | undefined> {
  const [row] = await tx<CurrentRow[]>`
    select c.version, coalesce(v.text, '') as text, coalesce(v.author, '') as author from channels c
    left join channel_versions v on v.channel_id = c.id and v.number = c.version where c.id = ${channelId}`
  return row
}

function checkOnto(request: NewVersion, current: CurrentRow | undefined): void {
  const { onto, merged } = request
  if (onto === undefined || onto === (current?.version ?? null)) return
  const channel = merged.file.channel
  if (current === undefined)
    throw new GatewayError(
      'channel.changed',
      `Channel ${channel} has no published version, so nothing can be published onto version ${onto}.`,
      { context: { channel } },
    )
  throw new GatewayError(
    'channel.changed',
    `Version ${current.version} of channel ${channel} was published by ${current.author} after this was begun${onto === null ? '' : ` (on version ${onto})`}. Look at the difference (\`guiyi channel diff ${channel} published draft\`), take over what is missing, save the draft onto version ${current.version}, and publish again.`,
    { context: { channel }, extra: { version: current.version } },
  )
}

/** Writes a version and makes it the channel's own, in the caller's transaction. Throws `channel.changed`. */
export async function insertVersion(tx: Tx, request: NewVersion): Promise<PublishedVersion> {
  const { merged, text, by, note, origin, now } = request
  const { file, definition, mappingVersion } = merged
  const channel = file.channel
  await holdChannel(tx, channel)
  const current = await currentOf(tx, channel)
  checkOnto(request, current)
  await tx`
    insert into mapping_versions (id, channel_id, platform, definition, author, note, published_at)
    values (${mappingVersion}, ${channel}, ${file.platform}, ${tx.json(definition as never)}, ${by}, ${note}, ${now}) on conflict (id) do nothing`
  const [latest] = await tx<{ number: number }[]>`
    select coalesce(max(number), 0)::int as number from channel_versions where channel_id = ${channel}`
  const number = (latest?.number ?? 0) + 1
  await tx`update channel_versions set state = 'retired', retired_at = ${now} where channel_id = ${channel} and state = 'published'`
  await tx`
    insert into channel_versions (channel_id, number, text, mapping_version, state, origin, author, note, published_at, tried)
    values (${channel}, ${number}, ${text}, ${mappingVersion}, 'published', ${origin}, ${by}, ${note}, ${now},
      ${request.tried === undefined ? null : tx.json(request.tried)})`
  await tx`
    insert into channels as c (id, platform, state, file, mapping_version, version, revision, file_sha256, updated_at)
    values (${channel}, ${file.platform}, ${file.state ?? 'live'}, ${tx.json(file as never)}, ${mappingVersion}, ${number}, 1, ${request.fileSha256 ?? null}, ${now})
    on conflict (id) do update set platform = excluded.platform, state = excluded.state, file = excluded.file, mapping_version = excluded.mapping_version,
      version = excluded.version, revision = c.revision + 1, file_sha256 = coalesce(excluded.file_sha256, c.file_sha256), updated_at = excluded.updated_at`
  return { channel, version: number, mapping: mappingVersion, changed: true }
}

/** Some megabytes of definitions in one statement. */
const atOnce = 25

/**
 * As `insertVersion` for channels that have none, in a few statements: a first start takes over some hundred. What somebody else
 * published since it was looked stays; the next start says that the file differs.
 */
export async function insertFirstVersions(tx: Tx, requests: readonly NewVersion[]): Promise<void> {
  for (let from = 0; from < requests.length; from += atOnce) {
    const part = requests.slice(from, from + atOnce)
    const ids = part.map(({ merged }) => merged.file.channel)
    await tx`
      select pg_advisory_xact_lock(hashtextextended('channel ' || id, 0)) from (select id from unnest(${ids}::text[]) as t(id) order by id) as ordered`
    const taken = await tx<{ id: string }[]>`select id from channels where id = any(${ids})`
    const isTaken = new Set(taken.map(({ id }) => id))
    await insertFirst(
      tx,
      part.filter(({ merged }) => !isTaken.has(merged.file.channel)),
    )
  }
}

async function insertFirst(tx: Tx, requests: readonly NewVersion[]): Promise<void> {
  const rows = requests.map(({ merged, text, by, note, origin, fileSha256, now }) => {
    const { file, definition, mappingVersion: mapping } = merged
    const { channel: id, platform, state = 'live' } = file
    return {
      id,
      platform,
      state,
      file,
      definition,
      mapping,
      text,
      by,
      note,
      origin,
      sha: fileSha256,
      at: now,
    }
  })
  const json = JSON.stringify(rows)
  const columns = tx`id text, platform text, state text, file jsonb, definition jsonb, mapping text, text text, by text, note text, origin text, sha text, at timestamptz`
  await tx`
    insert into mapping_versions (id, channel_id, platform, definition, author, note, published_at)
    select mapping, id, platform, definition, by, note, at from json_to_recordset(${json}::text::json) as r(${columns}) on conflict (id) do nothing`
  await tx`
    insert into channel_versions (channel_id, number, text, mapping_version, state, origin, author, note, published_at)
    select id, 1, text, mapping, 'published', origin, by, note, at from json_to_recordset(${json}::text::json) as r(${columns})`
  await tx`
    insert into channels (id, platform, state, file, mapping_version, version, revision, file_sha256, updated_at)
    select id, platform, state, file, mapping, 1, 1, sha, at from json_to_recordset(${json}::text::json) as r(${columns})`
}

export interface VersionInfo {
  readonly number: number
  readonly state: 'published' | 'retired'
  readonly mapping: string
  readonly origin: Origin
  readonly author: string
  readonly note: string
  readonly publishedAt: Date
  readonly retiredAt: Date | null
  readonly tried: Tried | null
}

/** Newest first. */
export async function listVersions(sql: Sql, channelId: string, limit: number): Promise<VersionInfo[]> {
  return await sql<VersionInfo[]>`
    select number, state, mapping_version as mapping, origin, author, note, published_at as "publishedAt", retired_at as "retiredAt", tried
    from channel_versions where channel_id = ${channelId} order by number desc limit ${limit}`
}

export interface StoredVersion extends VersionInfo {
  readonly text: string
}

/** Throws `channel.version-unknown`. */
export async function readVersion(
  sql: Sql | Tx,
  channelId: string,
  number: number | 'published',
): Promise<StoredVersion> {
  const wanted = number === 'published' ? null : number
  const [row] = await sql<StoredVersion[]>`
    select number, state, mapping_version as mapping, origin, author, note, published_at as "publishedAt", retired_at as "retiredAt", tried, text
    from channel_versions where channel_id = ${channelId} and (number = ${wanted}::int or (${wanted}::int is null and state = 'published'))`
  if (row !== undefined) return row
  throw new GatewayError(
    'channel.version-unknown',
    number === 'published'
      ? `Channel ${channelId} has no published version. \`guiyi channel list\` shows the channels.`
      : `Channel ${channelId} has no version ${number}. \`guiyi channel versions ${channelId}\` shows those there are.`,
    { context: { channel: channelId } },
  )
}

/** What a process needs to run each channel, or those that changed since it looked. */
export interface ChannelRow {
  readonly id: string
  readonly revision: number
  readonly file: Channel
  readonly mapping_version: string
  readonly definition: Mapping
}

export async function readRevisions(sql: Sql): Promise<Map<string, number>> {
  const rows = await sql<
    { id: string; revision: number }[]
  >`select id, revision::int as revision from channels`
  return new Map(rows.map(({ id, revision }) => [id, revision]))
}

/** Definitions that the caller has are not read again: of 148 channels they are most of what a start would read. */
export async function readChannelRows(
  sql: Sql,
  ids: readonly string[],
  known: ReadonlyMap<string, Mapping>,
): Promise<ChannelRow[]> {
  const rows = await sql<Omit<ChannelRow, 'definition'>[]>`
    select id, revision::int as revision, file, mapping_version from channels where id = any(${ids as string[]})`
  const unknown = rows.flatMap(({ mapping_version: version }) => (known.has(version) ? [] : [version]))
  const read =
    unknown.length === 0
      ? []
      : await sql<{ id: string; definition: Mapping }[]>`
          select id, definition from mapping_versions where id = any(${unknown})`
  const definitions = new Map([...known, ...read.map(({ id, definition }) => [id, definition] as const)])
  return rows.flatMap((row) => {
    const definition = definitions.get(row.mapping_version)
    return definition === undefined ? [] : { ...row, definition }
  })
}
