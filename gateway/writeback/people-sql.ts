/** Statements behind the lists and buttons of people. */
import { caseColumns, eventColumns, partyColumns } from './rows.ts'

/** A delivery as people see it; conditions are added. */
export const SELECT_DELIVERIES = `
  select d.id, d.channel_id, c.number, d.party_id, d.report_id, r.external_id, d.event_type, d.state_after, d.class, d.state, d.code,
    d.tries, d.due_at, d.reason, d.partner_reference, d.created_at, d.settled_at, d.data_key, d.body
  from deliveries d join cases c on c.id = d.case_id left join reports r on r.id = d.report_id`

/** By primary key; the lock keeps a worker from claiming what a person is deciding on. */
export const LOCK_DELIVERY = `
  select id, state, channel_id, case_id, case_event_id, party_id, tries, body is not null as has_body
  from deliveries where id = $1::uuid for update`

/** What mapping a blocked delivery again needs. By primary keys. */
export const CASE_BY_ID = `select ${caseColumns} from cases c where c.id = $1::uuid`
export const EVENT_BY_ID = `select ${eventColumns} from case_events e where e.id = $1::uuid`
export const PARTY_BY_ID = `select ${partyColumns} from parties p left join reports r on r.id = p.report_id where p.id = $1::uuid`

/** A person's settlement: delivered or waived. By primary key. */
export const SETTLE_BY_HAND = `
  update deliveries set state = $2, settled_by = $3, settled_at = $4::timestamptz, due_at = null,
    partner_reference = coalesce($5, partner_reference), reason = $6
  where id = $1::uuid`

/** Sends again, from the first try on. By primary key. */
export const SEND_AGAIN = `
  update deliveries set state = 'waiting', tries = 0, due_at = $2::timestamptz, reason = null, settled_at = null, settled_by = null,
    may_be_taken = may_be_taken and not $3::boolean
  where id = $1::uuid`

/**
 * What the current mapping makes of a blocked delivery. It gets a new place in the channel's order: a channel that pulls may
 * have read past its old one. By primary key.
 */
export const REMAP = `
  update deliveries set state = $2, class = $3, request = $4, code = $5, mapping_version = $6, data_key = decode($7, 'base64'),
    body = decode($8, 'base64'), due_at = $9::timestamptz, reason = $10, tries = 0, settled_at = $11::timestamptz,
    xid = pg_current_xact_id(), position = nextval(pg_get_serial_sequence('deliveries', 'position'))
  where id = $1::uuid`

/** Who decided what: beside the tries of the machine. */
export const NOTE_DECISION = `
  insert into delivery_attempts (id, delivery_id, try, kind, started_at, finished_at, outcome, detail)
  values ($1::uuid, $2::uuid, $3::int, $4, $5::timestamptz, $5::timestamptz, $6, $7)`
