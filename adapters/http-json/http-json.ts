/** JSON over HTTP in both directions: a push to us, a call to them. */
import type { Outcome } from '../../schemas/delivery.ts'
import {
  AuthenticationError,
  type Adapter,
  type Answer,
  type Channel,
  type OutgoingRequest,
} from '../adapter.ts'
import { testConnection } from './connection-test.ts'
import { recordsOf } from './decode.ts'
import { answerOf, outcomeOfFailure, outcomeOfStatus } from './outcome.ts'
import { buildRequest, RequestFault } from './request.ts'
import { HttpJsonSettings, RequestSettings } from './settings.ts'
import { verifySignature } from './signature.ts'

/** An answer says yes or no in a few lines. */
const maxAnswerBytes = 1_048_576

export const httpJson: Adapter<HttpJsonSettings> = {
  protocol: 'http-json',
  settings: HttpJsonSettings,
  requestSettings: RequestSettings,

  async authenticate(payload, { settings, now }) {
    const { authentication } = settings
    if (authentication?.kind === 'hmac') return verifySignature(payload, authentication, now())
    throw new AuthenticationError(
      'missing',
      'This channel takes payloads with an API key of the gateway: send it as "Authorization: Bearer <key>".',
    )
  },

  async *decode(payload, { settings }) {
    yield* recordsOf(payload, settings)
  },

  async deliver(notice, channel, signal) {
    try {
      const request = channel.request(notice.request)
      const answer = await ask(
        buildRequest(notice, channel, { settings: request.settings, body: notice.body }),
        channel,
        signal,
      )
      if ('kind' in answer) return answer
      return judgement(() => request.judge(answer)) ?? outcomeOfStatus(answer, channel.now())
    } catch (error) {
      return outcomeOfFault(error)
    }
  },

  async lookup(notice, channel, signal) {
    try {
      const lookup = channel.lookup(notice)
      if (!lookup) return stillUnknown('The mapping has no look-up.')
      const answer = await ask(buildRequest(notice, channel, lookup), channel, signal)
      if ('kind' in answer) return stillUnknown(answer.detail ?? '')
      if (answer.status >= 500 || answer.status === 408 || answer.status === 429)
        return stillUnknown(`The partner answered ${answer.status} to our question.`)
      return outcomeOfLookup(lookup.judge(answer))
    } catch (error) {
      return stillUnknown(error instanceof RequestFault ? error.message : 'The look-up could not be made.')
    }
  },

  test: testConnection,
}

/** The partner's answer, or the outcome where there is none. */
async function ask(
  request: OutgoingRequest,
  { http }: Channel<HttpJsonSettings>,
  signal: AbortSignal,
): Promise<Answer | Outcome> {
  try {
    return answerOf(await http.call({ ...request, maxBytes: maxAnswerBytes }, signal))
  } catch (error) {
    return outcomeOfFailure(error)
  }
}

/** The notice is out by now: a mapping that fails over the answer leaves it open, and says so. */
function judgement(judge: () => Outcome | null): Outcome | null {
  try {
    return judge()
  } catch {
    return {
      kind: 'ambiguous',
      detail:
        "The mapping's rules for a good answer failed on this answer. Correct them under reverse.requests.",
    }
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
