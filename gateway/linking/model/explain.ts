/** Why a report stands where it stands: every case it may belong to, what speaks for and against, and what was and would be decided. */
import type { Deps } from '../../deps.ts'
import { GatewayError } from '../../telemetry/errors.ts'
import { FeatureCache, linkable } from '../candidates.ts'
import { loadCases } from '../load-cases.ts'
import { featuresOf } from '../features.ts'
import { findCandidates } from '../find-candidates.ts'
import { lookupKeysOf } from '../keys.ts'
import { VERDICTS_BETWEEN, type Verdict } from '../moves/verdicts.ts'
import type { Candidate, Features, LinkDecision, MatchPart } from '../types.ts'
import { comparePair } from './compared-pair.ts'
import { decideWith } from './decide-with.ts'
import { findReport, idPattern, readReports } from './find-report.ts'
import type { LinkModel } from './link-model.ts'
import { usedLinkModel } from './stored-models.ts'

/** What was decided of a report and a case at a time. */
export interface PastMatch {
  readonly decision: string
  readonly decidedBy: string
  readonly decidedAt: Date
  readonly probability: number
  readonly model: string
}

export interface ExplainedCase {
  readonly case: string
  readonly caseId: string
  readonly state: string
  /** Whether the report stands in it now. */
  readonly standsHere: boolean
  /** The case's report that comes nearest. */
  readonly nearest: { readonly id: string; readonly channel: string; readonly externalId: string }
  /** What the model in use says of them now. */
  readonly decision: LinkDecision
  readonly probability: number
  /** Sum of the parts in bits, before the prior. */
  readonly score: number
  readonly parts: readonly MatchPart[]
  /** `open`; `clerk`: no machine may link them; `closed`: two places or objects. */
  readonly gate: string
  readonly decidedThen: readonly PastMatch[]
  /** Clerks' words that hold, newest first. */
  readonly verdicts: readonly { readonly verdict: string; readonly by: string; readonly at: Date }[]
}

export interface Explanation {
  readonly report: string
  readonly case: string | null
  readonly model: string
  readonly prior: number
  readonly thresholds: { readonly link: number; readonly review: number }
  readonly candidates: readonly ExplainedCase[]
}

type ExplainDeps = Pick<Deps, 'db' | 'catalog'>

/**
 * Explains a report (its id, or `channel/number`) against all its candidates, or `against` one report or case number. Throws `report.unknown`,
 * `case.unknown`.
 */
export async function explainReport(
  deps: ExplainDeps,
  { report: name, against }: { report: string; against?: string | undefined },
): Promise<Explanation> {
  const { sql } = deps.db
  const id = await findReport(sql, name)
  const [features] = await readFeatures(deps, [id])
  if (features === undefined) throw new GatewayError('report.unknown', `The report ${name} is gone.`)
  const [standing] = await sql<{ case_id: string | null; number: string | null }[]>`
    select p.case_id, c.number from reports p left join cases c on c.id = p.case_id where p.id = ${id}`
  const candidates = await candidatesOf(deps, features, { own: standing?.case_id ?? null, against })
  const model = await usedLinkModel(sql)
  const explained: ExplainedCase[] = []
  for (const candidate of candidates) {
    const one = await explainCase(deps, features, { candidate, own: standing?.case_id ?? null, model })
    if (one !== undefined) explained.push(one)
  }
  return {
    report: id,
    case: standing?.number ?? null,
    model: model.version,
    prior: model.told.prior,
    thresholds: model.told.thresholds,
    candidates: explained.toSorted(
      (a, b) =>
        Number(b.standsHere) - Number(a.standsHere) || b.probability - a.probability || b.score - a.score,
    ),
  }
}

async function readFeatures(deps: ExplainDeps, ids: readonly string[]): Promise<Features[]> {
  const rows = await readReports(deps.db.sql, ids)
  return rows.map((row) => featuresOf(linkable(row, issuerOf(deps)(row.channel_id))))
}

