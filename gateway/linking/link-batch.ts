/** Links a batch of new reports: decide each, earlier ones of the batch included, then write everything in one commit. */
import type { Deps } from '../deps.ts'
import { checkLease, type Lease } from '../store/leases.ts'
import { findCandidates, linkable, type FeatureCache, type ReportRow } from './candidates.ts'
import { decide } from './decide.ts'
import { featuresOf } from './features.ts'
import { keysOf, lookupKeysOf } from './keys.ts'
import type { Candidate, Features, LinkKey } from './types.ts'
import { writeBatch, writeTrial, type Linked } from './write-links.ts'

const batchReports = 100

/** Served by reports_unlinked. Reports of channels that are not live wait. */
export const nextUnlinked = `
  select id, channel_id, external_id, version, working, person_keys, confidential, submitted_at, received_at
  from reports where case_id is null and linked_at is null and channel_id = any($1) order by received_at limit ${batchReports}`

const keyName = ({ kind, key }: LinkKey) => `${kind}\n${key}`

/** Cases that this batch opens or adds to, found by key until they are stored. */
class BatchIndex {
  readonly #byKey = new Map<string, Set<string>>()
  readonly #cases = new Map<string, Candidate & { reports: Features[] }>()

  add(caseId: string, features: Features, stored: Candidate | undefined): void {
    const found = this.#cases.get(caseId) ?? { caseId, open: true, reports: [...(stored?.reports ?? [])] }
    found.reports.push(features)
    this.#cases.set(caseId, found)
    for (const key of keysOf(features))
      this.#byKey.set(keyName(key), (this.#byKey.get(keyName(key)) ?? new Set<string>()).add(caseId))
  }

  get(caseId: string): Candidate | undefined {
    return this.#cases.get(caseId)
  }

  near(features: Features): string[] {
    return lookupKeysOf(features).flatMap((key) => [...(this.#byKey.get(keyName(key)) ?? [])])
  }
}

async function decideBatch(deps: Deps, rows: readonly ReportRow[], cache: FeatureCache): Promise<Linked[]> {
  const issuerOf = (channelId: string) => deps.catalog.find(channelId)?.mapping.issuer ?? channelId
  const features = rows.map((row) => featuresOf(linkable(row, issuerOf(row.channel_id))))
  const stored = await findCandidates(deps.db.sql, features, { cache, issuerOf })
  const index = new BatchIndex()
  return rows.map((row, n) => {
    const own = features[n] as Features
    const ids = new Set([...(stored.casesOf.get(n) ?? []), ...index.near(own)])
    const candidates = [...ids].flatMap((id) => index.get(id) ?? stored.cases.get(id) ?? [])
    const decision = decide(own, candidates)
    const target =
      decision.decision === 'link'
        ? candidates.find((candidate) => candidate.caseId === decision.caseId)
        : undefined
    const caseId = target?.open === true ? target.caseId : deps.newId()
    const opens = target?.open === true ? undefined : { predecessorId: target?.caseId ?? null }
    index.add(caseId, own, stored.cases.get(caseId))
    return { row, features: own, decision, caseId, opens }
  })
}

async function readUnlinked(deps: Deps, state: 'live' | 'shadow'): Promise<ReportRow[]> {
  const ids = deps.catalog.all().flatMap((channel) => (channel.state === state ? [channel.id] : []))
  if (ids.length === 0) return []
  return await deps.db.sql.unsafe<ReportRow[]>(nextUnlinked, [ids as never], { prepare: true })
}

/** Reports of channels in trial 试运行 are compared with the cases there are, and stay apart: no case, nobody told. */
async function compareTrial(
  deps: Deps,
  lease: Lease,
  cache: FeatureCache,
): Promise<{ more: boolean; linked: number }> {
  const rows = await readUnlinked(deps, 'shadow')
  if (rows.length === 0) return { more: false, linked: 0 }
  const decided = await decideBatch(deps, rows, cache)
  await deps.db.transaction(async (tx) => {
    await checkLease(tx, lease)
    await writeTrial(tx, deps, decided)
  })
  return { more: rows.length === batchReports, linked: 0 }
}

/** One batch. `more` while reports wait. Throws LeaseLostError where another process became the linker. */
export async function linkBatch(
  deps: Deps,
  lease: Lease,
  options: { cache: FeatureCache; casePrefix: string },
): Promise<{ more: boolean; linked: number }> {
  const rows = await readUnlinked(deps, 'live')
  if (rows.length === 0) return await compareTrial(deps, lease, options.cache)
  const decided = await decideBatch(deps, rows, options.cache)
  await deps.db.transaction(async (tx) => {
    await checkLease(tx, lease)
    await writeBatch(tx, deps, decided, options.casePrefix)
    deps.killPoint('linking.before-commit')
  })
  deps.killPoint('linking.after-commit')
  for (const { row, features, decision } of decided) {
    options.cache.set(row.id, row.version, features)
    deps.metrics.decisions.inc({ decision: decision.decision })
  }
  for (const stage of ['fan-out', 'messages', 'dispatch'] as const) deps.signals.wake(stage)
  return { more: rows.length === batchReports, linked: rows.length }
}
