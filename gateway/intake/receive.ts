/** Stage 1, the way in: who sent it, commit it, say where each record ended. */
import type { Principal, RawPayload } from '../../adapters/adapter.ts'
import type { Acknowledgement } from '../../schemas/receipt.ts'
import type { ChannelRuntime, FeedRuntime } from '../catalog/catalog.ts'
import type { Deps } from '../deps.ts'
import { GatewayError } from '../telemetry/errors.ts'
import { errorFields } from '../telemetry/logger.ts'
import { readAcknowledgement } from './acknowledgement.ts'
import { createGatherer } from './gather.ts'
import { prepare, sha256Hex, type Incoming, type Prepared } from './prepare.ts'
import { createOdds, type Odds } from './write-all-new.ts'
import { finishReceipt, storeReceipt, writeBatch, type WriteResult } from './write.ts'

export interface Submission {
  readonly channel: ChannelRuntime
  readonly feed: FeedRuntime
  readonly payload: RawPayload
  readonly principal: Principal
  readonly idempotencyKey?: string | undefined
  readonly poll?: Incoming['poll']
}

export interface Intake {
  /** Resolves only after the bytes are committed. Throws `auth.replayed`, `idempotency.*`, `gateway.unavailable`. */
  receive(submission: Submission): Promise<Acknowledgement>
  drain(): Promise<void>
}

/** Larger payloads are committed alone first, and worked afterwards. */
const oneStepBytes = 512 * 1024
const databaseIsAway = new Set([
  '08000',
  '08003',
  '08006',
  '57P01',
  '57P03',
  '53300',
  'CONNECT_TIMEOUT',
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'ECONNREFUSED',
  'ECONNRESET',
  '57014',
])
const worthAnotherTry = new Set(['40001', '40P01'])
const codeOf = (cause: unknown): string =>
  cause instanceof Error && typeof (cause as { code?: unknown }).code === 'string'
    ? ((cause as { code?: string }).code ?? '')
    : ''

function incomingOf(deps: Deps, submission: Submission): Incoming {
  const { channel, feed, payload, principal, idempotencyKey } = submission
  return {
    receiptId: deps.newId(),
    channel,
    feed,
    payload,
    principal: principal.name,
    replay: principal.replay,
    idempotency:
      idempotencyKey === undefined
        ? undefined
        : {
            key: idempotencyKey,
            fingerprint: sha256Hex(Buffer.concat([Buffer.from(`${payload.url}\n`), payload.bytes])),
          },
    poll: submission.poll,
  }
}

function unavailable(cause: unknown): GatewayError {
  return new GatewayError(
    'gateway.unavailable',
    'The payload could not be committed: the database does not answer. Nothing was kept; send it again.',
    { cause },
  )
}

/** A record that the database will not take stops only itself: the receipt is kept and the record quarantined. */
async function storeApart(deps: Deps, prepared: Prepared, cause: unknown): Promise<WriteResult> {
  deps.log.error({
    event: 'intake.unstorable',
    channel: prepared.incoming.channel.id,
    receipt: prepared.incoming.receiptId,
    ...errorFields(cause),
  })
  const reason = {
    code: 'record.unstorable',
    detail:
      'The record was mapped but the database would not take it. It is kept in its receipt (`guiyi receipt body`). Tell the operators which receipt; once mended, send the record again with a new Idempotency-Key.',
  }
  const quarantined: Prepared = {
    ...prepared,
    records: prepared.records.map((draft) => ({
      id: deps.newId(),
      position: draft.position,
      kind: 'quarantined',
      identity: undefined,
      unknown: [],
      externalId: undefined,
      reason,
    })),
  }
  const [result] = await writeBatch(deps, [quarantined], createOdds())
  return result as WriteResult
}

async function writeWithFallback(
  deps: Deps,
  batch: readonly Prepared[],
  odds: Odds,
  triesLeft = 3,
): Promise<readonly WriteResult[]> {
  try {
    return await writeBatch(deps, batch, odds)
  } catch (cause) {
    const code = codeOf(cause)
    if (worthAnotherTry.has(code) && triesLeft > 0)
      return await writeWithFallback(deps, batch, odds, triesLeft - 1)
    const dataFault = /^(22|23|54)/.test(code)
    if (!dataFault) throw databaseIsAway.has(code) || code === '' ? unavailable(cause) : cause
    if (batch.length === 1) return [await storeApart(deps, batch[0] as Prepared, cause)]
    const results: WriteResult[] = []
    for (const prepared of batch) results.push(...(await writeWithFallback(deps, [prepared], odds)))
    return results
  }
}

