/** Statements of delivering: claim, renew, settle, take over. Each is a transaction of its own. */
import { formerReasons } from '../store/former-deliveries.ts'

/**
 * Claims due deliveries and notes the begun tries, in one statement and one commit.
 *
 *   $1 channels that can be called, $2 how many calls each takes at once, $3 now, $4 at most so many, $5 claim token,
 *   $6 lease in ms, $7 channels that can be asked first, $8 ids for the attempts ($4 of them)
 *
 * Only the first open delivery of a party is claimed; a manual task holds up nothing. Locks are taken for the chosen rows
 * alone, and \`state\` is checked again under the lock: two gateways that choose the same rows get disjoint ones.
 * \`busy\` counts over all gateways; two claims in the same instant can exceed a channel's number for one round.
 * Indexes: deliveries_claimed (busy), deliveries_due in order of due_at until the window is full (due),
 * deliveries_open_of_party (earlier), then primary keys.
 */
export const CLAIM = `
  with busy as (
    select channel_id, count(*)::int as calls from deliveries where state = 'claimed' group by channel_id
  ), slots as (
    select s.channel_id, s.size - coalesce(b.calls, 0) as free
    from unnest($1::text[], $2::int[]) as s(channel_id, size) left join busy b using (channel_id)
    where s.size > coalesce(b.calls, 0)
  ), due as (
    select d.id, d.channel_id, d.due_at, d.position from deliveries d
    where d.state = 'waiting' and d.due_at <= $3::timestamptz
      and d.channel_id = any(array(select channel_id from slots))
      and not exists (
        select 1 from deliveries earlier
        where earlier.party_id = d.party_id and earlier.state in ('waiting', 'claimed', 'blocked', 'uncertain')
          and (earlier.sequence, earlier.position) < (d.sequence, d.position))
    order by d.due_at limit 200
  ), chosen as (
    select id from (select due.*, row_number() over (partition by channel_id order by due_at, position) as rank from due) ranked
    join slots using (channel_id)
    where ranked.rank <= slots.free
    order by due_at, position limit $4::int
  ), locked as materialized (
    select d.id from deliveries d where d.id = any(array(select id from chosen)) and d.state = 'waiting'
    for update skip locked
  ), numbered as (
    select l.id, a.attempt_id from (select id, row_number() over () as n from locked) l
    join unnest($8::uuid[]) with ordinality as a(attempt_id, n) using (n)
  ), claimed as (
    update deliveries d set state = 'claimed', claim_token = $5::uuid, tries = d.tries + 1,
      lease_until = now() + $6::float8 * interval '1 millisecond'
    from numbered where d.id = numbered.id
    returning d.*, numbered.attempt_id
  ), started as (
    insert into delivery_attempts (id, delivery_id, try, kind, started_at)
    select attempt_id, id, tries, case when may_be_taken and channel_id = any($7::text[]) then 'lookup' else 'deliver' end, $3::timestamptz
    from claimed
  )
  select d.id as delivery_id, d.attempt_id, d.channel_id, d.party_id, d.case_id, d.report_id, d.request, d.code, d.data_key, d.body, d.tries,
    d.may_be_taken, c.number, e.id, e.case_id, e.sequence, e.type, e.event_id, e.actor, e.occurred_at, e.recorded_at,
    e.state_after, e.content, r.external_id, r.working->'references' as references, r.working->'extra' as extra
  from claimed d
  join cases c on c.id = d.case_id
  join case_events e on e.id = d.case_event_id
  left join reports r on r.id = d.report_id
  order by d.due_at, d.position`

/** Keeps running calls; a claim that does not come back was taken over. By primary key. */
export const RENEW = `
  with held as materialized (
    select d.id from deliveries d join json_to_recordset($1::text::json) as r(id uuid, token uuid) on d.id = r.id
    where d.claim_token = r.token and d.state = 'claimed' order by d.id for update of d
  )
  update deliveries d set lease_until = now() + $2::float8 * interval '1 millisecond' from held where d.id = held.id
  returning d.id`

