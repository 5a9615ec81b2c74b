import { isObject } from '../mapping/value.ts'
import { bestTarget } from './name-match.ts'
import type { SampleRecord } from './sample.ts'

export interface FoundRecords {
  /** As the setting `records` writes it; empty: the tree itself. */
  readonly path: string
  readonly records: readonly SampleRecord[]
  /** Members of the list that are no objects. */
  readonly skipped: number
}

interface Candidate extends FoundRecords {
  readonly score: number
}

/** An envelope has few levels; below that stand parts of records. */
const maxLevels = 5
/** What envelopes say about themselves. */
const ENVELOPE =
  /^(code|msg|message|err(code|msg|or)?|error_?(code|msg)|ret(code|msg)?|resp.*|result_?(code|msg)|success|ok|status|total(_?(count|page|pages))?|count|size|page.*|limit|offset|timestamp|trace_?id|request_?id|sign(ature)?|nonce|app_?(id|key)|token|version|has_?(more|next)|@.*)$/i

/** So many different names are looked up; a file with more is no sample of records. */
const maxNames = 5_000
const maxKeys = 500

/**
 * Where the records stand: the list of objects, or the object, whose names look most like those of a report. What stands
 * within records (photos, steps) is no record, so lists within lists are not looked at.
 */
export function findRecords(tree: unknown): FoundRecords | undefined {
  return new Search().best(tree)
}

class Search {
  readonly #candidates: Candidate[] = []
  readonly #targets = new Map<string, string | undefined>()

  best(tree: unknown): FoundRecords | undefined {
    this.#visit(tree, [])
    const [best] = this.#candidates.toSorted((a, b) => b.score - a.score)
    if (best === undefined) return undefined
    const { path, records, skipped } = best
    return { path, records, skipped }
  }

  #visit(value: unknown, path: readonly string[]): void {
    if (Array.isArray(value)) {
      const records = value.filter(isObject)
      if (records.length === 0) return
      const score = this.#worthOf(merged(records)) + (records.length > 1 ? 1 : 0.5)
      this.#candidates.push({
        path: path.join('.'),
        records,
        skipped: value.length - records.length,
        score,
      })
      return
    }
    if (!isObject(value)) return
    this.#candidates.push({
      path: path.join('.'),
      records: [value],
      skipped: 0,
      score: this.#worthOf(value),
    })
    if (path.length === maxLevels) return
    for (const [name, child] of Object.entries(value).slice(0, maxKeys))
      if (name !== '' && !/[.'"[\]]/.test(name) && name !== '__proto__') this.#visit(child, [...path, name])
  }

  /** Recognised names of its own, and a little less for those within it, so that an envelope is worth less than what it holds. */
  #worthOf(value: SampleRecord, level = 0): number {
    const names = Object.keys(value).slice(0, maxKeys)
    const own = names.filter((name) => !isObject(value[name]) && !ENVELOPE.test(name))
    const known = new Set(own.map((name) => this.#targetOf(name)).filter((target) => target !== undefined))
    let worth = known.size + 0.02 * Math.min(own.length, 40)
    if (level === 3) return worth
    for (const name of names) {
      const child = value[name]
      if (isObject(child)) worth += 0.8 * this.#worthOf(child, level + 1)
    }
    return worth
  }

  #targetOf(name: string): string | undefined {
    if (!this.#targets.has(name) && this.#targets.size < maxNames) this.#targets.set(name, bestTarget(name))
    return this.#targets.get(name)
  }
}

/** One object with the names of the first records. */
function merged(records: readonly SampleRecord[]): SampleRecord {
  return Object.fromEntries(records.slice(0, 20).flatMap((record) => Object.entries(record)))
}
