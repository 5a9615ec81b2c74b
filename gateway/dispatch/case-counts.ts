import type { CaseCounts } from '../../schemas/case.ts'

/** Channels and unknown reporters from the sources, people as the linker counts them. */
export const countsOfCases = `
  select w.id, (select count(*)::int from case_people q where q.case_id = w.id and q.person_key <> '') as people, n.reports, n.channels, n.unknown
  from unnest($1::uuid[]) as w(id) cross join lateral (
    select count(*)::int as reports, count(distinct channel_id)::int as channels, (count(*) filter (where cardinality(person_keys) = 0))::int as unknown
    from reports where case_id = w.id) n`

export interface CountsRow {
  readonly id: string
  readonly reports: number
  readonly channels: number
  readonly people: number
  readonly unknown: number
}

export const noCounts: CaseCounts = { reports: 0, channels: 0, people: 0, unknownPeople: 0 }

export const countsOf = ({ reports, channels, people, unknown }: CountsRow): CaseCounts => ({
  reports,
  channels,
  people,
  unknownPeople: unknown,
})
