/** Messages in memory, and which of them are found by the gateway's keys. */
import { lookUps } from '../../../gateway/linking/candidates.ts'
import { featuresOf } from '../../../gateway/linking/features.ts'
import { keysOf, lookupKeysOf } from '../../../gateway/linking/keys.ts'
import type { Terms } from '../../../gateway/linking/told/terms.ts'
import type { Features, LinkKeyKind } from '../../../gateway/linking/types.ts'

export interface Message {
  id: number
  user: string
  title: string
  text: string
  time: string
}

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
