/** Publishing: a draft, an older version again, or a small change that a person made in one step. */
import type { Deps } from '../deps.ts'
import { failedExamples, type FailedExample } from '../mapping/examples.ts'
import type { Tx } from '../store/client.ts'
import { GatewayError } from '../telemetry/errors.ts'
import { mergeChannelText, readChannelText } from './channel-text.ts'
import { readDraft } from './drafts.ts'
import type { MergedChannel } from './runtime.ts'
import {
  insertVersion,
  readVersion,
  type NewVersion,
  type Origin,
  type PublishedVersion,
} from './versions.ts'

export type CatalogDeps = Pick<Deps, 'db' | 'catalog' | 'signals' | 'now' | 'log'>

export interface Published extends PublishedVersion {
  /** Secrets that its settings name and this process does not have. */
  readonly missingSecrets: readonly string[]
}

/** A text that could be published: compiled, its settings looked at, its examples run. */
export interface CheckedText {
  readonly merged: MergedChannel
  readonly missingSecrets: readonly string[]
  readonly examples: number
  readonly failed: readonly FailedExample[]
}

/** Throws MappingDefinitionError for a text that cannot be used, `mapping.invalid` for settings that cannot. */
export function checkText(
  { catalog }: Pick<Deps, 'catalog'>,
  text: string,
  { name, channel }: { name: string; channel?: string },
): CheckedText {
  const source = readChannelText(text, name, channel)
  const merged = mergeChannelText(source, catalog)
  const failed = failedExamples(merged.mapping, source.examples)
  return { merged, ...checkSettings(catalog, merged), examples: source.examples.length, failed }
}

function checkSettings(
  catalog: Deps['catalog'],
  merged: MergedChannel,
): { missingSecrets: readonly string[] } {
  try {
    return catalog.check(merged)
  } catch (cause) {
    throw new GatewayError(
      'mapping.invalid',
      `Channel ${merged.file.channel}: ${cause instanceof Error ? cause.message : 'its settings cannot be used'}`,
      { cause },
    )
  }
}

function refuseFailed(channel: string, { failed }: CheckedText): void {
  const [first] = failed
  if (first === undefined) return
  const words = (value: unknown) => JSON.stringify(value)?.slice(0, 600) ?? 'nothing'
  throw new GatewayError(
    'channel.examples',
    `${failed.length === 1 ? 'An example' : `${failed.length} examples`} of channel ${channel} fail${failed.length === 1 ? 's' : ''}, so it was not published. "${first.about}": expected ${words(first.expected)}, made ${words(first.actual)}. Correct the mapping, or the example.`,
    { context: { channel }, extra: { failed: failed.slice(0, 20) } },
  )
}

type Request = Omit<NewVersion, 'merged' | 'now'> & { readonly channel: string }

/**
 * Publishes a text. Every process works by it within a second; what is under way ends on the version it began with. Throws
 * MappingDefinitionError, `mapping.invalid`, `channel.examples`, `channel.changed`. `within` runs in the same commit.
 */
export async function publishText(
  deps: CatalogDeps,
  request: Request,
  within?: (tx: Tx, version: PublishedVersion) => Promise<void>,
): Promise<Published> {
  const { channel, ...version } = request
  const checked = checkText(deps, request.text, { name: `channel ${channel}`, channel })
  refuseFailed(channel, checked)
  const published = await deps.db.transaction(async (tx) => {
    const inserted = await insertVersion(tx, { ...version, merged: checked.merged, now: deps.now() })
    await within?.(tx, inserted)
    return inserted
  })
  deps.signals.wake('catalog')
  await deps.catalog.reload()
  deps.log.info({
    event: 'channel.published',
    channel,
    version: published.version,
    mapping: published.mapping,
    origin: request.origin,
  })
  return { ...published, missingSecrets: checked.missingSecrets }
}

/** The draft becomes the channel's next version. `edition`: the one that was looked at. */
export async function publishDraft(
  deps: CatalogDeps,
  { channel, edition, by, note }: { channel: string; edition: number; by: string; note: string },
): Promise<Published> {
  const draft = await readDraft(deps, channel)
  if (draft.edition !== edition)
    throw new GatewayError(
      'channel.draft-changed',
      `The draft of ${channel} is at edition ${draft.edition}, saved by ${draft.author}; you looked at edition ${edition}. Nothing was published. Look at the newer edition first.`,
      { context: { channel }, extra: { edition: draft.edition, author: draft.author } },
    )
  const { text, basedOn, tried } = draft
  const version = {
    channel,
    text,
    by,
    note,
    origin: 'draft' as const,
    onto: basedOn,
    tried: tried ?? undefined,
  }
  return await publishText(deps, version, async (tx) => {
    const gone =
      await tx`delete from channel_drafts where channel_id = ${channel} and edition = ${edition} returning 1`
    if (gone.length === 0)
      throw new GatewayError(
        'channel.draft-changed',
        `The draft of ${channel} was saved again while it was being published. Nothing was published. Look at the newer edition first.`,
        { context: { channel } },
      )
  })
}

/** Roll back: the text of an older version is published again, as a version of its own. */
export async function publishAgain(
  deps: CatalogDeps,
  { channel, version, by, note }: { channel: string; version: number; by: string; note?: string | undefined },
): Promise<Published> {
  const old = await readVersion(deps.db.sql, channel, version)
  if (old.state === 'published')
    return { channel, version, mapping: old.mapping, changed: false, missingSecrets: [] }
  return await publishText(deps, {
    channel,
    text: old.text,
    by,
    note: note ?? `version ${version} again`,
    origin: 'rollback',
  })
}

/** Changes the published text by `edit` and publishes it; nothing where the text stays as it is. */
export async function publishEdited(
  deps: CatalogDeps,
  { channel, by, note, origin }: { channel: string; by: string; note: string; origin: Origin },
  edit: (text: string) => string,
): Promise<Published> {
  const current = await readVersion(deps.db.sql, channel, 'published')
  const text = edit(current.text)
  if (text === current.text)
    return { channel, version: current.number, mapping: current.mapping, changed: false, missingSecrets: [] }
  return await publishText(deps, { channel, text, by, note, origin, onto: current.number })
}
