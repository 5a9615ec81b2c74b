/** Links a batch of new reports: decide each, earlier ones of the batch included, then write everything in one commit. */
import type { Deps } from '../deps.ts'
import { checkLease, type Lease } from '../store/leases.ts'
import type { Ahead, Committed } from './ahead.ts'
import { BatchIndex } from './batch-index.ts'
import type { FeatureCache } from './candidates.ts'
import { farFromAll } from './far-apart.ts'
import { followed, movedBetween } from './followed.ts'
import { gatherNext, type Gathered } from './gather.ts'
import { inTurns } from './in-turns.ts'
import type { LinkMemories } from './memory.ts'
import { decideWith } from './model/decide-with.ts'
import { shippedModel, type LinkModel } from './model/link-model.ts'
import type { LiveModel } from './model/live-model.ts'
import { batchReports, type ReadReport } from './read-reports.ts'
import type { Candidate } from './types.ts'
import type { Attached } from './umbrella/open-umbrellas.ts'
import { writeBatch, writeTrial, type Linked } from './write-links.ts'

/** What one linker keeps from batch to batch. */
export interface LinkerState {
  readonly cache: FeatureCache
  readonly casePrefix: string
  /** Where missing, a batch is written before the next one is looked for. */
  readonly ahead?: Ahead
  readonly memories?: LinkMemories
  /** The shipped model where missing. */
  readonly model?: LiveModel
}

/** Its umbrella took it: nothing was compared, so no model has a part in it. */
function asAttached(report: ReadReport, decision: Attached): Linked {
  const { row, features, keys, reading } = report
  const { caseId } = decision
  return { row, features, keys, reading, decision, model: 'umbrella', caseId, opens: undefined }
}

/** Batches that a batch was gathered without, newest first. */
type Before = readonly BatchIndex[]

/** A stored case as it was gathered; as the batches before left it where these have added to it. */
function storedCase({ stored, beside }: Gathered, before: Before, id: string): Candidate | undefined {
  for (const index of before) {
    const found = index.get(id)
    if (found !== undefined) return found
  }
  return stored.cases.get(id) ?? beside.get(id)
}

async function decideBatch(
  deps: Deps,
  gathered: Gathered,
  { model, before }: { model: LinkModel; before: Before },
): Promise<{ decided: Linked[]; index: BatchIndex }> {
  const { umbrellas, stored, forbidden } = gathered
  const index = new BatchIndex()
  const decided = await inTurns(gathered.reports, (report, n) => {
    const attached = umbrellas.attached(n)
    if (attached !== undefined) {
      index.add(attached.caseId, report, storedCase(gathered, before, attached.caseId))
      return asAttached(report, attached)
    }
    const ids = new Set([
      ...umbrellas.first(n),
      ...(stored.casesOf.get(n) ?? []),
      ...before.flatMap((earlier) => earlier.near(report.lookup)),
      ...index.near(report.lookup),
    ])
    const apart = forbidden.get(report.row.id)
    const candidates = [...ids].flatMap((id) => {
      const found = apart?.has(id) === true ? undefined : (index.get(id) ?? storedCase(gathered, before, id))
      return found === undefined || farFromAll(report.features, found.reports) ? [] : [found]
    })
    const decision = decideWith(model, report.features, candidates)
    const target =
      decision.decision === 'link'
        ? candidates.find((candidate) => candidate.caseId === decision.caseId)
        : undefined
    const caseId = target?.open === true ? target.caseId : deps.newId()
    const opens = target?.open === true ? undefined : { predecessorId: target?.caseId ?? null }
    index.add(caseId, report, storedCase(gathered, before, caseId))
    const { row, features, keys, reading } = report
    return { row, features, keys, reading, decision, model: model.version, caseId, opens }
  })
  return { decided, index }
}

/** These reports, to be found by batches that are gathered without them. */
function indexOf(batch: readonly Linked[], gathered: Gathered, before: Before): BatchIndex {
  const index = new BatchIndex()
  for (const linked of batch) index.add(linked.caseId, linked, storedCase(gathered, before, linked.caseId))
  return index
}

/** Reports of channels in trial 试运行 are compared with the cases there are, and stay apart: no case, nobody told. */
async function compareTrial(
  deps: Deps,
  lease: Lease,
  { cache, model: live }: LinkerState,
): Promise<{ more: boolean; linked: number }> {
  const gathered = await gatherNext(deps, cache, { state: 'shadow' })
  if (gathered.reports.length === 0) return { more: false, linked: 0 }
  const model = (await live?.current()) ?? shippedModel()
  const { decided } = await decideBatch(deps, gathered, { model, before: [] })
  await deps.db.transaction(async (tx) => {
    await checkLease(tx, lease)
    await writeTrial(tx, deps, decided)
  })
  return { more: gathered.reports.length === batchReports, linked: 0 }
}

/** Throws LeaseLostError where another process became the linker. */
async function write(
  deps: Deps,
  {
    lease,
    state,
    gathered,
    before,
  }: { lease: Lease; state: LinkerState; gathered: Gathered; before: Before },
  { decided, index }: { decided: readonly Linked[]; index: BatchIndex },
): Promise<Committed> {
  const { cache, casePrefix, memories } = state
  const written = await deps.db.transaction(async (tx) => {
    await checkLease(tx, lease)
    const batch = await writeBatch(tx, deps, decided, casePrefix)
    deps.killPoint('linking.before-commit')
    return batch
  })
  deps.killPoint('linking.after-commit')
  for (const { row, features, decision } of written) {
    cache.set(row.id, row.version, features)
    deps.metrics.decisions.inc({ decision: decision.decision })
  }
  memories?.add(written)
  for (const stage of ['fan-out', 'messages', 'dispatch'] as const) deps.signals.wake(stage)
  const moved = movedBetween(decided, written)
  return { moved, index: moved.size === 0 ? index : indexOf(written, gathered, before) }
}

/** What was gathered beside; where nothing was, what there is once everything is written. */
async function nextBatch(
  deps: Deps,
  lease: Lease,
  { cache, ahead }: LinkerState,
): Promise<{ gathered: Gathered; before: Before }> {
  const taken = await ahead?.take(lease)
  if (taken !== undefined) return taken
  await ahead?.written()
  ahead?.drop()
  return { gathered: await gatherNext(deps, cache, { state: 'live' }), before: [] }
}

/**
 * One batch. `more` while reports may wait, or a batch is being written: the next call waits for that one, and throws where it
 * failed. Throws LeaseLostError where another process became the linker.
 */
export async function linkBatch(
  deps: Deps,
  lease: Lease,
  state: LinkerState,
): Promise<{ more: boolean; linked: number }> {
  const { cache, ahead } = state
  const { gathered, before } = await nextBatch(deps, lease, state)
  if (gathered.reports.length === 0) return await compareTrial(deps, lease, state)
  const reports = gathered.reports.map(({ row }) => row.id)
  ahead?.gather(lease, gatherNext(deps, cache, { state: 'live', taken: [...reports, ...ahead.taken] }))
  const model = (await state.model?.current()) ?? shippedModel()
  const batch = await decideBatch(deps, gathered, { model, before })
  const moved = (await ahead?.written()) ?? new Map<string, string>()
  const decided = followed(batch.decided, moved)
  const index = moved.size === 0 ? batch.index : indexOf(decided, gathered, before)
  const writing = write(deps, { lease, state, gathered, before }, { decided, index })
  if (ahead === undefined) await writing
  else ahead.writes({ index, reports }, writing)
  return { more: true, linked: decided.length }
}
