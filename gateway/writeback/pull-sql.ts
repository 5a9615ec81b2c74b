/** Statements of channels that ask for their events themselves. */

/**
 * A channel's calls after a position, read only below the oldest running transaction: a row that commits later cannot have a
 * position below one that was given. Index: deliveries_channel.
 */
export const CHANNEL_EVENTS = `
  select d.id, d.event_type, d.state_after, d.code, d.class, d.data_key, d.body, d.xid::text as xid, d.position::text as position,
    c.number, e.occurred_at, e.sequence, r.external_id
  from deliveries d
  join cases c on c.id = d.case_id
  join case_events e on e.id = d.case_event_id
  left join reports r on r.id = d.report_id
  where d.channel_id = $1 and (d.xid, d.position) > ($2::xid8, $3::bigint)
    and d.xid < pg_snapshot_xmin(pg_current_snapshot())
    and d.request is not null and d.state in ('waiting', 'claimed', 'uncertain', 'dead', 'delivered')
  order by d.xid, d.position limit $4::int`

/**
 * What a channel read before it came back with a cursor is delivered. Only a cursor that we gave counts: it names a row of
 * this channel. Index: deliveries_due (waiting rows) and deliveries_channel (the cursor's row).
 */
export const MARK_PULLED = `
  update deliveries d set state = 'delivered', settled_at = $4::timestamptz, settled_by = 'pull', due_at = null, reason = null
  where d.channel_id = $1 and d.state = 'waiting' and (d.xid, d.position) <= ($2::xid8, $3::bigint)
    and d.xid < pg_snapshot_xmin(pg_current_snapshot())
    and exists (select 1 from deliveries at where at.channel_id = $1 and at.xid = $2::xid8 and at.position = $3::bigint)`
