/**
 * The tables, in the order of the way through the house: receipt → record → report → case → case event → delivery.
 * Identity rows carry the unique keys; bodies lie apart, encrypted, partitioned by month (see migrations/0000).
 */
import { sql } from 'drizzle-orm'
import {
  bigint,
  bigserial,
  boolean,
  customType,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  real,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import type { CaseEventContent, Actor } from '../../schemas/case.ts'
import type { Channel } from '../../schemas/channel.ts'
import type { Mapping } from '../../schemas/mapping.ts'
import type { Location } from '../../schemas/report.ts'
import type { RecordReason } from '../../schemas/receipt.ts'
import type { Tried } from '../../schemas/channel-life.ts'
import type { Reading, WorkingMessage, WorkingReport } from './working.ts'

const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' })
/** 64-bit transaction id: with `position` it orders rows so that a reader below the snapshot's xmin misses none. */
const xid8 = customType<{ data: string; driverData: string }>({ dataType: () => 'xid8' })
const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })
const committedIn = () =>
  xid8('xid')
    .notNull()
    .default(sql`pg_current_xact_id()`)

// catalog

/** The published state of each channel: what every process runs. */
export const channels = pgTable('channels', {
  id: text('id').primaryKey(),
  platform: text('platform').notNull(),
  state: text('state').notNull(),
  file: jsonb('file').$type<Channel>().notNull(),
  mappingVersion: text('mapping_version').notNull(),
  /** The published version's number in `channel_versions`. */
  version: integer('version').notNull().default(0),
  /** Grows with each change: how a process sees that its own copy is old. */
  revision: bigint('revision', { mode: 'number' }).notNull().default(0),
  /** SHA-256 of the channel's file as it was last taken over; null where no file stands behind the channel. */
  fileSha256: text('file_sha256'),
  updatedAt: at('updated_at').notNull(),
})

/** Definitions, immutable once written. The id is the channel and the hash of the merged definition. */
export const mappingVersions = pgTable('mapping_versions', {
  id: text('id').primaryKey(),
  channelId: text('channel_id').notNull(),
  platform: text('platform').notNull(),
  definition: jsonb('definition').$type<Mapping>().notNull(),
  author: text('author').notNull(),
  note: text('note').notNull(),
  publishedAt: at('published_at').notNull(),
})

/** What was published, text and all, from 1 in each channel. Immutable but for its retirement. */
export const channelVersions = pgTable(
  'channel_versions',
  {
    channelId: text('channel_id').notNull(),
    number: integer('number').notNull(),
    /** The channel's YAML as its author wrote it, with its examples. */
    text: text('text').notNull(),
    mappingVersion: text('mapping_version').notNull(),
    state: text('state').notNull(),
    /** How it came about: `file`, `draft`, `rollback`, `value`, `state`, `platform`. */
    origin: text('origin').notNull(),
    author: text('author').notNull(),
    note: text('note').notNull(),
    publishedAt: at('published_at').notNull(),
    retiredAt: at('retired_at'),
    /** What its trial showed before it was published. */
    tried: jsonb('tried').$type<Tried>(),
  },
  (t) => [primaryKey({ columns: [t.channelId, t.number] })],
)

/** At most one draft of each channel. `edition` grows with each save: who saves over an older one is told. */
export const channelDrafts = pgTable('channel_drafts', {
  channelId: text('channel_id').primaryKey(),
  text: text('text').notNull(),
  edition: integer('edition').notNull(),
  /** The published version that it was made from; null for a new channel. */
  basedOn: integer('based_on'),
  author: text('author').notNull(),
  updatedAt: at('updated_at').notNull(),
  tried: jsonb('tried').$type<Tried>(),
})

/** Classifiers that propose categories, newest in use. */
export const categoryModels = pgTable('category_models', {
  id: uuid('id').primaryKey(),
  trainedAt: at('trained_at').notNull(),
  source: text('source').notNull(),
  examples: integer('examples').notNull(),
  macroF1: real('macro_f1'),
  body: bytea('body').notNull(),
})

// watch

/** Records that came through a channel in one hour, UTC. Hours without any have no row. */
export const channelHours = pgTable(
  'channel_hours',
  {
    channelId: text('channel_id').notNull(),
    hour: at('hour').notNull(),
    records: integer('records').notNull(),
  },
  (t) => [primaryKey({ columns: [t.channelId, t.hour] })],
)

