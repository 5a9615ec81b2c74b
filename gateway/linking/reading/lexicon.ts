import type { Address } from './address.ts'
import { levelOfEnding, longestEnding } from './address-words.ts'
import { NameIndex } from './lexicon-index.ts'

/** A name of a place as a report writes it: 竹影湾花园, road, compound or whatever the reader says it is. */
export interface PlaceName {
  readonly name: string
  readonly kind: string
}

/** What a store keeps of a name. */
export interface LexiconRow extends PlaceName {
  /** In how many reports it stood. */
  readonly reports: number
}

/** A learned name in a text. */
export interface KnownPlace extends LexiconRow {
  readonly index: number
  /** As it stands there; shorter than the name where the text leaves its ending out. */
  readonly written: string
}

interface Entry {
  readonly kind: string
  reports: number
  /** Which report it was last seen in, counted from the first. */
  lastSeen: number
}

const mostNames = 50_000
/** Forgetting makes room for some thousand names at once, so that it is rarely done. */
const keptShare = 0.9
const shortestName = 2
const longestName = 24
/** A name stands in texts on its own account from this many reports on: once may be a slip of the reader. */
const fewestReports = 2
/** A stem of two characters is too often part of another word. */
const shortestStem = 3
const longestText = 4000

/**
 * Names of places learned from reports. It holds at most 50,000, forgets those seen in the fewest reports (of equals the one not seen for longest), and the same reports
 * in the same order always give the same lexicon.
 */
export class PlaceLexicon {
  readonly #names = new NameIndex<Entry>()
  /** By stem, the names that it may stand for. */
  readonly #stems = new NameIndex<Set<string>>()
  readonly #most: number
  #reports = 0

  constructor({ most = mostNames }: { most?: number } = {}) {
    this.#most = most
  }

  /** A lexicon as it was kept: its rows, and how many reports it had learned from. */
  static from(
    rows: Iterable<LexiconRow>,
    { reports, most }: { reports: number; most?: number },
  ): PlaceLexicon {
    const lexicon = new PlaceLexicon(most === undefined ? {} : { most })
    lexicon.#reports = reports
    for (const { name, kind, reports: count } of rows) {
      const entry = lexicon.#entry({ name, kind })
      if (entry) entry.reports += count
    }
    lexicon.#forget()
    return lexicon
  }

  get size(): number {
    return this.#names.size
  }

  /** How many reports it has learned from. */
  get reports(): number {
    return this.#reports
  }

  /** Takes in the names of one report; a name that stands there twice counts once. */
  learn(names: Iterable<PlaceName>): void {
    this.#reports++
    for (const each of names) {
      const entry = this.#entry(each)
      if (entry === undefined || entry.lastSeen === this.#reports) continue
      entry.reports++
      entry.lastSeen = this.#reports
    }
    this.#forget()
  }

  /** How much a name says, in bits: a name of every second report says about 1, one never seen the most. */
  rarity(name: string): number {
    const seen = this.#names.get(nameForm(name))?.reports ?? 0
    return Math.max(0, Math.log2((this.#reports + 2) / (seen + 1)))
  }

  /** Learned names that stand in a text and were seen in two reports or more; longest first at each place, none within another. */
  known(text: string): KnownPlace[] {
    const words = nameForm(text.slice(0, longestText))
    const found: KnownPlace[] = []
    for (let index = 0; index < words.length; index++) {
      const here = this.#knownAt(words, index)
      if (here === undefined) continue
      found.push(here)
      index += here.written.length - 1
    }
    return found
  }

  /** Rows to keep, by name. With `reports` they make the same lexicon again, but for which of equals was seen last. */
  rows(): LexiconRow[] {
    return [...this.#names.entries()]
      .map(([name, { kind, reports }]) => ({ name, kind, reports }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }

  #knownAt(words: string, index: number): KnownPlace | undefined {
    const whole = this.#names.longestAt(words, index, (_, { reports }) => reports >= fewestReports)
    const stem = this.#stems.longestAt(words, index, (_, names) => this.#mostSeen(names) !== undefined)
    if (whole !== undefined && whole.name.length >= (stem?.name.length ?? 0)) {
      const { kind, reports } = whole.value
      return { name: whole.name, kind, reports, index, written: whole.name }
    }
    const row = stem === undefined ? undefined : this.#mostSeen(stem.value)
    return stem === undefined || row === undefined ? undefined : { ...row, index, written: stem.name }
  }

  #mostSeen(names: ReadonlySet<string>): LexiconRow | undefined {
    let most: LexiconRow | undefined
    for (const name of names) {
      const entry = this.#names.get(name)
      if (entry === undefined || entry.reports < Math.max(fewestReports, (most?.reports ?? 0) + 1)) continue
      most = { name, kind: entry.kind, reports: entry.reports }
    }
    return most
  }

  #entry({ name, kind }: PlaceName): Entry | undefined {
    const form = nameForm(name)
    if (form.length < shortestName || form.length > longestName) return undefined
    const known = this.#names.get(form)
    if (known !== undefined) return known
    const entry = { kind, reports: 0, lastSeen: 0 }
    this.#names.set(form, entry)
    const stem = stemOf(form)
    if (stem !== undefined) {
      const names = this.#stems.get(stem) ?? new Set<string>()
      this.#stems.set(stem, names.add(form))
    }
    return entry
  }

  #forget(): void {
    if (this.#names.size <= this.#most) return
    const byWorth = [...this.#names.entries()].toSorted(
      ([, a], [, b]) => b.reports - a.reports || b.lastSeen - a.lastSeen,
    )
    for (const [name] of byWorth.slice(Math.floor(this.#most * keptShare))) {
      this.#names.delete(name)
      const stem = stemOf(name)
      if (stem === undefined) continue
      const names = this.#stems.get(stem)
      names?.delete(name)
      if (names?.size === 0) this.#stems.delete(stem)
    }
  }
}

/** Half width, lower case: as names are kept and texts are searched. */
function nameForm(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

/** A name without its ending, where enough is left: 竹影湾 of 竹影湾花园. */
function stemOf(name: string): string | undefined {
  for (let length = Math.min(longestEnding, name.length - shortestStem); length > 0; length--)
    if (levelOfEnding.has(name.slice(-length))) return name.slice(0, -length)
  return undefined
}

/** Names of a written address that are worth learning: roads, communities, and sites with their ending. */
export function namesOfAddress({ roads, community, sites }: Address): PlaceName[] {
  return [
    ...roads.map((name) => ({ name, kind: 'road' })),
    ...(community === undefined ? [] : [{ name: `${community}社区`, kind: 'community' }]),
    ...sites.flatMap(({ name, ending }) => (ending === '' ? [] : [{ name: name + ending, kind: 'site' }])),
  ]
}
