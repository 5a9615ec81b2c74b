/** Figures of duplicate decisions against gold pairs and clusters. */

/** What became of one report: any id of its case's chain, and the chains put before a clerk, best first. */
export interface LinkDecision {
  readonly id: string
  readonly case: string
  readonly review: readonly string[]
}

export interface GoldPair {
  readonly a: number | string
  readonly b: number | string
  /** null: not scored. */
  readonly dup: 0 | 1 | null
  readonly kind?: string
  readonly cross_channel?: boolean
  readonly cross_type?: boolean
}

export interface GoldCluster {
  readonly cluster: number | string
  readonly ids: readonly (number | string)[]
  /** How many people reported it. */
  readonly users: number
}

export type Scores = { readonly [figure: string]: number | null | object }

const shownProposals = 3

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
const share = <T>(items: readonly T[], holds: (item: T) => boolean): number | null =>
  mean(items.map((item) => (holds(item) ? 1 : 0)))
const rounded = (value: number | null): number | null =>
  value === null ? null : Math.round(value * 10_000) / 10_000

/** Answers about pairs. Throws where a report of the gold has no decision. */
function readerOf(decisions: readonly LinkDecision[]) {
  const byId = new Map(decisions.map((decision) => [decision.id, decision]))
  const of = (id: number | string): LinkDecision => {
    const found = byId.get(String(id))
    if (found === undefined)
      throw new Error(`Report ${id} of the gold pairs is not among those that were fed.`)
    return found
  }
  const together = (a: number | string, b: number | string) => of(a).case === of(b).case
  const proposed = (a: number | string, b: number | string) =>
    of(a).review.slice(0, shownProposals).includes(of(b).case) ||
    of(b).review.slice(0, shownProposals).includes(of(a).case)
  return { of, together, proposed }
}

function sizes(decisions: readonly LinkDecision[]) {
  const cases = new Set(decisions.map((decision) => decision.case)).size
  return {
    reports: decisions.length,
    cases,
    joined_share: rounded((decisions.length - cases) / decisions.length),
  }
}

const reviewPer100 = (decisions: readonly LinkDecision[]) =>
  rounded((share(decisions, ({ review }) => review.length > 0) ?? 0) * 100)

/** Against clusters of reports on one matter: recall is the mean over clusters, so that one big event does not outweigh all. */
export function scoreClusters(
  decisions: readonly LinkDecision[],
  gold: { pairs: readonly GoldPair[]; clusters: readonly GoldCluster[] },
): Scores {
  const { of, together, proposed } = readerOf(decisions)
  const recall = ({ ids }: GoldCluster, hit: typeof together): number => {
    const pairs = ids.flatMap((a, index) => ids.slice(index + 1).map((b) => [a, b] as const))
    return share(pairs, ([a, b]) => hit(a, b)) ?? 1
  }
  const over = (clusters: readonly GoldCluster[], hit: typeof together) =>
    rounded(mean(clusters.map((cluster) => recall(cluster, hit))))
  const several = gold.clusters.filter(({ users }) => users > 1)
  const apart = gold.pairs.filter(({ dup }) => dup === 0)
  const kinds = Object.fromEntries(
    [...Map.groupBy(apart, ({ kind }) => kind ?? 'other')].map(([kind, pairs]) => [
      kind,
      { n: pairs.length, merged: pairs.filter(({ a, b }) => together(a, b)).length },
    ]),
  )
  const clustersOfCase = new Map<string, Set<number | string>>()
  for (const { cluster, ids } of gold.clusters)
    for (const id of ids)
      clustersOfCase.set(of(id).case, (clustersOfCase.get(of(id).case) ?? new Set()).add(cluster))
  return {
    ...sizes(decisions),
    macro_recall: over(gold.clusters, together),
    macro_recall_multi: over(several, together),
    recall_with_review: over(several, (a, b) => together(a, b) || proposed(a, b)),
    false_merge_rate: rounded(share(apart, ({ a, b }) => together(a, b))),
    false_merges: kinds,
    entity_swap_merges: kinds['entity_swap']?.merged ?? 0,
    cases_mixing_gold_clusters: [...clustersOfCase.values()].filter((clusters) => clusters.size > 1).length,
    review_per_100: reviewPer100(decisions),
  }
}

/** Against pairs that a city's staff wrote down. */
export function scorePairs(decisions: readonly LinkDecision[], pairs: readonly GoldPair[]): Scores {
  const { together, proposed } = readerOf(decisions)
  const same = ({ a, b }: GoldPair) => together(a, b)
  const dup = pairs.filter((pair) => pair.dup === 1)
  return {
    ...sizes(decisions),
    recall: rounded(share(dup, same)),
    cross_channel_recall: rounded(
      share(
        dup.filter((pair) => pair.cross_channel === true),
        same,
      ),
    ),
    cross_type_recall: rounded(
      share(
        dup.filter((pair) => pair.cross_type === true),
        same,
      ),
    ),
    parent_in_top3: rounded(share(dup, (pair) => same(pair) || proposed(pair.a, pair.b))),
    false_merge_rate: rounded(
      share(
        pairs.filter((pair) => pair.dup === 0),
        same,
      ),
    ),
    review_per_100: reviewPer100(decisions),
  }
}
