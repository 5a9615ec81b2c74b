import type { Database } from '../store/client.ts'
import type { LoadedCatalog } from './load-catalog.ts'

/** Records channels and their mapping versions. A version's row never changes; a changed definition is another version. */
export async function publishCatalog(db: Database, catalog: LoadedCatalog, now: Date): Promise<void> {
  const channels = catalog.all()
  if (channels.length === 0) return
  const versions = channels.map((channel) => ({
    id: channel.mappingVersion,
    channel_id: channel.id,
    platform: channel.platform,
    definition: catalog.definitions.get(channel.id),
    author: 'file',
    note: `mappings/channels/${channel.id}.yaml`,
    published_at: now,
  }))
  const rows = channels.map((channel) => ({
    id: channel.id,
    platform: channel.platform,
    state: channel.state,
    file: channel.file,
    mapping_version: channel.mappingVersion,
    updated_at: now,
  }))
  await db.transaction(async (tx) => {
    await tx`
      insert into mapping_versions (id, channel_id, platform, definition, author, note, published_at)
      select * from json_to_recordset(${JSON.stringify(versions)}::text::json) as r(id text, channel_id text, platform text, definition jsonb, author text, note text, published_at timestamptz)
      order by id on conflict (id) do nothing`
    await tx`
      insert into channels as c (id, platform, state, file, mapping_version, updated_at)
      select * from json_to_recordset(${JSON.stringify(rows)}::text::json) as r(id text, platform text, state text, file jsonb, mapping_version text, updated_at timestamptz)
      order by id
      on conflict (id) do update set platform = excluded.platform, state = excluded.state, file = excluded.file, mapping_version = excluded.mapping_version, updated_at = excluded.updated_at
      where c.file is distinct from excluded.file or c.mapping_version is distinct from excluded.mapping_version`
  })
}
