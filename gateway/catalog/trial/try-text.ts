/** Trying a text before it is published: does it compile, do its examples hold, and what would it do to real messages. */
import type { Tried } from '../../../schemas/channel-life.ts'
import type { Deps } from '../../deps.ts'
import type { FailedExample } from '../../mapping/examples.ts'
import { keepTrial, readDraft } from '../drafts.ts'
import { checkText } from '../publish.ts'
import { dryRun, type DryRunRequest } from './dry-run.ts'
import type { DryRun } from './summary.ts'

export interface Trial {
  readonly channel: string
  /** The version's name once it is published; the live one's where nothing would be different. */
  readonly mapping: string
  readonly examples: { readonly passed: number; readonly failed: readonly FailedExample[] }
  readonly missingSecrets: readonly string[]
  /** Null for a channel that has no published version to compare with. */
  readonly dryRun: DryRun | null
}

export type TrialRequest = Pick<DryRunRequest, 'selection' | 'count' | 'show'> &
  Partial<Pick<DryRunRequest, 'onProgress' | 'signal'>>

/** Throws MappingDefinitionError, `mapping.invalid`. Nothing is written. */
export async function tryText(
  deps: Pick<Deps, 'db' | 'envelope' | 'catalog'>,
  { text, name, channel }: { text: string; name: string; channel?: string },
  request: TrialRequest,
): Promise<Trial> {
  const { merged, missingSecrets, examples, failed } = checkText(deps, text, {
    name,
    ...(channel !== undefined && { channel }),
  })
  const id = merged.file.channel
  const live = deps.catalog.find(id)
  const compared =
    live === undefined || request.count === 0
      ? null
      : await dryRun(deps, { ...request, live, draft: deps.catalog.trial(merged) })
  return {
    channel: id,
    mapping: merged.mappingVersion,
    examples: { passed: examples - failed.length, failed },
    missingSecrets,
    dryRun: compared,
  }
}

/** The channel's draft, which then carries what its trial showed. Throws `channel.draft-unknown` too. */
export async function tryDraft(
  deps: Pick<Deps, 'db' | 'envelope' | 'catalog' | 'now'>,
  { channel, by }: { channel: string; by: string },
  request: TrialRequest,
): Promise<Trial & { readonly edition: number }> {
  const draft = await readDraft(deps, channel)
  const trial = await tryText(deps, { text: draft.text, name: `draft of ${channel}`, channel }, request)
  const { examples, dryRun: compared } = trial
  const tried: Tried = {
    at: deps.now().toISOString(),
    by,
    examples: { passed: examples.passed, failed: examples.failed.length },
    ...(compared !== null && { dryRun: countsOf(compared) }),
  }
  await keepTrial(deps, draft, tried)
  return { ...trial, edition: draft.edition }
}

const countsOf = ({ receipts, records, unchanged, changed, newlyPass, newlyFail }: DryRun) => ({
  receipts,
  records,
  unchanged,
  changed,
  newlyPass,
  newlyFail,
})
