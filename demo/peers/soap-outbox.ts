/** What a SOAP partner has to say: gathered for a moment, several in one call, each call repeated until it is answered. */
import type { WireRecord } from './appeals.ts'
import type { SentKind } from './ledger.ts'
import type { Peer } from './peer.ts'
import type { SoapAnswer, SoapCall, SoapCalls } from './soap-calls.ts'
import { elementOf } from './xml-text.ts'

export interface SoapItem {
  readonly item: string
  readonly externalId: string
  readonly what: SentKind
  readonly operation: Operation
  readonly record: WireRecord
}

export type Operation = 'submitWorkOrder' | 'sendMessage'

export interface SoapOutbox {
  add(item: SoapItem): void
  /** Sent at once, and cut off on its way. */
  addCutOff(item: SoapItem): void
  /** Not answered yet. */
  left(): number
}

const texts = {
  submitWorkOrder: { parameter: 'gdxml', root: 'gdxx', element: 'gd' },
  sendMessage: { parameter: 'xxxml', root: 'xxxx', element: 'xx' },
} as const
const gatherMs = 1_000
const mostInCall = 20

export function createSoapOutbox(
  peer: Peer<unknown>,
  calls: () => Promise<SoapCalls>,
  acknowledged: (item: SoapItem) => void,
): SoapOutbox {
  const waiting: Record<Operation, SoapItem[]> = { submitWorkOrder: [], sendMessage: [] }
  let unanswered = 0
  let isGathering = false

  function note({ what, externalId, item }: SoapItem): void {
    peer.ledger.write({ kind: 'sent', what, externalId, item })
    peer.count('sent')
    unanswered += 1
  }

  function flush(): void {
    isGathering = false
    for (const operation of ['submitWorkOrder', 'sendMessage'] as const)
      while (waiting[operation].length > 0) void send(operation, waiting[operation].splice(0, mostInCall))
  }

  async function send(operation: Operation, items: readonly SoapItem[]): Promise<void> {
    const soap = await calls()
    const answer = await soap.call(callOf(operation, items))
    for (const [index, item] of items.entries()) book(item, answer, endOf(answer, index))
  }

  function book(item: SoapItem, answer: SoapAnswer, end: string | undefined): void {
    const named = { item: item.item, externalId: item.externalId }
    unanswered -= 1
    if (end === undefined) {
      const { status, code } = answer.kind === 'fault' ? answer : { status: 200, code: 'no result' }
      peer.ledger.write({ kind: 'refused', ...named, status, code })
      peer.count('refused')
      return
    }
    peer.ledger.write({ kind: 'acknowledged', ...named, end, receipt: answer.receipt ?? '' })
    peer.count('acknowledged')
    acknowledged(item)
  }

  return {
    add: (item) => {
      note(item)
      waiting[item.operation].push(item)
      if (isGathering) return
      isGathering = true
      setTimeout(flush, gatherMs)
    },
    addCutOff: (item) => {
      note(item)
      void calls()
        .then((soap) => soap.cutOff(callOf(item.operation, [item])))
        // It cannot be read, and is kept: the Fault names the receipt.
        .then((answer) => book(item, answer, answer.receipt === undefined ? undefined : 'quarantined'))
    },
    left: () => unanswered,
  }
}

function endOf(answer: SoapAnswer, index: number): string | undefined {
  return answer.kind === 'result' ? answer.ends[index] : undefined
}

function callOf(operation: Operation, items: readonly SoapItem[]): SoapCall {
  const { parameter, root, element } = texts[operation]
  const content = items.map(({ record }) => elementOf(element, record)).join('')
  return { operation, parameter, text: `<?xml version="1.0" encoding="GBK"?><${root}>${content}</${root}>` }
}
