/** Counts the people of a case in the linker's transaction. The caller holds the rows of the cases. */
import type { Tx } from '../../store/client.ts'
import type { LinkedReport } from './linked.ts'
import { personsOf, unknownPerson, type Person } from './persons.ts'

/** What stands in a case after this batch. */
export interface CasePeople {
  readonly reports: number
  /** Known ones: reports without person key count under `unknownReports` only. */
  readonly people: number
  readonly unknownReports: number
  /** Known people who reported in this batch, with all that they reported here. */
  readonly spoke: readonly Person[]
}

interface PersonRow {
  readonly case_id: string
  readonly person_key: string
  readonly reports: number
  readonly first_at: Date
  readonly last_at: Date
}

/** Served by case_people's primary key. */
export const knownPeople = `
  select p.case_id, p.person_key, p.reports, p.first_at, p.last_at from json_to_recordset($1::text::json) as w(case_id uuid, key text)
  cross join lateral (select * from case_people where case_id = w.case_id and person_key = w.key offset 0) p`

/** Keys of a person whose other report in the same case gave more of them. Served by link_keys_newest. */
export const keysMet = `
  select w.case_id, p.person_keys from json_to_recordset($1::text::json) as w(case_id uuid, key text)
  cross join lateral (select l.report_id from link_keys l where l.hash = hashtextextended('person|' || w.key, 0) and l.case_id = w.case_id limit 5) l
  join reports p on p.id = l.report_id where cardinality(p.person_keys) > 1`

interface CaseKey {
  readonly case_id: string
  readonly key: string
}

const personOf = (row: PersonRow): Person => ({
  key: row.person_key,
  keys: new Set([row.person_key]),
  reports: row.reports,
  firstAt: row.first_at,
  lastAt: row.last_at,
})

/** Adds the batch's reporters to their cases. */
export async function keepPeople(
  tx: Tx,
  batch: readonly LinkedReport[],
): Promise<ReadonlyMap<string, CasePeople>> {
  const byCase = Map.groupBy(batch, ({ caseId }) => caseId)
  const stored = [...byCase].filter(([, reports]) => reports.every(({ opens }) => opens === undefined))
  const wanted = stored.flatMap(([case_id, reports]) =>
    [...new Set(reports.flatMap(({ row }) => [...row.person_keys, unknownPerson]))].map((key) => ({
      case_id,
      key,
    })),
  )
  const { known, met } = await readKnown(tx, wanted)
  const written: PersonRow[] = []
  const gone: CaseKey[] = []
  const fresh = new Map<string, CasePeople>()
  const spoke = new Map<string, Person[]>()
  const isStored = new Set(stored.map(([case_id]) => case_id))
  for (const [case_id, reports] of byCase) {
    const before = known.get(case_id) ?? []
    const persons = personsOf(
      reports.map(({ row }) => ({ keys: row.person_keys, at: row.submitted_at, reports: 1 })),
      { known: before.map(personOf), met: met.get(case_id) ?? [] },
    )
    const kept = new Set(persons.map(({ key }) => key))
    gone.push(
      ...before.filter((row) => !kept.has(row.person_key)).map((row) => ({ case_id, key: row.person_key })),
    )
    written.push(...persons.map((person) => rowOf(case_id, person)))
    if (isStored.has(case_id)) spoke.set(case_id, spokeIn(persons, reports))
    else fresh.set(case_id, peopleOf(persons))
  }
  await writePeople(tx, written, gone)
  return new Map([...fresh, ...(spoke.size === 0 ? [] : await totalsOf(tx, spoke))])
}

/** Of a case that opens in this batch: nobody else has reported it. */
function peopleOf(persons: readonly Person[]): CasePeople {
  const known = persons.filter(({ key }) => key !== unknownPerson)
  const reports = persons.reduce((sum, person) => sum + person.reports, 0)
  const unknownReports = reports - known.reduce((sum, person) => sum + person.reports, 0)
  return { reports, people: known.length, unknownReports, spoke: known }
}

function spokeIn(persons: readonly Person[], reports: readonly LinkedReport[]): Person[] {
  const keys = new Set(reports.flatMap(({ row }) => row.person_keys))
  return persons.filter((person) => [...person.keys].some((key) => keys.has(key)))
}

