/** Drafts: at most one of each channel, saved whole. Who saves over what another saved meanwhile is told. */
import type { Tried } from '../../schemas/channel-life.ts'
import type { Deps } from '../deps.ts'
import { GatewayError } from '../telemetry/errors.ts'
import { readChannelText } from './channel-text.ts'
import { holdChannel } from './versions.ts'

export interface Draft {
  readonly channel: string
  readonly text: string
  /** Grows with each save. */
  readonly edition: number
  /** The published version that it goes over; null for a new channel. */
  readonly basedOn: number | null
  readonly author: string
  readonly updatedAt: Date
  /** What its trial showed; null since it was changed. */
  readonly tried: Tried | null
}

type DraftDeps = Pick<Deps, 'db' | 'now'>

/** The draft, or null where there is none. */
export async function findDraft({ db }: Pick<Deps, 'db'>, channel: string): Promise<Draft | null> {
  const [row] = await db.sql<Draft[]>`
    select channel_id as channel, text, edition, based_on as "basedOn", author, updated_at as "updatedAt", tried from channel_drafts where channel_id = ${channel}`
  return row ?? null
}

/** Throws `channel.draft-unknown`. */
export async function readDraft(deps: Pick<Deps, 'db'>, channel: string): Promise<Draft> {
  const draft = await findDraft(deps, channel)
  if (draft !== null) return draft
  throw new GatewayError(
    'channel.draft-unknown',
    `Channel ${channel} has no draft. Save one first: \`guiyi channel import FILE\`.`,
    { context: { channel } },
  )
}

const changed = (channel: string, found: Pick<Draft, 'edition' | 'author'>, edition: number | null) =>
  new GatewayError(
    'channel.draft-changed',
    `The draft of ${channel} is at edition ${found.edition}, saved by ${found.author}${edition === null ? '; you meant to begin a new one' : `, and you changed edition ${edition}`}. Nothing was saved. Read the newer edition, take over what is missing, and save onto ${found.edition}.`,
    { context: { channel }, extra: { edition: found.edition, author: found.author } },
  )

/**
 * Saves a draft. `edition`: the one that was changed, null for a new draft. The text must read as a channel of that name; it
 * need not compile yet. Throws MappingDefinitionError, `channel.draft-changed`.
 */
export async function saveDraft(
  deps: DraftDeps,
  draft: { channel: string; text: string; by: string; edition: number | null; onto?: number | undefined },
): Promise<Draft> {
  const { channel, text, by, edition } = draft
  readChannelText(text, `draft of ${channel}`, channel)
  return await deps.db.transaction(async (tx) => {
    await holdChannel(tx, channel)
    const [found] = await tx<
      Draft[]
    >`select edition, author, based_on as "basedOn" from channel_drafts where channel_id = ${channel}`
    if (found !== undefined && found.edition !== edition) throw changed(channel, found, edition)
    if (found === undefined && edition !== null)
      throw new GatewayError(
        'channel.draft-changed',
        `The draft of ${channel} that you changed is not there any more: it was published or thrown away. Begin anew from the published version.`,
        { context: { channel } },
      )
    const [published] = await tx<{ version: number }[]>`select version from channels where id = ${channel}`
    const basedOn = draft.onto ?? found?.basedOn ?? published?.version ?? null
    const [row] = await tx<Draft[]>`
      insert into channel_drafts as d (channel_id, text, edition, based_on, author, updated_at)
      values (${channel}, ${text}, 1, ${basedOn}, ${by}, ${deps.now()})
      on conflict (channel_id) do update set text = excluded.text, edition = d.edition + 1, based_on = excluded.based_on, author = excluded.author,
        updated_at = excluded.updated_at, tried = null
      returning channel_id as channel, text, edition, based_on as "basedOn", author, updated_at as "updatedAt", tried`
    return row as Draft
  })
}

/** Keeps what a trial showed, where the draft is still the one that was tried. */
export async function keepTrial(
  { db }: Pick<Deps, 'db'>,
  { channel, edition }: Pick<Draft, 'channel' | 'edition'>,
  tried: Tried,
): Promise<void> {
  await db.sql`
    update channel_drafts set tried = ${db.sql.json(tried)} where channel_id = ${channel} and edition = ${edition}`
}

/** Throws `channel.draft-unknown`, `channel.draft-changed`. */
export async function dropDraft(
  deps: DraftDeps,
  { channel, edition }: { channel: string; edition: number },
): Promise<void> {
  const draft = await readDraft(deps, channel)
  const dropped = await deps.db
    .sql`delete from channel_drafts where channel_id = ${channel} and edition = ${edition} returning 1`
  if (dropped.length === 0) throw changed(channel, draft, edition)
}