/** Settles tries whose claim still holds; a lost claim settles nothing. By primary keys, those of parties among them, or deliveries_claimed while it is small. */
export const SETTLE = `
  with input as (
    select * from json_to_recordset($1::text::json) as r(id uuid, token uuid, attempt_id uuid, state text, due_at timestamptz,
      may_be_taken boolean, reason text, reference text, settled_at timestamptz, finished_at timestamptz, outcome text, detail text)
  ), held as materialized (
    -- In the order of their ids, as everybody locks them: two gateways never wait for each other.
    select d.id from deliveries d join input i on d.id = i.id where d.claim_token = i.token and d.state = 'claimed'
    order by d.id for update of d
  ), ended as (
    -- A source that left the case while it was called is not called again: its news is that of another case now.
    select i.*, i.state = 'waiting' and p.left_at is not null and p.report_id is not null as former
    from input i join held h on h.id = i.id join deliveries d on d.id = i.id join parties p on p.id = d.party_id
  ), settled as (
    update deliveries d set state = case when e.former then 'superseded' else e.state end, due_at = case when e.former then null else e.due_at end,
      may_be_taken = e.may_be_taken, reason = case when e.former then '${formerReasons.takenOut}' else e.reason end,
      partner_reference = coalesce(e.reference, d.partner_reference), settled_at = case when e.former then e.finished_at else e.settled_at end,
      lease_until = null, claim_token = null
    from ended e where d.id = e.id
    returning d.id, d.party_id
  ), numbered as (
    -- The number under which a handler 承办方 has the case: what it says of the case later comes under that.
    update parties p set external_id = i.reference
    from input i join settled s on s.id = i.id
    where p.id = s.party_id and p.report_id is null and p.external_id is null and i.reference is not null
  ), finished as (
    update delivery_attempts a set finished_at = i.finished_at, outcome = i.outcome, detail = i.detail
    from input i join settled s on s.id = i.id where a.id = i.attempt_id
  )
  select id from settled`

/** After a look-up that found nothing: its attempt ends, the call's begins, while the claim holds. By primary keys. */
export const NEXT_ATTEMPT = `
  with held as (
    select id, tries from deliveries where id = $1::uuid and claim_token = $2::uuid and state = 'claimed' for update
  ), finished as (
    update delivery_attempts set finished_at = $4::timestamptz, outcome = 'transient', detail = $5
    where id = $3::uuid and exists (select 1 from held)
  )
  insert into delivery_attempts (id, delivery_id, try, kind, started_at)
  select $6::uuid, id, tries, 'deliver', $4::timestamptz from held
  returning id`

/**
 * Claims of workers that were killed or cut off. One of a channel that this gateway does not know is left for an hour to a
 * gateway that does. Indexes: deliveries_claimed, delivery_attempts_delivery.
 */
export const LAPSED = `
  select d.id, d.claim_token, d.channel_id, d.tries, d.may_be_taken, a.id as attempt_id, a.kind
  from deliveries d
  left join lateral (
    select id, kind from delivery_attempts where delivery_id = d.id and finished_at is null order by started_at desc, id desc limit 1
  ) a on true
  where d.state = 'claimed' and d.lease_until < now()
    and (d.channel_id = any($1::text[]) or d.lease_until < now() - interval '1 hour')
  order by d.lease_until limit 100
  for update of d skip locked`

/** Uncertain deliveries whose hold is over are sent again. Index: deliveries_state. */
export const RELEASE_HELD = `
  update deliveries set state = 'waiting' where state = 'uncertain' and due_at <= $1::timestamptz returning id`

/**
 * Waiting deliveries of channels that lost their way back become visible. Ten minutes of grace, for set-ups that are just
 * being changed. Index: deliveries_due.
 */
export const BLOCK_STRANDED = `
  update deliveries set state = 'blocked', due_at = null, reason = $3
  where id in (
    select id from deliveries where state = 'waiting' and due_at < $2::timestamptz - interval '10 minutes' and channel_id = any($1::text[])
    order by due_at limit 500 for update skip locked)
  returning id`

/** Blocked because their channel was not known, which it is now. Index: deliveries_state. */
export const BLOCKED_AS_UNKNOWN = `
  select id, channel_id, case_id, case_event_id, party_id from deliveries
  where state = 'blocked' and mapping_version = 'none' and channel_id = any($1::text[])
  order by created_at, position limit 100 for update skip locked`

/** Seconds that the oldest due delivery has waited. Index: deliveries_due. */
export const DELIVERY_LAG = `
  select extract(epoch from $1::timestamptz - min(due_at))::float8 as seconds from deliveries where state = 'waiting' and due_at <= $1::timestamptz`

/** Seconds that the oldest event has waited for fan-out. Index: case_events_to_fan_out. */
export const FAN_OUT_LAG = `
  select extract(epoch from $1::timestamptz - min(recorded_at))::float8 as seconds from case_events where fanned_out_at is null`
