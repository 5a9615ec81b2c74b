/** JSON over HTTP in both directions: a push to us or a poll by us, a call to them. */
import { AuthenticationError, type Adapter } from '../adapter.ts'
import { verifySender } from '../credentials/verify.ts'
import { deliverBy, lookUpBy, type Caller } from '../over-http/call.ts'
import { answerOf } from './answer.ts'
import { testConnection } from './connection-test.ts'
import { recordsOf } from './decode.ts'
import { fetchFile } from './fetch-file.ts'
import { listEntries } from './list.ts'
import { callPartner } from './partner-call.ts'
import { polled, pollPages } from './poll.ts'
import { buildRequest } from './request.ts'
import { HttpJsonSettings, RequestSettings } from './settings.ts'

const caller: Caller<HttpJsonSettings> = { build: buildRequest, send: callPartner, read: answerOf }

export const httpJson: Adapter<HttpJsonSettings> = {
  protocol: 'http-json',
  settings: HttpJsonSettings,
  requestSettings: RequestSettings,

  async authenticate(payload, { settings, now }) {
    if (settings.poll === undefined) return verifySender(payload, settings.authentication, now())
    if (payload.method === polled) return { name: 'poll' }
    throw new AuthenticationError(
      'missing',
      'This feed is polled by the gateway; nothing can be pushed to it.',
    )
  },

  async *decode(payload, { settings }) {
    yield* recordsOf(payload, settings)
  },

  polls: ({ poll }) => poll !== undefined,
  poll: pollPages,
  deliver: (notice, channel, signal) => deliverBy(caller, notice, channel, signal),
  lookup: (notice, channel, signal) => lookUpBy(caller, notice, channel, signal),
  list: listEntries,
  fetchFile,
  test: testConnection,
}
