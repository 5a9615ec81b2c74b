/** Collects what does not fit, at most a few of each kind by name. */
export class Differences {
  readonly found = new Map<string, string[]>()

  add(kind: string, what: string): void {
    this.found.set(kind, [...(this.found.get(kind) ?? []), what])
  }

  inWords(): string[] {
    const shown = 5
    return [...this.found].map(
      ([kind, all]) =>
        `${all.length} × ${kind}: ${all.slice(0, shown).join(', ')}${all.length > shown ? ' …' : ''}`,
    )
  }
}
