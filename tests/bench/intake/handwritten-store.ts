/** One transaction for each request. Statements that do not wait for each other's answer are sent together. */
import type postgres from 'postgres'
import type { Sealed } from '../../../gateway/store/envelope.ts'
import type { ReportContent } from '../../../schemas/report.ts'

export interface Save {
  readonly receiptId: string
  readonly recordId: string
  /** Taken where the report is new. */
  readonly reportId: string
  readonly channelId: string
  readonly receivedAt: Date
  readonly replay: { readonly key: string; readonly expiresAt: Date }
  readonly contentType: string | undefined
  readonly bytes: number
  readonly sha256: string
  readonly payload: Sealed
  readonly content: ReportContent
  readonly working: object
  readonly contentHash: string
  readonly personKeys: readonly string[]
  readonly report: Sealed
}

export interface Saved {
  readonly end: 'report' | 'version' | 'repeat'
  readonly reportId: string
  readonly version: number
}

export class ReplayedError extends Error {}

const feed = 'push'
const rank = 50
const mappingVersion = 'handwritten@1'

export function createStore(sql: postgres.Sql): { save(save: Save): Promise<Saved> } {
  return { save: async (save) => await sql.begin((tx) => saveIn(tx, save)) }
}

async function saveIn(tx: postgres.TransactionSql, save: Save): Promise<Saved> {
  const [taken, inserted] = await Promise.all([
    tx`
      insert into replay_keys as k (channel_id, key, receipt_id, expires_at) values (${save.channelId}, ${save.replay.key}, ${save.receiptId}, ${save.replay.expiresAt})
      on conflict (channel_id, key) do update set receipt_id = excluded.receipt_id, expires_at = excluded.expires_at where k.expires_at < now() returning 1`,
    tx`
      insert into reports (id, channel_id, external_id, feed, rank, version, content_hash, working, person_keys, confidential, submitted_at, received_at)
      values (${save.reportId}, ${save.channelId}, ${save.content.externalId}, ${feed}, ${rank}, 1, ${save.contentHash}, ${tx.json(save.working as never)},
        ${save.personKeys as never}, ${save.content.reporter?.confidential === true}, ${save.content.submittedAt}, ${save.receivedAt})
      on conflict (channel_id, external_id) do nothing returning 1`,
  ])
  if (taken.length === 0) throw new ReplayedError()
  const saved: Saved =
    inserted.length === 1
      ? { end: 'report', reportId: save.reportId, version: 1 }
      : await knownReport(tx, save)
  await Promise.all([
    tx`
      with body as (
        insert into receipt_bodies (receipt_id, received_at, data_key, body) values (${save.receiptId}, ${save.receivedAt}, ${save.payload.dataKey}, ${save.payload.body})
      )
      insert into receipts (id, channel_id, feed, received_at, principal, content_type, method, bytes, sha256, state, counts)
      values (${save.receiptId}, ${save.channelId}, ${feed}, ${save.receivedAt}, 'hmac', ${save.contentType ?? null}, 'POST', ${save.bytes}, ${save.sha256}, 'done',
        ${tx.json({ [saved.end]: 1 })})`,
    tx`
      insert into records (id, receipt_id, index, position, channel_id, feed, identity, "end", external_id, report_id, version, mapping_version, created_at)
      values (${save.recordId}, ${save.receiptId}, 0, '', ${save.channelId}, ${feed}, ${save.content.externalId}, ${saved.end}, ${save.content.externalId}, ${saved.reportId},
        ${saved.version}, ${mappingVersion}, ${save.receivedAt})`,
    ...(saved.end === 'repeat' ? [] : [insertVersion(tx, save, saved)]),
  ])
  return saved
}

/** The same content again is a repeat, other content a new version. */
async function knownReport(tx: postgres.TransactionSql, save: Save): Promise<Saved> {
  const [row] = await tx<{ id: string; version: number; content_hash: string }[]>`
    select id, version, content_hash from reports where channel_id = ${save.channelId} and external_id = ${save.content.externalId} for update`
  if (row === undefined) throw new Error('The report went away between two statements.')
  if (row.content_hash === save.contentHash) return { end: 'repeat', reportId: row.id, version: row.version }
  await tx`
    update reports set version = ${row.version + 1}, content_hash = ${save.contentHash}, working = ${tx.json(save.working as never)}, person_keys = ${save.personKeys as never},
      confidential = confidential or ${save.content.reporter?.confidential === true}, submitted_at = ${save.content.submittedAt}
    where id = ${row.id}`
  return { end: 'version', reportId: row.id, version: row.version + 1 }
}

const insertVersion = (tx: postgres.TransactionSql, save: Save, saved: Saved) => tx`
  insert into report_versions (report_id, version, created_at, record_id, mapping_version, feed, content_hash, data_key, body)
  values (${saved.reportId}, ${saved.version}, ${save.receivedAt}, ${save.recordId}, ${mappingVersion}, ${feed}, ${save.contentHash}, ${save.report.dataKey}, ${save.report.body})`