/** One row for each silence: raised when it starts, ended when the channel speaks again. */
export const channelAlerts = pgTable(
  'channel_alerts',
  {
    id: uuid('id').primaryKey(),
    channelId: text('channel_id').notNull(),
    kind: text('kind').notNull(),
    /** When the channel was last heard. */
    since: at('since').notNull(),
    raisedAt: at('raised_at').notNull(),
    endedAt: at('ended_at'),
    detail: text('detail').notNull(),
  },
  (t) => [
    uniqueIndex('channel_alerts_open')
      .on(t.channelId, t.kind)
      .where(sql`ended_at is null`), // watch: one alert for one silence
    index('channel_alerts_raised').on(t.raisedAt), // guiyi watch alerts
  ],
)

// intake

export const receipts = pgTable(
  'receipts',
  {
    id: uuid('id').primaryKey(),
    channelId: text('channel_id').notNull(),
    feed: text('feed').notNull(),
    receivedAt: at('received_at').notNull(),
    principal: text('principal').notNull(),
    contentType: text('content_type'),
    method: text('method').notNull(),
    bytes: integer('bytes').notNull(),
    sha256: text('sha256').notNull(),
    state: text('state').notNull(),
    counts: jsonb('counts').$type<{ [end: string]: number }>().notNull(),
    tries: integer('tries').notNull().default(0),
  },
  (t) => [
    index('receipts_channel_received').on(t.channelId, t.receivedAt), // guiyi receipt list --channel
    index('receipts_unworked')
      .on(t.receivedAt)
      .where(sql`state = 'stored'`), // intake: receipts that a killed process left
  ],
)

/** Partitioned by month of received_at. */
export const receiptBodies = pgTable(
  'receipt_bodies',
  {
    receiptId: uuid('receipt_id').notNull(),
    receivedAt: at('received_at').notNull(),
    dataKey: bytea('data_key'),
    body: bytea('body').notNull(),
  },
  (t) => [primaryKey({ columns: [t.receiptId, t.receivedAt] })],
)

