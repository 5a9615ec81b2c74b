/** Links a batch of new reports: decide each, earlier ones of the batch included, then write everything in one commit. */
import type { Deps } from '../deps.ts'
import { checkLease, type Lease } from '../store/leases.ts'
import { BatchIndex } from './batch-index.ts'
import type { FeatureCache } from './candidates.ts'
import { farFromAll } from './far-apart.ts'
import { gatherNext, type Ahead, type Gathered } from './gather.ts'
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

/** A stored case as it was gathered; as the batch before left it where that has written it since. */
function storedCase(
  { stored, beside }: Gathered,
  before: BatchIndex | undefined,
  id: string,
): Candidate | undefined {
  return before?.get(id) ?? stored.cases.get(id) ?? beside.get(id)
}

/** `before`: what the batch before wrote, where these were gathered without it. */
async function decideBatch(
  deps: Deps,
  gathered: Gathered,
  { model, before }: { model: LinkModel; before: BatchIndex | undefined },
): Promise<Linked[]> {
  const { umbrellas, stored, forbidden } = gathered
  const index = new BatchIndex()
  return await inTurns(gathered.reports, (report, n) => {
    const attached = umbrellas.attached(n)
    if (attached !== undefined) return asAttached(report, attached)
    const ids = new Set([
      ...umbrellas.first(n),
      ...(stored.casesOf.get(n) ?? []),
      ...(before?.near(report.lookup) ?? []),
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
}

/** What was written, to be found by the batch that was gathered meanwhile. */
function indexOf(written: readonly Linked[], gathered: Gathered, before: BatchIndex | undefined): BatchIndex {
  const index = new BatchIndex()
  for (const linked of written) index.add(linked.caseId, linked, storedCase(gathered, before, linked.caseId))
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
  const decided = await decideBatch(deps, gathered, { model, before: undefined })
  await deps.db.transaction(async (tx) => {
    await checkLease(tx, lease)
    await writeTrial(tx, deps, decided)
  })
  return { more: gathered.reports.length === batchReports, linked: 0 }
}

/** One batch. `more` while reports may wait. Throws LeaseLostError where another process became the linker. */
export async function linkBatch(
  deps: Deps,
  lease: Lease,
  state: LinkerState,
): Promise<{ more: boolean; linked: number }> {
  const { cache, ahead } = state
  const { gathered, before } = (await ahead?.take(lease)) ?? {
    gathered: await gatherNext(deps, cache, { state: 'live' }),
    before: undefined,
  }
  if (gathered.reports.length === 0) return await compareTrial(deps, lease, state)
  const model = (await state.model?.current()) ?? shippedModel()
  const decided = await decideBatch(deps, gathered, { model, before })
  const taken = gathered.reports.map(({ row }) => row.id)
  ahead?.start(lease, gatherNext(deps, cache, { state: 'live', taken }))
  const written = await deps.db.transaction(async (tx) => {
    await checkLease(tx, lease)
    const batch = await writeBatch(tx, deps, decided, state.casePrefix)
    deps.killPoint('linking.before-commit')
    return batch
  })
  deps.killPoint('linking.after-commit')
  ahead?.written(indexOf(written, gathered, before))
  for (const { row, features, decision } of written) {
    cache.set(row.id, row.version, features)
    deps.metrics.decisions.inc({ decision: decision.decision })
  }
  state.memories?.add(written)
  for (const stage of ['fan-out', 'messages', 'dispatch'] as const) deps.signals.wake(stage)
  return { more: true, linked: written.length }
}
