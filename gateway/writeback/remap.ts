import type { Deps } from '../deps.ts'
import type { Tx } from '../store/client.ts'
import { sealContent } from './content.ts'
import { unknownDelivery } from './delivery-view.ts'
import { CASE_BY_ID, EVENT_BY_ID, PARTY_BY_ID, REMAP } from './people-sql.ts'
import { planDelivery } from './plan.ts'
import { query } from './query.ts'
import { reportersOf } from './reporters.ts'
import type { CaseRow, EventRow, PartyRow } from './rows.ts'

/** Maps a locked delivery again, by the channel's current mapping. */
export async function remap(
  tx: Tx,
  deps: Deps,
  delivery: { id: string; channel_id: string; case_id: string; case_event_id: string; party_id: string },
): Promise<void> {
  const [caseRow] = await query<CaseRow>(tx, CASE_BY_ID, [delivery.case_id])
  const [event] = await query<EventRow>(tx, EVENT_BY_ID, [delivery.case_event_id])
  const [party] = await query<PartyRow>(tx, PARTY_BY_ID, [delivery.party_id])
  if (caseRow === undefined || event === undefined || party === undefined) throw unknownDelivery(delivery.id)
  const now = deps.now()
  const runtime = deps.catalog.find(delivery.channel_id)
  const reporter = (await reportersOf(tx, deps, [party])).get(party.report_id ?? '')
  const { codes } = deps.catalog
  const planned = planDelivery({ event, party, case: caseRow, runtime, codes, reporter, now })
  const sealed = sealContent(deps.envelope, planned.content)
  await query(tx, REMAP, [
    delivery.id,
    planned.state,
    planned.class,
    planned.request,
    planned.code,
    planned.mappingVersion,
    sealed.data_key,
    sealed.body,
    planned.dueAt?.toISOString() ?? null,
    planned.reason,
    planned.state === 'skipped' ? now.toISOString() : null,
  ])
}