export const replayKeys = pgTable(
  'replay_keys',
  {
    channelId: text('channel_id').notNull(),
    key: text('key').notNull(),
    receiptId: uuid('receipt_id').notNull(),
    expiresAt: at('expires_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.channelId, t.key] }), index('replay_keys_expiry').on(t.expiresAt)],
)

export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    channelId: text('channel_id').notNull(),
    key: text('key').notNull(),
    fingerprint: text('fingerprint').notNull(),
    receiptId: uuid('receipt_id').notNull(),
    expiresAt: at('expires_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.channelId, t.key] }), index('idempotency_keys_expiry').on(t.expiresAt)],
)

export const records = pgTable(
  'records',
  {
    id: uuid('id').primaryKey(),
    receiptId: uuid('receipt_id').notNull(),
    index: integer('index').notNull(),
    position: text('position').notNull(),
    channelId: text('channel_id').notNull(),
    feed: text('feed').notNull(),
    identity: text('identity'),
    end: text('end').notNull(),
    reason: jsonb('reason').$type<RecordReason>(),
    externalId: text('external_id'),
    reportId: uuid('report_id'),
    version: integer('version'),
    mappingVersion: text('mapping_version'),
    createdAt: at('created_at').notNull(),
    /** Of a quarantined record: what no table lists and keeps it there, `<table> <value>`. */
    blockedBy: text('blocked_by').array(),
  },
  (t) => [
    unique('records_receipt_index').on(t.receiptId, t.index),
    index('records_quarantined')
      .on(t.channelId, t.createdAt)
      .where(sql`"end" = 'quarantined'`), // replay and unknown values: what waits in a channel
    index('records_channel_end').on(t.channelId, t.end, t.createdAt), // counts per channel; quarantine list
    index('records_report').on(t.reportId), // guiyi case show: what made this report
  ],
)

export const reports = pgTable(
  'reports',
  {
    id: uuid('id').primaryKey(),
    channelId: text('channel_id').notNull(),
    externalId: text('external_id').notNull(),
    feed: text('feed').notNull(),
    rank: integer('rank').notNull(),
    version: integer('version').notNull(),
    contentHash: text('content_hash').notNull(),
    working: jsonb('working').$type<WorkingReport>().notNull(),
    personKeys: text('person_keys').array().notNull(),
    confidential: boolean('confidential').notNull(),
    submittedAt: at('submitted_at').notNull(),
    receivedAt: at('received_at').notNull(),
    caseId: uuid('case_id'),
    /** Set without a case where it came while its channel was in trial: it was compared, and goes no further. */
    linkedAt: at('linked_at'),
    /** The newest version that its case knows of. */
    toldVersion: integer('told_version').notNull().default(0),
    /** The version that its link keys were made of. */
    keyedVersion: integer('keyed_version').notNull().default(0),
    /** What linking read in it: its area, with how sure that is and where it came from. */
    reading: jsonb('reading').$type<Reading>(),
  },
  (t) => [
    unique('reports_channel_external').on(t.channelId, t.externalId),
    index('reports_unlinked')
      .on(t.receivedAt)
      .where(sql`case_id is null and linked_at is null`), // linking: next batch
    index('reports_untold')
      .on(t.id)
      .where(sql`case_id is not null and told_version < version`), // linking: changed reports
    index('reports_unkeyed')
      .on(t.id)
      .where(sql`case_id is not null and keyed_version < version`), // linking: keys to make anew
    index('reports_case')
      .on(t.caseId, t.receivedAt.desc())
      .where(sql`case_id is not null`), // a case's sources, and of a large one the newest
  ],
)

/** Every version whole and encrypted. Partitioned by month of created_at. */
export const reportVersions = pgTable(
  'report_versions',
  {
    reportId: uuid('report_id').notNull(),
    version: integer('version').notNull(),
    createdAt: at('created_at').notNull(),
    recordId: uuid('record_id').notNull(),
    mappingVersion: text('mapping_version').notNull(),
    feed: text('feed').notNull(),
    contentHash: text('content_hash').notNull(),
    dataKey: bytea('data_key'),
    body: bytea('body').notNull(),
  },
  (t) => [primaryKey({ columns: [t.reportId, t.version, t.createdAt] })],
)

export const messages = pgTable(
  'messages',
  {
    id: uuid('id').primaryKey(),
    channelId: text('channel_id').notNull(),
    /** The report that it is about; null where it is about a case that was handed to the channel. */
    reportId: uuid('report_id'),
    /** The handler 承办方 that said it. */
    partyId: uuid('party_id'),
    kind: text('kind').notNull(),
    identity: text('identity').notNull(),
    recordId: uuid('record_id').notNull(),
    mappingVersion: text('mapping_version').notNull(),
    contentHash: text('content_hash').notNull(),
    working: jsonb('working').$type<WorkingMessage>().notNull(),
    occurredAt: at('occurred_at').notNull(),
    receivedAt: at('received_at').notNull(),
    dataKey: bytea('data_key'),
    body: bytea('body').notNull(),
    appendedAt: at('appended_at'),
  },
  (t) => [
    unique('messages_identity').on(t.channelId, t.kind, t.identity),
    index('messages_report').on(t.reportId),
    index('messages_unappended')
      .on(t.receivedAt)
      .where(sql`appended_at is null`), // linking: messages on their way to a case
  ],
)

/**
 * Files of reports and messages. One file of one report has one id, however many versions and messages name it. `waiting` ones
 * stand at their source and are fetched when due; a claim moves `due_at` to the end of its lease.
 */
export const files = pgTable(
  'files',
  {
    id: uuid('id').primaryKey(),
    channelId: text('channel_id').notNull(),
    feed: text('feed').notNull(),
    /** The report whose file it is; null where a handler 承办方 sent it. */
    reportId: uuid('report_id'),
    messageId: uuid('message_id'),
    recordId: uuid('record_id').notNull(),
    position: integer('position').notNull(),
    state: text('state').notNull(),
    /** Address and name as the source gave them, sealed, while the file waits or has failed: both can be personal. */
    sourceKey: bytea('source_key'),
    source: bytea('source'),
    mediaType: text('media_type'),
    bytes: integer('bytes'),
    sha256: text('sha256'),
    tries: integer('tries').notNull().default(0),
    dueAt: at('due_at'),
    claimToken: uuid('claim_token'),
    reason: text('reason'),
    createdAt: at('created_at').notNull(),
    settledAt: at('settled_at'),
  },
  (t) => [
    index('files_waiting')
      .on(t.channelId, t.dueAt)
      .where(sql`state = 'waiting'`), // intake: files to fetch, channel by channel
    index('files_report').on(t.reportId), // how much a report has stored already
  ],
)

/** Erasing the data key erases the file. */
export const fileBodies = pgTable('file_bodies', {
  fileId: uuid('file_id').primaryKey(),
  dataKey: bytea('data_key'),
  body: bytea('body').notNull(),
})

/** Codes that no table lists: each a line in front of an admin. */
export const unknownValues = pgTable(
  'unknown_values',
  {
    channelId: text('channel_id').notNull(),
    tableName: text('table_name').notNull(),
    value: text('value').notNull(),
    count: integer('count').notNull(),
    firstAt: at('first_at').notNull(),
    lastAt: at('last_at').notNull(),
    recordId: uuid('record_id').notNull(),
    /** The first records that held it, at most five. */
    examples: uuid('examples').array(),
    /** Mapped, or put aside, by a person; seen again after that, it is open again. */
    settledAt: at('settled_at'),
    settledBy: text('settled_by'),
    settledAs: text('settled_as'),
  },
  (t) => [primaryKey({ columns: [t.channelId, t.tableName, t.value] })],
)

/** Stored records run through a channel's published mapping again. */
export const replays = pgTable(
  'replays',
  {
    id: uuid('id').primaryKey(),
    channelId: text('channel_id').notNull(),
    /** What was asked for, in words and as data. */
    selection: jsonb('selection').$type<{ [name: string]: unknown }>().notNull(),
    state: text('state').notNull(),
    total: integer('total').notNull(),
    done: integer('done').notNull().default(0),
    /** Items by their outcome. */
    counts: jsonb('counts').$type<{ [outcome: string]: number }>().notNull(),
    author: text('author').notNull(),
    note: text('note').notNull(),
    createdAt: at('created_at').notNull(),
    startedAt: at('started_at'),
    endedAt: at('ended_at'),
    /** Why it stands still, where that is not a person's doing. */
    reason: text('reason'),
  },
  (t) => [
    index('replays_running')
      .on(t.createdAt)
      .where(sql`state = 'running'`), // intake: replays to work on
  ],
)

/** What was selected when a replay was started, in received order. */
export const replayItems = pgTable(
  'replay_items',
  {
    replayId: uuid('replay_id').notNull(),
    position: integer('position').notNull(),
    recordId: uuid('record_id').notNull(),
    receiptId: uuid('receipt_id').notNull(),
    outcome: text('outcome'),
    /** What is different now: pointers into the report, and the reason where it could not be taken. */
    changes: jsonb('changes').$type<{ [name: string]: unknown }>(),
    mappingVersion: text('mapping_version'),
    settledAt: at('settled_at'),
  },
  (t) => [
    primaryKey({ columns: [t.replayId, t.position] }),
    index('replay_items_waiting')
      .on(t.replayId, t.position)
      .where(sql`outcome is null`), // intake: a replay's next items
    index('replay_items_record').on(t.recordId), // guiyi receipt show
  ],
)

/** Where each poll goes on; moved in the receipt's own transaction, by the holder of the newest token only. */
export const polls = pgTable(
  'polls',
  {
    channelId: text('channel_id').notNull(),
    feed: text('feed').notNull(),
    cursor: jsonb('cursor').$type<{ [key: string]: unknown }>(),
    dueAt: at('due_at').notNull(),
    token: bigint('token', { mode: 'number' }).notNull().default(0),
    leaseUntil: at('lease_until'),
    failures: integer('failures').notNull().default(0),
    lastOkAt: at('last_ok_at'),
    lastError: text('last_error'),
  },
  (t) => [primaryKey({ columns: [t.channelId, t.feed] }), index('polls_due').on(t.dueAt)],
)

// linking

/** What a report can be found by. `hash` is hashtextextended(kind|key): a collision only costs a comparison. */
export const linkKeys = pgTable(
  'link_keys',
  {
    hash: bigint('hash', { mode: 'bigint' }).notNull(),
    at: at('at').notNull(),
    reportId: uuid('report_id').notNull(),
    caseId: uuid('case_id').notNull(),
  },
  (t) => [
    index('link_keys_newest').on(t.hash, t.at.desc(), t.caseId), // candidates: the newest cases under a key, from the index alone
    index('link_keys_report').on(t.reportId), // a report's keys, when it is taken out
  ],
)

export const matches = pgTable(
  'matches',
  {
    id: uuid('id').primaryKey(),
    reportId: uuid('report_id').notNull(),
    caseId: uuid('case_id').notNull(),
    score: real('score').notNull(),
    probability: real('probability').notNull(),
    decision: text('decision').notNull(),
    decidedBy: text('decided_by').notNull(),
    decidedAt: at('decided_at').notNull(),
    model: text('model').notNull(),
    parts: jsonb('parts')
      .$type<{ field: string; level: string; weight: number; detail: string }[]>()
      .notNull(),
    /** What an answer is worth: the desk asks for the most first. Only of those to review. */
    worth: real('worth'),
    /** 稍后: not asked again before. */
    laterUntil: at('later_until'),
    /** Who put it off, `clerk:C-07`. */
    laterBy: text('later_by'),
    /** Answered by a clerk, or without object: one side moved. */
    settledAt: at('settled_at'),
    verdictId: uuid('verdict_id'),
  },
  (t) => [
    index('matches_report').on(t.reportId),
    index('matches_case').on(t.caseId),
    index('matches_review')
      .on(t.worth.desc(), t.decidedAt, t.id)
      .where(sql`decision = 'review' and settled_at is null`), // linking: the review desk's queue
  ],
)

/** What clerks said of two sides. It beats the engine for ever, and holds for the reports wherever they stand. */
export const linkVerdicts = pgTable(
  'link_verdicts',
  {
    id: uuid('id').primaryKey(),
    /** `same` | `different` */
    verdict: text('verdict').notNull(),
    decidedBy: text('decided_by').notNull(),
    decidedAt: at('decided_at').notNull(),
    /** How it was said: `review`, `merge`, `split`, `undo`. */
    origin: text('origin').notNull(),
    matchId: uuid('match_id'),
    /** The act that said so, where one did: a row of case_moves. */
    moveId: uuid('move_id'),
    reason: text('reason'),
    undoneAt: at('undone_at'),
    undoneBy: text('undone_by'),
  },
  (t) => [index('link_verdicts_decided').on(t.decidedAt)], // guiyi link train: answers since
)

/** The reports that stood on each side, 0 and 1, when it was said. */
export const linkVerdictSides = pgTable(
  'link_verdict_sides',
  {
    verdictId: uuid('verdict_id').notNull(),
    side: integer('side').notNull(),
    reportId: uuid('report_id').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.verdictId, t.side, t.reportId] }),
    index('link_verdict_sides_report').on(t.reportId), // linking: what was said of a report
  ],
)

