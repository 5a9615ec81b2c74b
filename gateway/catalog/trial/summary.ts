/** The sum of a dry run: what would be different, field by field, and the first records one by one. */
import Type, { type Static } from 'typebox'
import type { Comparison } from './compare.ts'

const Count = Type.Integer({ minimum: 0 })
const Tally = Type.Object({ table: Type.String(), value: Type.String(), records: Count })

/** What a dry run found. Values are shown of codes and times only: of what a person said, where it is different. */
export const DryRun = Type.Object(
  {
    selection: Type.String(),
    receipts: Count,
    records: Count,
    unchanged: Count,
    changed: Count,
    newlyPass: Count,
    newlyFail: Count,
    /** Their bytes were erased, or their feed is not in both mappings. */
    notCompared: Type.Array(Type.Object({ reason: Type.String(), receipts: Count })),
    fields: Type.Array(Type.Object({ pointer: Type.String(), added: Count, lost: Count, changed: Count }), {
      description: 'Canonical fields; places in lists are written *',
    }),
    newlyKnown: Type.Array(Tally, { description: 'Values that no table listed and one now does' }),
    newlyUnknown: Type.Array(Tally),
    reasons: Type.Array(Type.Object({ code: Type.String(), detail: Type.String(), records: Count }), {
      description: 'Why records would newly fail',
    }),
    shown: Type.Array(
      Type.Object({
        receipt: Type.String(),
        index: Count,
        verdict: Type.String(),
        was: Type.String(),
        becomes: Type.String(),
        added: Type.Optional(Type.Array(Type.String())),
        lost: Type.Optional(Type.Array(Type.String())),
        changed: Type.Optional(Type.Array(Type.String())),
        values: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
        reason: Type.Optional(Type.String()),
      }),
    ),
    durationMs: Count,
  },
  { description: '试运行：草稿与现行版本逐条比对' },
)
export type DryRun = Static<typeof DryRun>

const maxTallies = 100

interface Field {
  pointer: string
  added: number
  lost: number
  changed: number
}

interface SummaryBuilder {
  receipt(): void
  unreadable(): void
  withoutFeed(feed: string): void
  add(found: { receipt: string; index: number; comparison: Comparison }): void
  done(durationMs: number): DryRun
}

/** Counts by key, most frequent first. */
class Tallies {
  readonly #counts = new Map<string, number>()
  add(...parts: readonly string[]): void {
    const key = JSON.stringify(parts)
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
  }
  list<T>(make: (parts: readonly string[], count: number) => T): T[] {
    return [...this.#counts]
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, maxTallies)
      .map(([key, count]) => make(JSON.parse(key) as string[], count))
  }
}

const verdictCounts = {
  unchanged: 'unchanged',
  changed: 'changed',
  'newly-pass': 'newlyPass',
  'newly-fail': 'newlyFail',
} as const

export function createSummary({ selection, show }: { selection: string; show: number }): SummaryBuilder {
  const counts = { receipts: 0, records: 0, unchanged: 0, changed: 0, newlyPass: 0, newlyFail: 0 }
  const fields = new Map<string, Field>()
  const [known, unknown, reasons, apart] = [new Tallies(), new Tallies(), new Tallies(), new Tallies()]
  const shown: DryRun['shown'] = []
  const count = (pointers: readonly string[] | undefined, how: 'added' | 'lost' | 'changed') => {
    for (const pointer of new Set(pointers?.map((one) => one.replaceAll(/\/\d+(?=\/|$)/g, '/*')))) {
      const field = fields.get(pointer) ?? { pointer, added: 0, lost: 0, changed: 0 }
      field[how] += 1
      fields.set(pointer, field)
    }
  }
  const add: SummaryBuilder['add'] = ({ receipt, index, comparison }) => {
    const { verdict, changes } = comparison
    counts.records += 1
    counts[verdictCounts[verdict]] += 1
    count(changes.added, 'added')
    count(changes.removed, 'lost')
    count(changes.changed, 'changed')
    for (const { table, value } of comparison.newlyKnown) known.add(table, value)
    for (const { table, value } of comparison.newlyUnknown) unknown.add(table, value)
    if (verdict === 'newly-fail') reasons.add(comparison.reason?.code ?? '', comparison.reason?.detail ?? '')
    if (verdict !== 'unchanged' && shown.length < show) shown.push(lineOf(receipt, index, comparison))
  }
  const tally = ([table = '', value = '']: readonly string[], records: number) => ({ table, value, records })
  return {
    add,
    receipt: () => (counts.receipts += 1),
    unreadable: () => apart.add('their bytes were erased'),
    withoutFeed: (feed) => apart.add(`the feed ${feed} is not in both versions`),
    done: (durationMs) => ({
      selection,
      ...counts,
      notCompared: apart.list(([reason = ''], receipts) => ({ reason, receipts })),
      fields: [...fields.values()].toSorted(
        (a, b) => b.added + b.lost + b.changed - (a.added + a.lost + a.changed),
      ),
      newlyKnown: known.list(tally),
      newlyUnknown: unknown.list(tally),
      reasons: reasons.list(([code = '', detail = ''], records) => ({ code, detail, records })),
      shown,
      durationMs: Math.round(durationMs),
    }),
  }
}

function lineOf(receipt: string, index: number, comparison: Comparison): DryRun['shown'][number] {
  const { verdict, was, becomes, changes, reason } = comparison
  return {
    receipt,
    index,
    verdict,
    was,
    becomes,
    ...(changes.added && { added: [...changes.added] }),
    ...(changes.removed && { lost: [...changes.removed] }),
    ...(changes.changed && { changed: [...changes.changed] }),
    ...(changes.values && { values: changes.values }),
    ...(reason && { reason: `${reason.code}: ${reason.detail}` }),
  }
}
