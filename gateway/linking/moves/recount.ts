import type { Tx } from '../../store/client.ts'
import { recountPeople } from '../people/keep-people.ts'
import { relationTags } from '../people/relations.ts'
import { touchTopics } from '../topics/keep-topics.ts'
import { weighCases } from './move-reports.ts'

/**
 * What follows from which reports a case has: time limit, urgency, confidentiality, people, topics, and the tags that say how people and
 * channels relate. The caller holds the rows of the cases. A case without reports, a joined one, keeps what it was.
 */
export async function recountCases(tx: Tx, caseIds: readonly string[], now: Date): Promise<void> {
  await weighCases(tx, caseIds)
  await recountPeople(tx, caseIds)
  await relate(tx, caseIds)
  await touchTopics(tx, caseIds, now)
}

/** A tag that a source gave stays. */
async function relate(tx: Tx, caseIds: readonly string[]): Promise<void> {
  const { severalChannels, severalPeople } = relationTags
  await tx`
    with related as (
      select c.id, array_remove(array[
        case when (select count(*) from case_people q where q.case_id = c.id and q.person_key <> '') > 1 then ${severalPeople} end,
        case when exists (
          select 1 from reports p cross join lateral unnest(p.person_keys) as k(key) where p.case_id = c.id group by k.key having count(distinct p.channel_id) > 1
        ) then ${severalChannels} end], null) as earned,
        array(select distinct jsonb_array_elements_text(p.working->'tags') from reports p where p.case_id = c.id and jsonb_typeof(p.working->'tags') = 'array') as given
      from cases c where c.id = any(${caseIds as string[]}::uuid[]) and exists (select 1 from reports p where p.case_id = c.id)
    )
    update cases c set tags = array(
      select t.tag from (
        select tag, n from unnest(c.tags) with ordinality as own(tag, n)
          where tag not in (${severalChannels}, ${severalPeople}) or tag = any(r.earned) or tag = any(r.given)
        union all select tag, 1000 + n from unnest(r.earned) with ordinality as earned(tag, n) where tag <> all(c.tags)
      ) t order by t.n)
    from related r where c.id = r.id`
}
