import { leastWorth, lookUps } from './candidates.ts'
import type { Candidate, Features, LinkKey, LinkKeyKind } from './types.ts'

/** As many as `decide` compares. */
const comparedReports = 30
/** Within a hundred reports, those of one matter stand out. */
const nearCases = 4

/** Cases that a batch opens or adds to, found by key until they are stored. */
export class BatchIndex {
  readonly #byKey: { readonly [kind in LinkKeyKind]: Map<string, Set<string>> } = {
    reference: new Map(),
    person: new Map(),
    component: new Map(),
    place: new Map(),
    text: new Map(),
  }
  readonly #cases = new Map<string, Candidate & { reports: Features[] }>()

  add(
    caseId: string,
    report: { features: Features; keys: readonly LinkKey[] },
    stored: Candidate | undefined,
  ) {
    const found = this.#cases.get(caseId) ?? { caseId, open: true, reports: [...(stored?.reports ?? [])] }
    found.reports.push(report.features)
    if (found.reports.length > comparedReports) found.reports.shift()
    this.#cases.set(caseId, found)
    for (const { kind, key } of report.keys) {
      const cases = this.#byKey[kind].get(key)
      if (cases === undefined) this.#byKey[kind].set(key, new Set([caseId]))
      else cases.add(caseId)
    }
  }

  get(caseId: string): Candidate | undefined {
    return this.#cases.get(caseId)
  }

  /** The cases with the most in common. */
  near(lookup: readonly LinkKey[]): string[] {
    const worths = new Map<string, number>()
    for (const { kind, key } of lookup) {
      const cases = this.#byKey[kind].get(key)
      if (cases === undefined) continue
      const worth = lookUps[kind].worth / Math.sqrt(cases.size)
      for (const caseId of cases) worths.set(caseId, (worths.get(caseId) ?? 0) + worth)
    }
    return [...worths]
      .filter(([, worth]) => worth >= leastWorth)
      .toSorted((a, b) => b[1] - a[1])
      .slice(0, nearCases)
      .map(([caseId]) => caseId)
  }
}
