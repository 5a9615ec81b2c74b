/** Messages linked one after another in memory, with the keys, caps and decisions of the gateway. */
import { lookUps, mostCases } from '../../../gateway/linking/candidates.ts'
import { decide } from '../../../gateway/linking/decide.ts'
import { featuresOf } from '../../../gateway/linking/features.ts'
import { keysOf, lookupKeysOf } from '../../../gateway/linking/keys.ts'
import type { ScoringTable } from '../../../gateway/linking/model/scoring-table.ts'
import type { Terms } from '../../../gateway/linking/told/terms.ts'
import type { Decision, Features, LinkKeyKind } from '../../../gateway/linking/types.ts'

export interface Message {
  id: number
  user: string
  title: string
  text: string
  time: string
}

const mostReportsOfCase = 30

export function featuresOfMessage({ id, user, title, text, time }: Message, terms?: Terms): Features {
  const submittedAt = new Date(`${time.replace(' ', 'T')}+08:00`)
  const report = {
    id: String(id),
    channelId: 'board',
    externalId: String(id),
    kind: 'complaint' as const,
    title,
    text,
    submittedAt,
    receivedAt: submittedAt,
    references: [{ issuer: 'board', number: String(id) }],
    personKeys: [`user:${user}`],
  }
  return terms === undefined ? featuresOf(report) : featuresOf(report, terms)
}

/** For each report, the earlier ones that share keys, with the worth of these: whatever is decided, these are found. */
export type Found = readonly ReadonlyMap<number, LinkKeyKind[]>[]

export function findEarlier(reports: readonly Features[]): Found {
  const newest = new Map<string, number[]>()
  return reports.map((features, index) => {
    const found = new Map<number, LinkKeyKind[]>()
    for (const { kind, key } of lookupKeysOf(features))
      for (const earlier of newest.get(`${kind}|${key}`)?.slice(-lookUps[kind].newest) ?? [])
        found.set(earlier, [...(found.get(earlier) ?? []), kind])
    for (const { kind, key } of keysOf(features)) {
      const list = newest.get(`${kind}|${key}`)
      if (list === undefined) newest.set(`${kind}|${key}`, [index])
      else list.push(index)
    }
    return found
  })
}

export interface Linked {
  caseOf: string[]
  decisions: Decision[]
}

/** Links all reports in order. */
export function linkStream(reports: readonly Features[], found: Found, table: ScoringTable): Linked {
  const caseOf: string[] = []
  const members = new Map<string, Features[]>()
  const decisions = reports.map((features, index) => {
    const worths = new Map<string, number>()
    for (const [earlier, kinds] of found[index] ?? []) {
      const caseId = caseOf[earlier] as string
      for (const kind of kinds) worths.set(caseId, (worths.get(caseId) ?? 0) + lookUps[kind].worth)
    }
    const candidates = [...worths]
      .toSorted((a, b) => b[1] - a[1])
      .slice(0, mostCases)
      .map(([caseId]) => ({
        caseId,
        open: true,
        reports: (members.get(caseId) ?? []).slice(-mostReportsOfCase),
      }))
    const decision = decide(features, candidates, table)
    const caseId = decision.decision === 'link' ? (decision.caseId as string) : `c${features.report.id}`
    caseOf.push(caseId)
    members.set(caseId, [...(members.get(caseId) ?? []), features])
    return decision
  })
  return { caseOf, decisions }
}
