/** One fault of a mapping's definition: where, what, and what to do. */
export interface DefinitionFault {
  readonly file: string
  /** JSON Pointer into the YAML. */
  readonly path: string
  /** Line in the file, from 1, where it is known. */
  readonly line?: number
  readonly detail: string
}

/** A mapping, channel or code file that cannot be used. Carries every fault found, not only the first. */
export class MappingDefinitionError extends Error {
  readonly code = 'mapping.invalid-definition'
  readonly faults: readonly DefinitionFault[]
  constructor(faults: readonly DefinitionFault[], options?: { cause?: unknown }) {
    super(faults.map(faultLine).join('\n'), options)
    this.name = 'MappingDefinitionError'
    this.faults = faults
  }
}

const faultLine = ({ file, line, path, detail }: DefinitionFault): string =>
  `${file}${line === undefined ? '' : `:${line}`}${path === '' ? '' : ` ${path}`}: ${detail}`

/** Where a definition comes from. `lineOf` finds the line of a JSON Pointer. */
export interface DefinitionPlace {
  readonly file: string
  lineOf?(pointer: string): number | undefined
  /** For a definition put together from two texts: which of them says this, and where. */
  locate?(pointer: string): { readonly place: DefinitionPlace; readonly pointer: string }
}

const MAX_FAULTS = 100

/** Gathers the faults of one file while it is compiled. */
export class FaultList {
  readonly faults: DefinitionFault[] = []
  readonly #place: DefinitionPlace
  constructor(place: DefinitionPlace) {
    this.#place = place
  }

  /** At most so many are listed: mending these shows the rest. */
  get full(): boolean {
    return this.faults.length >= MAX_FAULTS
  }

  add(path: string, detail: string): void {
    if (this.full || this.faults.some((fault) => fault.path === path && fault.detail === detail)) return
    const said = this.#place.locate?.(path) ?? { place: this.#place, pointer: path }
    const line = said.place.lineOf?.(said.pointer)
    const { file } = said.place
    this.faults.push({ file, path: said.pointer, ...(line === undefined ? {} : { line }), detail })
  }

  throwIfAny(): void {
    if (this.faults.length > 0) throw new MappingDefinitionError(this.faults)
  }
}

/** Appends one key to a JSON Pointer (RFC 6901). */
export const pointerTo = (base: string, key: string | number): string =>
  `${base}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`

/** ` Did you mean "urgency"?` where a known name is near, else the list of known names where it is short. */
export function suggestion(name: string, known: Iterable<string>): string {
  const names = [...known]
  let best: string | undefined
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1
  for (const candidate of names) {
    const distance = levenshtein(name.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  if (best !== undefined) return ` Did you mean "${best}"?`
  if (names.length === 0) return ''
  if (names.length <= 20) return ` Known here: ${names.join(', ')}.`
  return ''
}

export function levenshtein(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 20) return 99
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      current.push(Math.min(replaced, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1))
    }
    previous = current
  }
  return previous[b.length] ?? 0
}
