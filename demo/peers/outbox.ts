/** What a partner has to push: signed, one by one or in batches, each repeated until it is acknowledged. */
import { randomUUID } from 'node:crypto'
import { signedHeaders, type defaultSignatureHeaders } from '../../adapters/credentials/signature.ts'
import { formOf, type FormFile } from './form.ts'
import type { SentKind } from './ledger.ts'
import type { Peer } from './peer.ts'

export interface Item {
  readonly item: string
  readonly externalId: string
  readonly what: SentKind
  readonly record: object
  /** Sent with it as a form, and so alone. */
  readonly files?: readonly FormFile[]
}

export interface OutboxSettings {
  readonly channel: string
  readonly feed: string
  readonly secret: string
  readonly headerNames?: Partial<Record<keyof typeof defaultSignatureHeaders, string>>
  /** `batches`: gathered for half a second; `singly`: at once, several only where they piled up. */
  readonly style: 'singly' | 'batches'
}

export interface Outbox {
  add(item: Item): void
  /** Not acknowledged yet. */
  left(): number
}

const mostInBatch = 50
const mostInFlight = 4
const gatherMs = 500
/** This partner's software fills its first batch with blanks up to a fixed size. */
const paddedBytes = 600_000

interface Answer {
  readonly receipt?: string
  readonly code?: string
  readonly results?: readonly { index: number; end: string }[]
}

export function createOutbox(
  peer: Peer<unknown>,
  settings: OutboxSettings,
  acknowledged: (item: Item, end: string) => void,
): Outbox {
  const waiting: Item[] = []
  let inFlight = 0
  let unanswered = 0
  let isGathering = false
  let isPadded = settings.style === 'batches'

  function pump(): void {
    while (inFlight < mostInFlight && waiting.length > 0) {
      const batch = waiting.splice(0, batchSize())
      inFlight += 1
      void send(batch).finally(() => {
        inFlight -= 1
        unanswered -= batch.length
        pump()
      })
    }
  }

  function batchSize(): number {
    if (settings.style === 'singly' && waiting.length < 3) return 1
    const many = waiting.findIndex(({ files }) => files !== undefined)
    return Math.max(1, many === -1 ? mostInBatch : Math.min(many, mostInBatch))
  }

  async function send(batch: readonly Item[]): Promise<void> {
    const [first] = batch
    if (first === undefined) return
    const isOne = batch.length === 1
    const path = `/v1/channels/${settings.channel}/reports${isOne ? '' : ':batch'}?feed=${settings.feed}`
    const { contentType, body } =
      first.files === undefined ? jsonOf(batch) : formOf(first.record, first.files)
    const headers = () => ({
      'content-type': contentType,
      ...signedHeaders(settings.secret, {
        method: 'POST',
        url: path,
        body,
        nonce: randomUUID(),
        at: new Date(),
        headers: settings.headerNames,
      }),
    })
    const answer = await peer.gateway.insist({ method: 'POST', path, body, headers })
    for (const [index, item] of batch.entries()) book(item, index, answer.status, answer.body as Answer)
  }

  function jsonOf(batch: readonly Item[]): { contentType: string; body: string } {
    const isOne = batch.length === 1
    const text = JSON.stringify(isOne ? batch[0]?.record : batch.map(({ record }) => record))
    const body = !isOne && isPadded ? text + ' '.repeat(paddedBytes) : text
    if (!isOne) isPadded = false
    return { contentType: 'application/json', body }
  }

  function book({ item, externalId, ...rest }: Item, index: number, status: number, answer: Answer): void {
    const result = answer.results?.find((one) => one.index === index)
    if (status >= 300 || result === undefined) {
      peer.ledger.write({ kind: 'refused', item, externalId, status, code: answer.code ?? 'unknown' })
      peer.count('refused')
      return
    }
    peer.ledger.write({
      kind: 'acknowledged',
      item,
      externalId,
      end: result.end,
      receipt: answer.receipt ?? '',
    })
    peer.count('acknowledged')
    acknowledged({ item, externalId, ...rest }, result.end)
  }

  return {
    add: (item) => {
      peer.ledger.write({ kind: 'sent', what: item.what, externalId: item.externalId, item: item.item })
      peer.count('sent')
      waiting.push(item)
      unanswered += 1
      if (settings.style === 'singly') return pump()
      if (isGathering) return
      isGathering = true
      setTimeout(() => {
        isGathering = false
        pump()
      }, gatherMs)
    },
    left: () => unanswered,
  }
}