const issuerOf =
  ({ catalog }: ExplainDeps) =>
  (channelId: string): string =>
    catalog.find(channelId)?.mapping.issuer ?? channelId

/** The cases to compare with, none of them holding the report itself. */
async function candidatesOf(
  deps: ExplainDeps,
  features: Features,
  { own, against }: { own: string | null; against: string | undefined },
): Promise<Candidate[]> {
  const { sql } = deps.db
  const context = { cache: new FeatureCache(), issuerOf: issuerOf(deps) }
  if (against !== undefined) return [await namedCandidate(deps, against, context)].map(without(features))
  const { cases } = await findCandidates(sql, [{ lookup: lookupKeysOf(features) }], context)
  const found = new Map(cases)
  if (own !== null && !found.has(own))
    for (const [caseId, candidate] of await loadCases(sql, [own], context)) found.set(caseId, candidate)
  return [...found.values()].map(without(features)).filter(({ reports }) => reports.length > 0)
}

const without =
  (features: Features) =>
  (candidate: Candidate): Candidate => ({
    ...candidate,
    reports: candidate.reports.filter(({ report }) => report.id !== features.report.id),
  })

/** A case by its number, or one report of it. */
async function namedCandidate(
  deps: ExplainDeps,
  name: string,
  context: { cache: FeatureCache; issuerOf: (channelId: string) => string },
): Promise<Candidate> {
  const { sql } = deps.db
  if (!name.includes('/') && !idPattern.test(name)) {
    const [row] = await sql<{ id: string }[]>`select id from cases where number = ${name}`
    const loaded = row === undefined ? undefined : (await loadCases(sql, [row.id], context)).get(row.id)
    if (loaded !== undefined) return loaded
    throw new GatewayError('case.unknown', `There is no case ${name} that holds reports.`)
  }
  const id = await findReport(sql, name)
  const [row] = await sql<{ case_id: string | null; state: string | null }[]>`
    select p.case_id, c.state from reports p left join cases c on c.id = p.case_id where p.id = ${id}`
  if (row?.case_id == null)
    throw new GatewayError(
      'report.unknown',
      `The report ${name} stands in no case yet. Wait until it is linked.`,
    )
  return { caseId: row.case_id, open: row.state !== 'closed', reports: await readFeatures(deps, [id]) }
}

async function explainCase(
  deps: ExplainDeps,
  features: Features,
  { candidate, own, model }: { candidate: Candidate; own: string | null; model: LinkModel },
): Promise<ExplainedCase | undefined> {
  const [match] = decideWith(model, features, [candidate]).matches
  const nearest = candidate.reports.find(({ report }) => report.id === match?.reportId)
  if (match === undefined || nearest === undefined) return undefined
  const { sql } = deps.db
  const [row] = await sql<{ number: string; state: string }[]>`
    select number, state from cases where id = ${candidate.caseId}`
  const decidedThen = await sql<PastMatch[]>`
    select decision, decided_by as "decidedBy", decided_at as "decidedAt", probability, model from matches
    where report_id = ${features.report.id} and case_id = ${candidate.caseId} order by decided_at, id`
  const verdicts = await sql.unsafe<Verdict[]>(VERDICTS_BETWEEN, [
    [features.report.id] as never,
    candidate.reports.map(({ report }) => report.id) as never,
  ])
  return {
    case: row?.number ?? '',
    caseId: candidate.caseId,
    state: row?.state ?? '',
    standsHere: candidate.caseId === own,
    nearest: {
      id: nearest.report.id,
      channel: nearest.report.channelId,
      externalId: nearest.report.externalId,
    },
    decision: match.decision,
    probability: match.probability,
    score: match.score,
    parts: match.parts,
    gate: comparePair(features, nearest).gate,
    decidedThen,
    verdicts: verdicts.map((each) => ({ verdict: each.verdict, by: each.decided_by, at: each.decided_at })),
  }
}
