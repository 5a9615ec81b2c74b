/** Files that wait to be fetched: claimed under a lease, settled only by the holder of the claim. */
import type { FileReason } from '../../../schemas/primitives.ts'
import type { Deps } from '../../deps.ts'
import { maxReportBytes } from './attach.ts'
import { insertBody } from './write-files.ts'

export interface FileClaim {
  readonly id: string
  readonly channel_id: string
  readonly feed: string
  readonly report_id: string | null
  readonly source_key: Uint8Array | null
  readonly source: Uint8Array
  /** This one included. */
  readonly tries: number
  readonly claim_token: string
}

/**
 * Due files, oldest first, no more of a channel than it has slots for: a channel that hangs holds up itself only.
 *
 *   $1 channels, $2 free slots of each, $3 now, $4 at most so many, $5 claim token, $6 end of the lease
 *
 * One look into files_waiting for each channel, however many of its files wait.
 */
export const claimFiles = `
  update files f set tries = f.tries + 1, claim_token = $5::uuid, due_at = $6::timestamptz from (
    select due.id from unnest($1::text[], $2::int[]) as c(channel_id, free) cross join lateral (
      select w.id, w.due_at from files w where w.channel_id = c.channel_id and w.state = 'waiting' and w.due_at <= $3::timestamptz
      order by w.due_at limit c.free for update skip locked
    ) due order by due.due_at limit $4::int
  ) chosen
  where f.id = chosen.id
  returning f.id, f.channel_id, f.feed, f.report_id, f.source_key, f.source, f.tries, f.claim_token`

/** Seconds that the oldest due file has waited. Served like the claim. */
export const filesLag = `
  select extract(epoch from $2::timestamptz - min(due.due_at))::float8 as lag from unnest($1::text[]) as c(channel_id) cross join lateral (
    select w.due_at from files w where w.channel_id = c.channel_id and w.state = 'waiting' and w.due_at <= $2::timestamptz order by w.due_at limit 1
  ) due`

/** Keeps running claims for another lease. By primary key; one that was lost stays lost. */
export async function renewFiles(deps: Deps, claims: readonly FileClaim[]): Promise<void> {
  await deps.db.sql`
    update files f set due_at = ${new Date(deps.now().getTime() + deps.leaseMs)}
    from unnest(${claims.map(({ id }) => id)}::uuid[], ${claims.map((claim) => claim.claim_token)}::uuid[]) as r(id, token)
    where f.id = r.id and f.claim_token = r.token and f.state = 'waiting'`
}

/** What became of one try. */
export type FileEnd =
  | {
      readonly kind: 'stored'
      readonly bytes: Uint8Array
      readonly mediaType: string
      readonly sha256: string
    }
  | { readonly kind: 'refused' | 'failed'; readonly reason: FileReason }
  | { readonly kind: 'again'; readonly reason: FileReason; readonly dueAt: Date }

/**
 * Settles a claim in one commit. Answers with how the file ended, which is `refused` where its report has no room left; null
 * where the claim was lost to another process.
 */
export async function settleFile(
  deps: Deps,
  claim: FileClaim,
  end: FileEnd,
): Promise<FileEnd['kind'] | null> {
  const now = deps.now()
  return await deps.db.transaction(
    async (tx) => {
      const held = await tx`
        select 1 from files where id = ${claim.id} and claim_token = ${claim.claim_token} and state = 'waiting' for update`
      if (held.length === 0) return null
      if (end.kind === 'again') {
        await tx`update files set due_at = ${end.dueAt}, claim_token = null, reason = ${end.reason} where id = ${claim.id}`
        return end.kind
      }
      if (end.kind !== 'stored') {
        await tx`
          update files set state = ${end.kind}, reason = ${end.reason}, due_at = null, claim_token = null, settled_at = ${now} where id = ${claim.id}`
        return end.kind
      }
      const [stored] = await tx<{ bytes: number }[]>`
        select coalesce(sum(bytes), 0)::float8 as bytes from files where report_id = ${claim.report_id} and state = 'stored'`
      if ((stored?.bytes ?? 0) + end.bytes.length > maxReportBytes) {
        await tx`
          update files set state = 'refused', reason = 'too-many', due_at = null, claim_token = null, settled_at = ${now} where id = ${claim.id}`
        return 'refused'
      }
      // What has come needs its address no more.
      await tx`
        update files set state = 'stored', media_type = ${end.mediaType}, bytes = ${end.bytes.length}, sha256 = ${end.sha256}, source = null, source_key = null,
          due_at = null, claim_token = null, reason = null, settled_at = ${now} where id = ${claim.id}`
      await insertBody(tx, deps, { id: claim.id, bytes: end.bytes })
      return end.kind
    },
    { deadlineMs: 45_000 },
  )
}

/** Gives a claim back unused: the gateway stops. */
export async function releaseFile(deps: Deps, claim: FileClaim): Promise<void> {
  await deps.db.sql`
    update files set due_at = ${deps.now()}, claim_token = null, tries = tries - 1 where id = ${claim.id} and claim_token = ${claim.claim_token}`
}
