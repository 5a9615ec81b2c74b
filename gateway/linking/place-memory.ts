/** The names of places that linking has learnt, kept in place_names. */
import type { Sql, Tx } from '../store/client.ts'
import type { LinkMemory } from './memory.ts'
import { PlaceLexicon, type LexiconRow, type PlaceName } from './reading/lexicon.ts'
import type { Features } from './types.ts'

const loadedNames = 50_000
/** Its row in link_counts says of how many reports the names are. */
const countsName = 'place-names'

/** Served by a scan: it runs once when a process becomes the linker. */
const keptNames = `select name, kind, reports from place_names order by reports desc, last_at desc, name limit ${loadedNames}`

export class PlaceMemory implements LinkMemory {
  #lexicon = new PlaceLexicon()
  readonly #learnt = new Map<string, PlaceName & { reports: number }>()
  #reports = 0
  readonly #now: () => Date

  constructor(now: () => Date) {
    this.#now = now
  }

  /** Another one after each `load`. */
  get lexicon(): PlaceLexicon {
    return this.#lexicon
  }

  async load(sql: Sql): Promise<void> {
    const rows = await sql.unsafe<LexiconRow[]>(keptNames)
    const [counted] = await sql<{ reports: number }[]>`
      select reports::float8 as reports from link_counts where name = ${countsName}`
    this.#lexicon = PlaceLexicon.from(rows, { reports: counted?.reports ?? 0 })
    this.#forgetLearnt()
  }

  add({ places }: Features): void {
    const names = [
      ...places.sites.map((name) => ({ name, kind: 'site' })),
      ...places.roads.map((name) => ({ name, kind: 'road' })),
    ]
    this.#lexicon.learn(names)
    this.#reports += 1
    for (const { name, kind } of names) {
      const key = `${kind}\n${name}`
      const known = this.#learnt.get(key)
      if (known === undefined) this.#learnt.set(key, { name, kind, reports: 1 })
      else known.reports += 1
    }
  }

  async keep(tx: Tx): Promise<void> {
    const now = this.#now()
    const rows = [...this.#learnt.values()].map((row) => ({ ...row, name: row.name.toWellFormed() }))
    await tx`
      insert into place_names as p (kind, name, reports, last_at)
      select kind, name, sum(reports)::int, ${now}::timestamptz
      from json_to_recordset(${JSON.stringify(rows)}::text::json) as r(kind text, name text, reports int) group by kind, name
      on conflict (kind, name) do update set reports = p.reports + excluded.reports, last_at = excluded.last_at`
    await tx`
      insert into link_counts as c (name, reports, body, kept_at) values (${countsName}, ${this.#reports}, '', ${now})
      on conflict (name) do update set reports = c.reports + excluded.reports, kept_at = excluded.kept_at`
    this.#forgetLearnt()
  }

  #forgetLearnt(): void {
    this.#learnt.clear()
    this.#reports = 0
  }
}