/** Parameters of the linking model 关联模型; the newest `used_from` is in use, the shipped ones where there is none. */
export const linkModels = pgTable('link_models', {
  version: text('version').primaryKey(),
  parameters: jsonb('parameters').$type<{ [name: string]: unknown }>().notNull(),
  /** Pairs it was estimated from, clerks' answers, and what it came to. */
  figures: jsonb('figures').$type<{ [name: string]: unknown }>().notNull(),
  author: text('author').notNull(),
  note: text('note').notNull(),
  trainedAt: at('trained_at').notNull(),
  usedFrom: at('used_from'),
})

/** What linking has learnt of the names of places: how many reports named each. */
export const placeNames = pgTable(
  'place_names',
  {
    kind: text('kind').notNull(),
    name: text('name').notNull(),
    reports: integer('reports').notNull(),
    lastAt: at('last_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.kind, t.name] })],
)

/** How often words occur in what is stored, as one sketch; kept by the linker now and then. */
export const linkCounts = pgTable('link_counts', {
  name: text('name').primaryKey(),
  reports: bigint('reports', { mode: 'number' }).notNull(),
  body: bytea('body').notNull(),
  keptAt: at('kept_at').notNull(),
})

/** Umbrella cases 总案 of mass events: while open, reports that fit the rule join without being compared. */
export const umbrellas = pgTable(
  'umbrellas',
  {
    caseId: uuid('case_id').primaryKey(),
    rule: jsonb('rule').$type<{ [name: string]: unknown }>().notNull(),
    openedAt: at('opened_at').notNull(),
    openedBy: text('opened_by').notNull(),
    until: at('until').notNull(),
    endedAt: at('ended_at'),
    endedBy: text('ended_by'),
  },
  (t) => [
    index('umbrellas_open')
      .on(t.until)
      .where(sql`ended_at is null`), // linking: the open ones
  ],
)

/** People 人 of a case: who reported, by person key; told apart from channels and reports. */
export const casePeople = pgTable(
  'case_people',
  {
    caseId: uuid('case_id').notNull(),
    personKey: text('person_key').notNull(),
    reports: integer('reports').notNull(),
    firstAt: at('first_at').notNull(),
    lastAt: at('last_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.caseId, t.personKey] })],
)

/** Cases of one subject in one area that are not one matter: other victims, the same trouble again. */
export const topics = pgTable(
  'topics',
  {
    id: uuid('id').primaryKey(),
    /** Subject and area, from which it is found. */
    key: text('key').notNull(),
    category: text('category'),
    area: text('area'),
    name: text('name').notNull(),
    openedAt: at('opened_at').notNull(),
    lastAt: at('last_at').notNull(),
  },
  (t) => [unique('topics_key').on(t.key), index('topics_last').on(t.lastAt)],
)

export const topicCases = pgTable(
  'topic_cases',
  {
    caseId: uuid('case_id').notNull(),
    topicId: uuid('topic_id').notNull(),
    at: at('at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.topicId] }),
    index('topic_cases_topic').on(t.topicId, t.at.desc()), // a topic's cases
  ],
)

/** Reports of a topic by day in Asia/Shanghai: its own history. */
export const topicDays = pgTable(
  'topic_days',
  {
    topicId: uuid('topic_id').notNull(),
    day: date('day').notNull(),
    reports: integer('reports').notNull(),
    people: integer('people').notNull(),
    channels: text('channels').array().notNull(),
  },
  (t) => [primaryKey({ columns: [t.topicId, t.day] })],
)

/** One row for each unusual growth: raised when it starts, ended when it is over. */
export const topicWarnings = pgTable(
  'topic_warnings',
  {
    id: uuid('id').primaryKey(),
    topicId: uuid('topic_id').notNull(),
    /** `people` 人数 | `channels` 渠道 | `trend` 趋势 */
    kind: text('kind').notNull(),
    raisedAt: at('raised_at').notNull(),
    endedAt: at('ended_at'),
    /** Figures behind it: observed, usual, since when. */
    figures: jsonb('figures').$type<{ [name: string]: unknown }>().notNull(),
    acknowledgedBy: text('acknowledged_by'),
  },
  (t) => [
    uniqueIndex('topic_warnings_open')
      .on(t.topicId, t.kind)
      .where(sql`ended_at is null`), // linking: one warning for one growth
    index('topic_warnings_raised').on(t.raisedAt), // guiyi topic warnings
  ],
)

/** One active owner of a stage. The token grows with each owner and is checked in the owner's commits. */
export const leases = pgTable('leases', {
  name: text('name').primaryKey(),
  holder: text('holder').notNull(),
  token: bigint('token', { mode: 'number' }).notNull(),
  expiresAt: at('expires_at').notNull(),
})

// dispatch

export const caseNumbers = pgTable('case_numbers', {
  day: date('day').primaryKey(),
  last: integer('last').notNull(),
})

export const cases = pgTable(
  'cases',
  {
    id: uuid('id').primaryKey(),
    number: text('number').notNull(),
    chainId: uuid('chain_id').notNull(),
    predecessorId: uuid('predecessor_id'),
    flow: text('flow'),
    state: text('state').notNull(),
    stateBefore: text('state_before'),
    sequence: integer('sequence').notNull(),
    kind: text('kind').notNull(),
    category: text('category'),
    title: text('title'),
    text: text('text').notNull(),
    location: jsonb('location').$type<Location>(),
    urgency: text('urgency').notNull(),
    sensitive: boolean('sensitive').notNull(),
    confidential: boolean('confidential').notNull(),
    tags: text('tags').array().notNull(),
    openedAt: at('opened_at').notNull(),
    closedAt: at('closed_at'),
    /** 并案: the case that took over its reports; it takes none itself until that is undone. */
    mergedInto: uuid('merged_into'),
    /** The strictest of its sources' own time limits. */
    dueAt: at('due_at'),
  },
  (t) => [
    unique('cases_number').on(t.number),
    index('cases_chain').on(t.chainId),
    index('cases_merged_into')
      .on(t.mergedInto)
      .where(sql`merged_into is not null`), // what was joined into a case
    index('cases_opened').on(t.openedAt),
  ],
)

/** Reports that went from one case to another by a clerk's act: 并案, 拆案, or the undoing of one. Append-only but for `undone_by`. */
export const caseMoves = pgTable(
  'case_moves',
  {
    id: uuid('id').primaryKey(),
    /** `merge` | `split` | `undo` */
    kind: text('kind').notNull(),
    fromCaseId: uuid('from_case_id').notNull(),
    toCaseId: uuid('to_case_id').notNull(),
    reports: uuid('reports').array().notNull(),
    /** The left case as it was: state, assignments, umbrella. */
    before: jsonb('before').$type<{ [name: string]: unknown }>().notNull(),
    caller: text('caller').notNull(),
    eventId: text('event_id').notNull(),
    decidedBy: text('decided_by').notNull(),
    reason: text('reason'),
    at: at('at').notNull(),
    undoneBy: uuid('undone_by'),
  },
  (t) => [
    unique('case_moves_caller').on(t.fromCaseId, t.caller, t.eventId),
    index('case_moves_to').on(t.toCaseId),
  ],
)

/**
 * Cases that the dispatch does not hear of yet 暂缓分拨: their report waits for a clerk's answer. Their events have no place in the
 * dispatch's list; the release gives them one.
 */
export const caseHolds = pgTable(
  'case_holds',
  {
    caseId: uuid('case_id').primaryKey(),
    /** Released by then at the latest. Null: joined with another case before the dispatch heard of it. */
    until: at('until'),
  },
  (t) => [
    index('case_holds_until')
      .on(t.until)
      .where(sql`until is not null`), // dispatch: holds that are over; the review desk: cases that are held
  ],
)

/** Append-only. `xid` and `position` are an event's place in the dispatch's list: missing while its case is held. */
export const caseEvents = pgTable(
  'case_events',
  {
    id: uuid('id').primaryKey(),
    caseId: uuid('case_id').notNull(),
    sequence: integer('sequence').notNull(),
    type: text('type').notNull(),
    caller: text('caller').notNull(),
    eventId: text('event_id').notNull(),
    /** SHA-256 of what the caller sent, so that the same event id with other content is seen. */
    contentHash: text('content_hash').notNull(),
    actor: jsonb('actor').$type<Actor>().notNull(),
    occurredAt: at('occurred_at').notNull(),
    recordedAt: at('recorded_at').notNull(),
    stateAfter: text('state_after').notNull(),
    content: jsonb('content').$type<CaseEventContent>().notNull(),
    xid: xid8('xid').default(sql`pg_current_xact_id()`),
    position: bigserial('position', { mode: 'number' }).notNull(),
    fannedOutAt: at('fanned_out_at'),
  },
  (t) => [
    unique('case_events_sequence').on(t.caseId, t.sequence),
    unique('case_events_caller').on(t.caseId, t.caller, t.eventId),
    index('case_events_cursor').on(t.xid, t.position), // dispatch list and events feeds: read on from a cursor
    index('case_events_to_fan_out')
      .on(t.caseId)
      .where(sql`fanned_out_at is null`), // writeback: events not yet given to the parties
  ],
)

export const assignments = pgTable(
  'assignments',
  {
    id: uuid('id').primaryKey(),
    caseId: uuid('case_id').notNull(),
    unitCode: text('unit_code').notNull(),
    role: text('role').notNull(),
    state: text('state').notNull(),
    timeLimit: jsonb('time_limit').$type<{
      amount: number
      unit: 'minute' | 'hour' | 'day'
      clock: 'continuous' | 'working'
    }>(),
    dueAt: at('due_at'),
    dispatchedAt: at('dispatched_at').notNull(),
    signedAt: at('signed_at'),
    resolvedAt: at('resolved_at'),
    returnedAt: at('returned_at'),
  },
  (t) => [
    index('assignments_case').on(t.caseId),
    uniqueIndex('assignments_open_unit')
      .on(t.caseId, t.unitCode)
      .where(sql`state not in ('returned', 'withdrawn', 'resolved')`),
  ],
)

/** Who read personal information, of what, when. */
export const accesses = pgTable(
  'accesses',
  {
    id: uuid('id').primaryKey(),
    principal: text('principal').notNull(),
    subject: text('subject').notNull(),
    caseId: uuid('case_id'),
    reportId: uuid('report_id'),
    fileId: uuid('file_id'),
    at: at('at').notNull(),
  },
  (t) => [index('accesses_case').on(t.caseId)],
)

// writeback

export const parties = pgTable(
  'parties',
  {
    id: uuid('id').primaryKey(),
    caseId: uuid('case_id').notNull(),
    kind: text('kind').notNull(),
    channelId: text('channel_id').notNull(),
    reportId: uuid('report_id'),
    /** For a handler 承办方: the unit that works in its system, and the number that the system gave the case. */
    unitCode: text('unit_code'),
    externalId: text('external_id'),
    /** Events up to this one happened before the party joined: it got the state instead. */
    joinedSequence: integer('joined_sequence').notNull(),
    joinedAt: at('joined_at').notNull(),
    leftAt: at('left_at'),
  },
  (t) => [
    unique('parties_case_report').on(t.caseId, t.reportId),
    index('parties_report').on(t.reportId),
    uniqueIndex('parties_case_handler')
      .on(t.caseId, t.channelId)
      .where(sql`report_id is null`), // dispatch: a case is handed to a channel once; intake: what a handler says by our number
    index('parties_handler_number')
      .on(t.channelId, t.externalId)
      .where(sql`report_id is null`), // intake: what a handler says by its own number
  ],
)

export const deliveries = pgTable(
  'deliveries',
  {
    id: uuid('id').primaryKey(),
    partyId: uuid('party_id').notNull(),
    caseId: uuid('case_id').notNull(),
    channelId: text('channel_id').notNull(),
    reportId: uuid('report_id'),
    caseEventId: uuid('case_event_id').notNull(),
    /** Order within the party. Catch-up notices of a late source come before the event they were made at. */
    sequence: integer('sequence').notNull(),
    eventType: text('event_type').notNull(),
    stateAfter: text('state_after').notNull(),
    class: text('class').notNull(),
    state: text('state').notNull(),
    request: text('request'),
    code: text('code'),
    mappingVersion: text('mapping_version').notNull(),
    /** The body as mapped, encrypted: the same bytes for every try. */
    dataKey: bytea('data_key'),
    body: bytea('body'),
    tries: integer('tries').notNull().default(0),
    dueAt: at('due_at'),
    leaseUntil: at('lease_until'),
    claimToken: uuid('claim_token'),
    /** An earlier try may have been taken: ask (queryable) before sending again. */
    mayBeTaken: boolean('may_be_taken').notNull().default(false),
    reason: text('reason'),
    partnerReference: text('partner_reference'),
    settledBy: text('settled_by'),
    createdAt: at('created_at').notNull(),
    settledAt: at('settled_at'),
    xid: committedIn(),
    position: bigserial('position', { mode: 'number' }).notNull(),
  },
  (t) => [
    unique('deliveries_event_party').on(t.caseEventId, t.partyId, t.eventType),
    index('deliveries_due')
      .on(t.dueAt)
      .where(sql`state = 'waiting'`), // writeback: claim
    index('deliveries_claimed')
      .on(t.leaseUntil)
      .where(sql`state = 'claimed'`), // writeback: claims of killed workers
    index('deliveries_open_of_party')
      .on(t.partyId, t.sequence)
      .where(sql`state in ('waiting', 'claimed', 'blocked', 'uncertain', 'task')`), // order, superseding
    index('deliveries_channel').on(t.channelId, t.xid, t.position), // GET …/events: channels that pull
    index('deliveries_state')
      .on(t.state, t.createdAt)
      .where(sql`state in ('blocked', 'uncertain', 'task', 'dead')`), // lists for people
    index('deliveries_case').on(t.caseId),
  ],
)

export const deliveryAttempts = pgTable(
  'delivery_attempts',
  {
    id: uuid('id').primaryKey(),
    deliveryId: uuid('delivery_id').notNull(),
    try: integer('try').notNull(),
    kind: text('kind').notNull(),
    startedAt: at('started_at').notNull(),
    finishedAt: at('finished_at'),
    outcome: text('outcome'),
    detail: text('detail'),
  },
  (t) => [index('delivery_attempts_delivery').on(t.deliveryId)],
)

/** What this database is: `master-key` is the id of the key that everything is sealed under. */
export const facts = pgTable('facts', { name: text('name').primaryKey(), value: text('value').notNull() })

// access

export const apiKeys = pgTable(
  'api_keys',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    hash: text('hash').notNull(),
    scopes: text('scopes').array().notNull(),
    createdAt: at('created_at').notNull(),
    lastUsedAt: at('last_used_at'),
    revokedAt: at('revoked_at'),
  },
  (t) => [uniqueIndex('api_keys_hash').on(t.hash)],
)
