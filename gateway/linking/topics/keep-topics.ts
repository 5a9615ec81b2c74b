/** Puts cases into their topics 热点 in the linker's transaction: a few indexed statements, whatever is stored. */
import type { Deps } from '../../deps.ts'
import type { ReferenceCodes } from '../../mapping/reference.ts'
import type { Tx } from '../../store/client.ts'
import type { HeldCase, LinkedReport } from '../people/linked.ts'
import { sureArea } from '../people/sure-area.ts'
import { topicOf, type TopicOf } from './subject.ts'

interface CaseTopic extends TopicOf {
  readonly caseId: string
}

/** Every case of the batch stands in a topic, where it has a subject and an area; the topics know when they last grew. */
export async function keepTopics(
  tx: Tx,
  deps: Pick<Deps, 'now' | 'newId' | 'catalog'>,
  { batch, held }: { batch: readonly LinkedReport[]; held: ReadonlyMap<string, HeldCase> },
): Promise<void> {
  const cases = [...Map.groupBy(batch, ({ caseId }) => caseId)]
  const topics = cases.flatMap(([caseId, reports]): CaseTopic[] => {
    const found = held.get(caseId)
    const topic = found === undefined ? undefined : topicOfCase(found, reports, deps.catalog.codes)
    return topic === undefined ? [] : [{ ...topic, caseId }]
  })
  const now = deps.now()
  if (topics.length > 0) await writeTopics(tx, { topics, now, newId: deps.newId })
  await touchTopics(
    tx,
    cases.map(([caseId]) => caseId),
    now,
  )
}

function topicOfCase(
  found: HeldCase,
  reports: readonly LinkedReport[],
  codes: Pick<ReferenceCodes, 'categories' | 'areas'>,
): TopicOf | undefined {
  const opening = reports.find(({ opens }) => opens !== undefined)
  // A case is named after the report that opened it: later ones may call its place otherwise.
  const focus = opening?.features.focus
  const read = sureArea(opening?.reading)
  const hasArea = found.location?.community !== undefined || found.location?.street !== undefined
  if (opening === undefined && !hasArea) return undefined
  return topicOf(found.category, { location: found.location, focus, read }, codes)
}

async function writeTopics(
  tx: Tx,
  { topics, now, newId }: { topics: readonly CaseTopic[]; now: Date; newId: () => string },
): Promise<void> {
  const rows = [...new Map(topics.map((topic) => [topic.key, topic])).values()].map(
    ({ key, category, area, name }) => ({ id: newId(), key, category, area, name }),
  )
  await tx`
    insert into topics (id, key, category, area, name, opened_at, last_at)
    select id, key, category, area, name, ${now}, ${now}
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as r(id uuid, key text, category text, area text, name text)
    on conflict (key) do nothing`
  const members = topics.map(({ caseId, key }) => ({ case_id: caseId, key }))
  await tx`
    insert into topic_cases (case_id, topic_id, at)
    select r.case_id, t.id, ${now} from json_to_recordset(${JSON.stringify(members)}::text::json) as r(case_id uuid, key text)
    join topics t on t.key = r.key on conflict (case_id, topic_id) do nothing`
}

/** The topics of cases that grew, or whose reports went elsewhere: their days are counted anew. Served by topic_cases' key. */
export async function touchTopics(tx: Tx, caseIds: readonly string[], now: Date): Promise<void> {
  if (caseIds.length === 0) return
  await tx`
    with grown as (update topic_cases set at = ${now} where case_id = any(${caseIds as string[]}::uuid[]) returning topic_id)
    update topics set last_at = ${now} where id in (select topic_id from grown)`
}