async function receiveLarge(deps: Deps, incoming: Incoming): Promise<WriteResult> {
  const refused = await storeReceipt(deps, {
    incoming,
    sha256: sha256Hex(incoming.payload.bytes),
    sealed: deps.envelope.seal(incoming.payload.bytes),
  })
  if (refused !== null) return refused
  const acknowledgement = await finishReceipt(deps, await prepare(incoming, deps))
  return {
    kind: 'stored',
    acknowledgement: acknowledgement ?? (await readAcknowledgement(deps, incoming.receiptId)),
  }
}

async function answer(deps: Deps, result: WriteResult): Promise<Acknowledgement> {
  switch (result.kind) {
    case 'stored':
      return result.acknowledgement
    case 'repeated-key':
      return await readAcknowledgement(deps, result.receiptId)
    case 'replayed':
      throw new GatewayError(
        'auth.replayed',
        'This nonce was used before, so the request was refused. Sign every request, repeats too, with a new nonce and time-stamp.',
      )
    case 'mismatched-key':
      throw new GatewayError(
        'idempotency.mismatch',
        'This Idempotency-Key came with another payload before. Use a new key for a new payload; repeat the same bytes for the same key.',
      )
    case 'poll-lost':
      throw new PollLostError()
  }
}

/** Another process took the poll over; its commit moves the cursor. */
export class PollLostError extends Error {
  constructor() {
    super('Another process polls this feed now. Nothing was written.')
    this.name = 'PollLostError'
  }
}

function report(
  deps: Deps,
  submission: Submission,
  acknowledgement: Acknowledgement,
  startedAt: number,
): void {
  const ends: { [end: string]: number } = {}
  for (const result of acknowledgement.results) ends[result.end] = (ends[result.end] ?? 0) + 1
  for (const [end, count] of Object.entries(ends))
    deps.metrics.records.inc({ channel: submission.channel.id, end }, count)
  deps.log.info({
    event: 'receipt',
    channel: submission.channel.id,
    feed: submission.feed.name,
    receipt: acknowledgement.receipt,
    principal: submission.principal.name,
    bytes: submission.payload.bytes.length,
    records: acknowledgement.results.length,
    ends,
    durationMs: Math.round(performance.now() - startedAt),
  })
}

/** New reports go to linking; messages and versions of known ones to their cases. */
function wakeNextStages(deps: Deps, { results }: Acknowledgement): void {
  if (results.some(({ end }) => end === 'report')) deps.signals.wake('linking')
  if (results.some(({ end }) => end === 'message' || end === 'version')) deps.signals.wake('messages')
}

export function createIntake(deps: Deps): Intake {
  const odds = createOdds()
  const gatherer = createGatherer<Prepared, WriteResult>({
    lanes: 2,
    maxWeight: 100,
    weigh: (prepared) => Math.max(1, prepared.records.length),
    work: async (batch) => {
      deps.metrics.batchRows.observe({ stage: 'intake' }, batch.length)
      return await writeWithFallback(deps, batch, odds)
    },
  })
  const runningKeys = new Set<string>()
  const receive = async (submission: Submission): Promise<Acknowledgement> => {
    const startedAt = performance.now()
    const incoming = incomingOf(deps, submission)
    const result =
      submission.payload.bytes.length > oneStepBytes
        ? await receiveLarge(deps, incoming)
        : await gatherer.add(await prepare(incoming, deps))
    const acknowledgement = await answer(deps, result)
    wakeNextStages(deps, acknowledgement)
    if (result.kind === 'stored') report(deps, submission, acknowledgement, startedAt)
    return acknowledgement
  }
  return {
    receive: async (submission) => {
      if (submission.idempotencyKey === undefined) return await receive(submission)
      const running = `${submission.channel.id}\n${submission.idempotencyKey}`
      if (runningKeys.has(running))
        throw new GatewayError(
          'idempotency.in-progress',
          'A request with this Idempotency-Key is still being worked. Wait for its answer, then repeat if you must.',
        )
      runningKeys.add(running)
      try {
        return await receive(submission)
      } finally {
        runningKeys.delete(running)
      }
    },
    drain: () => gatherer.drain(),
  }
}
