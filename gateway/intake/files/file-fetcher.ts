/** Fetches the files that reports and messages only name by their address, side by side and channel by channel. */
import { createHash, randomUUID } from 'node:crypto'
import type { FileReason } from '../../../schemas/primitives.ts'
import type { ChannelRuntime } from '../../catalog/catalog.ts'
import type { Deps } from '../../deps.ts'
import { errorFields } from '../../telemetry/logger.ts'
import { judgeFile, maxFileBytes, maxReportBytes } from './attach.ts'
import {
  claimFiles,
  filesLag,
  releaseFile,
  renewFiles,
  settleFile,
  type FileClaim,
  type FileEnd,
} from './file-claims.ts'
import { fetchFile, type Fetched } from './fetch-file.ts'

/** Of one channel: a server that hangs keeps this many busy, and no other channel's. */
const perChannel = 2
/** Each can hold a whole file in memory. */
const maxRunning = 24
const minuteMs = 60_000
/** Before the second try, the third … : a file server may be away for a day. After the last the file has failed. */
const delaysMs = [1, 10, 60, 360, 1440].map((minutes) => minutes * minuteMs)

export interface FileFetcher {
  /** Claims what is due and has a free slot; does not wait for it. */
  pass(): Promise<{ more: boolean }>
  /** Until what runs has ended. */
  idle(): Promise<void>
  stop(): Promise<void>
}

/** Only a live channel calls out: a shadow one is received and mapped, no more. */
function fetching(deps: Deps): readonly ChannelRuntime[] {
  return deps.catalog
    .all()
    .filter(({ state, file }) => state !== 'draft' && state !== 'shadow' && file.files?.fetch !== false)
}

export async function filesLagS(deps: Deps): Promise<number> {
  const channels = fetching(deps).map(({ id }) => id)
  const [row] = await deps.db.sql.unsafe<{ lag: number | null }[]>(filesLag, [channels, deps.now()])
  return Math.max(0, row?.lag ?? 0)
}

export function createFileFetcher(deps: Deps, onFree: () => void = () => undefined): FileFetcher {
  const running = new Map<FileClaim, Promise<void>>()
  let renewedAt = 0
  /** A fetch may take longer than the lease, which is as short as a killed process's work may wait. */
  const renew = async () => {
    if (running.size === 0 || deps.now().getTime() - renewedAt < deps.leaseMs / 3) return
    renewedAt = deps.now().getTime()
    await renewFiles(deps, [...running.keys()])
  }
  const abort = new AbortController()
  const start = (claim: FileClaim) => {
    const run = workClaim(deps, claim, abort.signal)
      .catch((cause: unknown) =>
        deps.log.warn({
          event: 'file.unsettled',
          file: claim.id,
          channel: claim.channel_id,
          ...errorFields(cause),
        }),
      )
      .finally(() => {
        running.delete(claim)
        onFree()
      })
    running.set(claim, run)
  }
  const idle = async () => void (await Promise.all(running.values()))
  return {
    pass: async () => {
      await renew()
      const free = maxRunning - running.size
      if (free <= 0) return { more: false }
      const claims = await claimDue(deps, free, [...running.keys()])
      for (const claim of claims) start(claim)
      return { more: false }
    },
    idle,
    stop: async () => {
      abort.abort()
      await idle()
    },
  }
}

async function claimDue(deps: Deps, limit: number, running: readonly FileClaim[]): Promise<FileClaim[]> {
  const channels = fetching(deps).flatMap(({ id }) => {
    const free = perChannel - running.filter((claim) => claim.channel_id === id).length
    return free > 0 ? [{ id, free }] : []
  })
  if (channels.length === 0) return []
  const now = deps.now()
  return await deps.db.sql.unsafe<FileClaim[]>(claimFiles, [
    channels.map(({ id }) => id),
    channels.map(({ free }) => free),
    now,
    limit,
    randomUUID(),
    new Date(now.getTime() + deps.leaseMs),
  ])
}

async function workClaim(deps: Deps, claim: FileClaim, signal: AbortSignal): Promise<void> {
  const end = await endOf(deps, claim, signal)
  if (end === 'stopped') return await releaseFile(deps, claim)
  const settled = await settleFile(deps, claim, end)
  if (settled === null) return
  deps.metrics.files.inc({ channel: claim.channel_id, end: settled === 'again' ? 'retried' : settled })
  if (settled === 'stored' || settled === 'again') return
  const reason: FileReason = end.kind === 'stored' ? 'too-many' : end.reason
  const line = {
    file: claim.id,
    channel: claim.channel_id,
    report: claim.report_id,
    try: claim.tries,
    reason,
  }
  if (settled === 'refused') deps.log.warn({ event: 'file.refused', ...line })
  else deps.log.warn({ event: 'file.failed', ...line })
}

/** A fault of ours is a failed try like any other; a file over which process after process died is given up. */
async function endOf(deps: Deps, claim: FileClaim, signal: AbortSignal): Promise<FileEnd | 'stopped'> {
  if (claim.tries > delaysMs.length + 1) return { kind: 'failed', reason: 'broken' }
  try {
    return await tryOnce(deps, claim, signal)
  } catch (cause) {
    deps.log.warn({ event: 'file.broken', file: claim.id, channel: claim.channel_id, ...errorFields(cause) })
    return againOrFailed(deps, claim, { reason: 'broken' })
  }
}

async function tryOnce(deps: Deps, claim: FileClaim, signal: AbortSignal): Promise<FileEnd | 'stopped'> {
  const channel = deps.catalog.find(claim.channel_id)
  const feed = channel?.feeds.get(claim.feed)
  if (channel === undefined || feed === undefined)
    return againOrFailed(deps, claim, { reason: 'not-fetched' })
  const source = JSON.parse(
    deps.envelope.open({ dataKey: claim.source_key, body: claim.source }).toString('utf8'),
  ) as { url: string; name?: string }
  const maxBytes = channel.file.files?.maxBytes ?? maxFileBytes
  const fetched = await fetchFile(feed, { ...source, maxBytes }, signal)
  if (signal.aborted && fetched.kind !== 'got') return 'stopped'
  return judged(deps, claim, { fetched, name: source.name, maxBytes })
}

function judged(
  deps: Deps,
  claim: FileClaim,
  { fetched, name, maxBytes }: { fetched: Fetched; name: string | undefined; maxBytes: number },
): FileEnd {
  if (fetched.kind === 'refused') return fetched
  if (fetched.kind === 'failed') return againOrFailed(deps, claim, fetched)
  const { bytes, mediaType } = fetched.content
  if (bytes.length === 0) return againOrFailed(deps, claim, { reason: 'empty' })
  const verdict = judgeFile(bytes, { said: { declared: mediaType, name }, maxBytes, room: maxReportBytes })
  return verdict.state === 'refused'
    ? { kind: 'refused', reason: verdict.reason }
    : {
        kind: 'stored',
        bytes,
        mediaType: verdict.mediaType,
        sha256: createHash('sha256').update(bytes).digest('hex'),
      }
}

/** A server may ask for a later time than ours, up to a day. */
function againOrFailed(
  deps: Deps,
  claim: FileClaim,
  { reason, waitMs = 0 }: { readonly reason: FileReason; readonly waitMs?: number | undefined },
): FileEnd {
  const delayMs = delaysMs[claim.tries - 1]
  if (delayMs === undefined) return { kind: 'failed', reason }
  const pauseMs = Math.min(Math.max(delayMs, waitMs), 1440 * minuteMs)
  return { kind: 'again', reason, dueAt: new Date(deps.now().getTime() + pauseMs) }
}