async function readKnown(
  tx: Tx,
  wanted: readonly CaseKey[],
): Promise<{ known: Map<string, PersonRow[]>; met: Map<string, string[][]> }> {
  if (wanted.length === 0) return { known: new Map(), met: new Map() }
  const direct = await tx.unsafe<PersonRow[]>(knownPeople, [JSON.stringify(wanted)])
  const seen = new Set(direct.map((row) => `${row.case_id} ${row.person_key}`))
  const unseen = wanted.filter(({ case_id, key }) => key !== unknownPerson && !seen.has(`${case_id} ${key}`))
  if (unseen.length === 0) return { known: Map.groupBy(direct, (row) => row.case_id), met: new Map() }
  const rows = await tx.unsafe<{ case_id: string; person_keys: string[] }[]>(keysMet, [
    JSON.stringify(unseen),
  ])
  const others = rows.flatMap(({ case_id, person_keys }) =>
    person_keys.flatMap((key) => (seen.has(`${case_id} ${key}`) ? [] : [{ case_id, key }])),
  )
  const further =
    others.length === 0 ? [] : await tx.unsafe<PersonRow[]>(knownPeople, [JSON.stringify(others)])
  const all = new Map([...direct, ...further].map((row) => [`${row.case_id} ${row.person_key}`, row]))
  const met = new Map<string, string[][]>()
  for (const { case_id, person_keys } of rows) met.set(case_id, [...(met.get(case_id) ?? []), person_keys])
  return { known: Map.groupBy(all.values(), (row) => row.case_id), met }
}

const rowOf = (case_id: string, person: Person): PersonRow => ({
  case_id,
  person_key: person.key,
  reports: person.reports,
  first_at: person.firstAt,
  last_at: person.lastAt,
})

async function writePeople(tx: Tx, rows: readonly PersonRow[], gone: readonly CaseKey[]): Promise<void> {
  if (gone.length > 0)
    await tx`
      delete from case_people p using json_to_recordset(${JSON.stringify(gone)}::text::json) as r(case_id uuid, key text)
      where p.case_id = r.case_id and p.person_key = r.key`
  if (rows.length === 0) return
  await tx`
    insert into case_people (case_id, person_key, reports, first_at, last_at)
    select * from json_to_recordset(${JSON.stringify(rows)}::text::json) as r(case_id uuid, person_key text, reports int, first_at timestamptz, last_at timestamptz)
    on conflict (case_id, person_key) do update set reports = excluded.reports, first_at = excluded.first_at, last_at = excluded.last_at`
}

async function totalsOf(
  tx: Tx,
  spoke: ReadonlyMap<string, readonly Person[]>,
): Promise<ReadonlyMap<string, CasePeople>> {
  const rows = await tx<{ case_id: string; reports: number; people: number; unknown: number }[]>`
    select case_id, sum(reports)::int as reports, count(*) filter (where person_key <> ${unknownPerson})::int as people,
      coalesce(sum(reports) filter (where person_key = ${unknownPerson}), 0)::int as unknown
    from case_people where case_id = any(${[...spoke.keys()]}::uuid[]) group by case_id`
  return new Map(
    rows.map((row) => [
      row.case_id,
      {
        reports: row.reports,
        people: row.people,
        unknownReports: row.unknown,
        spoke: spoke.get(row.case_id) ?? [],
      },
    ]),
  )
}

/**
 * Counts the people of cases anew from their reports: after reports went from one case to another. The caller holds the rows
 * of the cases.
 */
export async function recountPeople(tx: Tx, caseIds: readonly string[]): Promise<void> {
  const reports = await tx<{ case_id: string; person_keys: string[]; submitted_at: Date }[]>`
    select case_id, person_keys, submitted_at from reports where case_id = any(${caseIds as string[]}::uuid[]) order by submitted_at, id`
  const rows = [...Map.groupBy(reports, (row) => row.case_id)].flatMap(([case_id, own]) =>
    personsOf(
      own.map(({ person_keys, submitted_at }) => ({ keys: person_keys, at: submitted_at, reports: 1 })),
    ).map((person) => rowOf(case_id, person)),
  )
  await tx`delete from case_people where case_id = any(${caseIds as string[]}::uuid[])`
  await writePeople(tx, rows, [])
}
