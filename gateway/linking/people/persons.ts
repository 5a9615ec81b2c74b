/** Who reported: several keys of one report are one person, and so are keys that meet in any report. Pure. */

export interface Reported {
  /** Person keys; none where the reporter is not known. */
  readonly keys: readonly string[]
  /** When it was submitted. */
  readonly at: Date
  /** How many reports this stands for. */
  readonly reports: number
}

export interface Person {
  /** The key that stands for the person: one that stood for it before, else the first. `unknownPerson` for all of whom nothing is known. */
  readonly key: string
  readonly keys: ReadonlySet<string>
  reports: number
  firstAt: Date
  lastAt: Date
}

/** Stands for reports without any person key: how many people they are cannot be said. */
export const unknownPerson = ''

/** Keys that were seen together, as sets that grow into one another. */
class KeySets {
  readonly #parents = new Map<string, string>()

  root(key: string): string {
    let at = key
    for (let up = this.#parents.get(at); up !== undefined; up = this.#parents.get(at)) at = up
    return at
  }

  join(keys: readonly string[]): void {
    const [first, ...others] = keys
    if (first === undefined) return
    const root = this.root(first)
    for (const key of others) if (this.root(key) !== root) this.#parents.set(this.root(key), root)
  }
}

/**
 * The persons behind reports. `known` are persons counted before, by their key; what joins two of them makes them one. `met`
 * are keys known to belong together from elsewhere.
 */
export function personsOf(
  reports: readonly Reported[],
  { known = [], met = [] }: { known?: readonly Person[]; met?: readonly (readonly string[])[] } = {},
): Person[] {
  const sets = new KeySets()
  for (const { keys } of [...known.map((person) => ({ keys: [...person.keys] })), ...reports]) sets.join(keys)
  for (const keys of met) sets.join(keys)
  const persons = new Map<string, Person>()
  const add = (root: string, one: Omit<Person, 'keys'> & { keys: Iterable<string> }) => {
    const person = persons.get(root)
    if (person === undefined) {
      persons.set(root, { ...one, keys: new Set(one.keys) })
      return
    }
    for (const key of one.keys) (person.keys as Set<string>).add(key)
    person.reports += one.reports
    if (one.firstAt < person.firstAt) person.firstAt = one.firstAt
    if (one.lastAt > person.lastAt) person.lastAt = one.lastAt
  }
  for (const person of known) add(sets.root(person.key), person)
  for (const { keys, at, reports: count } of reports) {
    const key = keys[0] ?? unknownPerson
    add(sets.root(key), { key, keys, reports: count, firstAt: at, lastAt: at })
  }
  return [...persons.values()]
}
