import type { Channel, ChannelState } from '../../schemas/channel.ts'
import type { Deps } from '../deps.ts'

/** One line of the list of channels. */
export interface ChannelLine {
  readonly channel: string
  readonly name: string
  readonly platform: string
  readonly state: ChannelState
  readonly owner: Channel['owner'] | null
  /** Null for one that only has a draft yet. */
  readonly version: number | null
  readonly mapping: string | null
  readonly updatedAt: Date
  /** Edition of the draft and who saved it; null where there is none. */
  readonly draft: { readonly edition: number; readonly author: string } | null
  readonly problem: string | null
}

interface Row {
  readonly id: string
  readonly state: ChannelState | null
  readonly file: Channel | null
  readonly mapping_version: string | null
  readonly version: number | null
  readonly updated_at: Date
  readonly edition: number | null
  readonly author: string | null
}

/** Every channel that is published or has a draft. */
export async function listChannels({ db, catalog }: Pick<Deps, 'db' | 'catalog'>): Promise<ChannelLine[]> {
  const rows = await db.sql<Row[]>`
    select coalesce(c.id, d.channel_id) as id, c.state, c.file, c.mapping_version, c.version, coalesce(c.updated_at, d.updated_at) as updated_at, d.edition, d.author
    from channels c full join channel_drafts d on d.channel_id = c.id order by 1`
  const problems = new Map(catalog.problems().map(({ channelId, detail }) => [channelId, detail]))
  return rows.map((row) => ({
    channel: row.id,
    name: row.file?.name.zh ?? '',
    platform: row.file?.platform ?? '',
    state: row.state ?? 'draft',
    owner: row.file?.owner ?? null,
    version: row.version,
    mapping: row.mapping_version,
    updatedAt: row.updated_at,
    draft: row.edition === null || row.author === null ? null : { edition: row.edition, author: row.author },
    problem: problems.get(row.id) ?? null,
  }))
}
