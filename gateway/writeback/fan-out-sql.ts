/** Statements of fan-out. Arrays of rows go in as one JSON text. */
import { caseColumns, eventColumns, partyColumns } from './rows.ts'

/**
 * Cases with events that no party was given yet, locked so that the order per party holds with several gateways. Some more
 * than `$1`, after the case `$2`, are looked at, so that cases another gateway holds do not look like the end of the work.
 * Index: case_events_to_fan_out (its case ids in order, so that the limit ends the scan), then cases by primary key.
 */
export const TAKE_CASES = `
  select ${caseColumns} from (
    select distinct e.case_id from case_events e where e.fanned_out_at is null and e.case_id > $2::uuid order by e.case_id limit $1 * 4
  ) pending
  join cases c on c.id = pending.case_id
  order by c.id limit $1
  for update of c skip locked`

/** One of them, however long another gateway holds it. By cases_pkey. */
export const TAKE_CASE = `select ${caseColumns} from cases c where c.id = $1::uuid for update of c`

/** Those with more than `$2` parties. Index: parties_case_report, by its first column. */
export const LARGE_CASES = `
  select w.id as case_id from unnest($1::uuid[]) as w(id)
  cross join lateral (select count(*) as parties from (select 1 from parties where case_id = w.id limit $2::int + 1) counted) n where n.parties > $2::int`

/** After the lock, so that nothing committed before it is missed. Index: case_events_to_fan_out. */
export const PENDING_EVENTS = `
  select ${eventColumns} from case_events e
  where e.case_id = any($1::uuid[]) and e.fanned_out_at is null
  order by e.case_id, e.sequence`

/** Index: parties_case_report, by its first column. */
export const PARTIES_OF_CASES = `
  select ${partyColumns} from parties p left join reports r on r.id = p.report_id
  where p.case_id = any($1::uuid[])
  order by p.case_id, p.id`

/** The same of one case, so many from one on: read by the case and sorted, not by the ids of all parties (`offset 0`). */
export const PARTIES_ONWARDS = `
  select ${partyColumns} from (
    select * from (select * from parties where case_id = $1::uuid and id > $2::uuid offset 0) own order by id limit $3::int) p
  left join reports r on r.id = p.report_id order by p.id`

/** The states that cases went through, for parties that join late. Index: case_events_sequence (or _caller), by its first column. */
export const HISTORY = `
  select ${eventColumns} from case_events e where e.case_id = any($1::uuid[]) and e.type = any($2::text[]) order by e.case_id, e.sequence`

/**
 * Index: deliveries_event_party makes a repeat harmless. \`position\` follows the order of the rows. A source that comes back
 * into a case is owed what it was not told because it left: $2 says by which reasons such deliveries are known.
 */
export const INSERT_DELIVERIES = `
  insert into deliveries as d (id, party_id, case_id, channel_id, report_id, case_event_id, sequence, event_type, state_after, class,
    state, request, code, mapping_version, data_key, body, due_at, reason, created_at, settled_at)
  select id, party_id, case_id, channel_id, report_id, case_event_id, sequence, event_type, state_after, class,
    state, request, code, mapping_version, decode(data_key, 'base64'), decode(body, 'base64'), due_at, reason, created_at, settled_at
  from json_to_recordset($1::text::json) as r(id uuid, party_id uuid, case_id uuid, channel_id text, report_id uuid, case_event_id uuid,
    sequence int, event_type text, state_after text, class text, state text, request text, code text, mapping_version text,
    data_key text, body text, due_at timestamptz, reason text, created_at timestamptz, settled_at timestamptz)
  on conflict (case_event_id, party_id, event_type) do update set state = excluded.state, sequence = excluded.sequence, class = excluded.class,
    request = excluded.request, code = excluded.code, mapping_version = excluded.mapping_version, data_key = excluded.data_key, body = excluded.body,
    due_at = excluded.due_at, reason = excluded.reason, created_at = excluded.created_at, settled_at = excluded.settled_at, tries = 0,
    xid = pg_current_xact_id(), position = nextval(pg_get_serial_sequence('deliveries', 'position'))
  where d.state = 'superseded' and d.reason = any($2::text[]) and excluded.state <> 'superseded'`

/** Index: deliveries_open_of_party. Runs before the batch's own rows are inserted. */
export const SUPERSEDE = `
  update deliveries d set state = 'superseded', settled_at = $2::timestamptz, due_at = null, reason = $3
  from json_to_recordset($1::text::json) as n(party_id uuid, sequence int, blocked_only boolean)
  where d.party_id = n.party_id and d.sequence < n.sequence and d.class = 'progress'
    and d.state in ('waiting', 'blocked', 'task') and (d.state = 'blocked' or not n.blocked_only)`

/** News of a case that a report was taken out of: old as soon as the report stands elsewhere. Indexes: parties_report, deliveries_open_of_party. */
export const SUPERSEDE_FORMER = `
  update deliveries d set state = 'superseded', settled_at = $2::timestamptz, due_at = null, reason = $3
  from parties p
  where p.report_id = any($1::uuid[]) and p.left_at is not null and d.party_id = p.id and d.class = 'progress'
    and d.state in ('waiting', 'blocked', 'task')`

/** By primary key. */
export const MARK_FANNED_OUT = `update case_events set fanned_out_at = $2::timestamptz where id = any($1::uuid[])`
