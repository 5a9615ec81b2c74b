/** Two relations, told apart by tags of the case: 一人多投 one person through several channels, 多人同诉 several people. */
import type { Tx } from '../../store/client.ts'
import type { CasePeople } from './keep-people.ts'

export const relationTags = {
  severalChannels: '一人多投',
  severalPeople: '多人同诉',
  repeated: '重复投诉',
  umbrella: '总案',
} as const

/** Persons of a case who came through more than one channel. Served by reports_case. */
export const throughSeveralChannels = `
  select distinct w.case_id from json_to_recordset($1::text::json) as w(case_id uuid, keys json)
  cross join lateral (
    select count(distinct p.channel_id) as channels from reports p
    where p.case_id = w.case_id and p.person_keys && array(select json_array_elements_text(w.keys))
  ) n where n.channels > 1`

/** The relation tags that each case has earned in this batch. `tagged`: what it has already is not looked for again. */
export async function relationsOf(
  tx: Tx,
  totals: ReadonlyMap<string, CasePeople>,
  tagged: (caseId: string) => readonly string[],
): Promise<Map<string, string[]>> {
  const repeaters = [...totals].flatMap(([case_id, { spoke }]) =>
    tagged(case_id).includes(relationTags.severalChannels)
      ? []
      : spoke.filter(({ reports }) => reports > 1).map(({ keys }) => ({ case_id, keys: [...keys] })),
  )
  const found =
    repeaters.length === 0
      ? []
      : await tx.unsafe<{ case_id: string }[]>(throughSeveralChannels, [JSON.stringify(repeaters)])
  const several = new Set(found.map((row) => row.case_id))
  return new Map(
    [...totals].map(([caseId, { people }]) => [
      caseId,
      [
        ...(several.has(caseId) ? [relationTags.severalChannels] : []),
        ...(people > 1 ? [relationTags.severalPeople] : []),
      ],
    ]),
  )
}

/** Adds tags that a case has not yet. */
export async function addTags(tx: Tx, tags: ReadonlyMap<string, readonly string[]>): Promise<void> {
  const rows = [...tags].flatMap(([id, own]) => own.map((tag) => ({ id, tag })))
  if (rows.length === 0) return
  await tx`
    update cases c set tags = c.tags || r.tags from (
      select n.id, array_agg(distinct n.tag) as tags from json_to_recordset(${JSON.stringify(rows)}::text::json) as n(id uuid, tag text)
      join cases o on o.id = n.id where not o.tags @> array[n.tag] group by n.id
    ) r where c.id = r.id`
}
