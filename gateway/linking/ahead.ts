/**
 * What one linker has under way beside the batch that it decides: the batch before is being written, and the one behind is being
 * gathered, so that the server works on one core while the linker works on the other. Of use to the lease that began it, and to
 * no other: another linker may have linked these reports since.
 */
import type { Lease } from '../store/leases.ts'
import type { BatchIndex } from './batch-index.ts'
import type { Gathered } from './gather.ts'

/** A batch that was decided, as the next ones have to know it before they can find it in the database. */
export interface Unseen {
  readonly index: BatchIndex
  readonly reports: readonly string[]
}

/** What a batch came to. */
export interface Committed {
  readonly index: BatchIndex
  /** Cases that took no more, or were joined into others, by the time of the commit: where their reports went instead. */
  readonly moved: ReadonlyMap<string, string>
}

const nothingMoved: ReadonlyMap<string, string> = new Map()

export class Ahead {
  #token: number | undefined
  #gathered: Promise<Gathered> | undefined
  /** The batch that is being written, or was written last, and the one before it. */
  #unseen: Unseen[] = []
  #writing: Promise<Committed> | undefined

  /** Reports that a look for unlinked ones may still show, though they are decided. */
  get taken(): string[] {
    return this.#unseen.flatMap(({ reports }) => reports)
  }

  gather(lease: Lease, gathering: Promise<Gathered>): void {
    // Whoever takes it hears of a failure; nobody may.
    gathering.catch(() => undefined)
    this.#token = lease.token
    this.#gathered = gathering
  }

  /** From now on this batch is the newest that is not to be found; `writing` fails where it could not be written. */
  writes(batch: Unseen, writing: Promise<Committed>): void {
    writing.catch(() => undefined)
    this.#unseen = [batch, ...this.#unseen.slice(0, 1)]
    this.#writing = writing
  }

  /** Waits until the batch before is written. Answers where reports of it went that were decided for another case. */
  async written(): Promise<ReadonlyMap<string, string>> {
    const writing = this.#writing
    if (writing === undefined) return nothingMoved
    const { index, moved } = await writing
    this.#writing = undefined
    const [newest, ...older] = this.#unseen
    if (newest !== undefined) this.#unseen = [{ ...newest, index }, ...older]
    return moved
  }

  /** What was gathered, and the batches that it was gathered without, newest first; undefined where there is nothing. */
  async take(lease: Lease): Promise<{ gathered: Gathered; before: readonly BatchIndex[] } | undefined> {
    const [gathering, token] = [this.#gathered, this.#token]
    this.#gathered = undefined
    if (gathering === undefined || token !== lease.token) return undefined
    const gathered = await gathering
    return gathered.reports.length === 0
      ? undefined
      : { gathered, before: this.#unseen.map(({ index }) => index) }
  }

  /** Everything is in the database, or given up. */
  drop(): void {
    this.#gathered = undefined
    this.#unseen = []
    this.#writing = undefined
  }
}
