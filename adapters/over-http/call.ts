/** One try over HTTP: build the request, send it, let the mapping judge the answer. The same for every protocol over HTTP. */
import type { Notice, Outcome } from '../../schemas/delivery.ts'
import {
  judgement,
  type Answer,
  type Channel,
  type OutgoingAnswer,
  type OutgoingRequest,
} from '../adapter.ts'
import { outcomeOfFailure, outcomeOfStatus } from './outcome.ts'
import { RequestFault } from './request-fault.ts'

/** An answer says yes or no in a few lines. */
const maxAnswerBytes = 1_048_576

/** What a mapping says of one call: the adapter's settings, and the body's tree. */
export interface Call {
  readonly settings: Readonly<Record<string, unknown>>
  readonly body: unknown
}

export interface Caller<Settings> {
  /** Throws RequestFault. */
  build(notice: Notice, channel: Channel<Settings>, call: Call): OutgoingRequest | Promise<OutgoingRequest>
  /** How the request leaves, where more is needed than `channel.http`: a token, a signature. Throws OutgoingError. */
  send?(request: OutgoingRequest, channel: Channel<Settings>, signal: AbortSignal): Promise<OutgoingAnswer>
  /** Never throws: what cannot be read is text. */
  read(answer: OutgoingAnswer, call: Call): Answer
  /** Where the mapping has no opinion; the HTTP status decides where missing. */
  outcomeOf?(answer: Answer, now: Date): Outcome
}

/** Never throws for what a partner does. */
export async function deliverBy<Settings>(
  caller: Caller<Settings>,
  notice: Notice,
  channel: Channel<Settings>,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    const request = channel.request(notice.request)
    const call = { settings: request.settings, body: notice.body }
    const answer = await ask(caller, { notice, call }, channel, signal)
    if ('kind' in answer) return answer
    return (
      judgement(() => request.judge(answer)) ??
      caller.outcomeOf?.(answer, channel.now()) ??
      outcomeOfStatus(answer, channel.now())
    )
  } catch (error) {
    return outcomeOfFault(error)
  }
}

/** After "ambiguous": asks by the mapping's look-up. Never throws for what a partner does. */
export async function lookUpBy<Settings>(
  caller: Caller<Settings>,
  notice: Notice,
  channel: Channel<Settings>,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    const lookup = channel.lookup(notice)
    if (!lookup) return stillUnknown('The mapping has no look-up.')
    const answer = await ask(caller, { notice, call: lookup }, channel, signal)
    if ('kind' in answer) return stillUnknown(answer.detail ?? '')
    if (answer.status >= 500 || answer.status === 408 || answer.status === 429)
      return stillUnknown(`The partner answered ${answer.status} to our question.`)
    return outcomeOfLookup(lookup.judge(answer))
  } catch (error) {
    return stillUnknown(error instanceof RequestFault ? error.message : 'The look-up could not be made.')
  }
}

/** The partner's answer, or the outcome where there is none. */
async function ask<Settings>(
  caller: Caller<Settings>,
  { notice, call }: { notice: Notice; call: Call },
  channel: Channel<Settings>,
  signal: AbortSignal,
): Promise<Answer | Outcome> {
  const request = { ...(await caller.build(notice, channel, call)), maxBytes: maxAnswerBytes }
  try {
    const sent = caller.send?.(request, channel, signal) ?? channel.http.call(request, signal)
    return caller.read(await sent, call)
  } catch (error) {
    return outcomeOfFailure(error)
  }
}

/** Before the call. */
function outcomeOfFault(error: unknown): Outcome {
  return {
    kind: 'permanent',
    detail:
      error instanceof RequestFault
        ? error.message
        : 'The request could not be built from the mapping. Correct it under reverse.requests.',
  }
}

function outcomeOfLookup(found: 'delivered' | 'absent' | 'unknown'): Outcome {
  switch (found) {
    case 'delivered':
      return { kind: 'delivered', detail: 'The partner has it; asked after an uncertain try.' }
    case 'absent':
      return { kind: 'transient', detail: 'The partner does not have it; it will be sent again.' }
    case 'unknown':
      return stillUnknown("The partner's answer to our question says neither yes nor no.")
  }
}

function stillUnknown(why: string): Outcome {
  return {
    kind: 'ambiguous',
    detail: `Whether the partner took the notice is still open. ${why}`.slice(0, 500),
  }
}
