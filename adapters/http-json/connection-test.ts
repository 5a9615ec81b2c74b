/** Is there somebody, do they let us in, and can we read what they have? Sends no notice and stores nothing. */
import { DecodeError, OutgoingError, type Channel, type Finding } from '../adapter.ts'
import { testConnection as testAddress } from '../over-http/connection-test.ts'
import { defaultMaxBytes } from './decode.ts'
import { callPartner } from './partner-call.ts'
import { pageOf } from './poll-page.ts'
import { inRound, stateOf, valuesAt } from './poll-state.ts'
import type { HttpJsonSettings } from './settings.ts'
import { fillRequest } from './template.ts'
import { tokenFor } from './token.ts'

const testMs = 15_000

export async function testConnection(channel: Channel<HttpJsonSettings>): Promise<Finding[]> {
  const { baseUrl, poll } = channel.settings
  const token = await tested('login', () => testToken(channel))
  if (token.some(({ level }) => level === 'error')) return token
  const reached =
    poll === undefined
      ? await testAddress(
          {
            now: channel.now,
            http: { ...channel.http, call: (request, signal) => callPartner(request, channel, signal) },
          },
          { address: baseUrl, setting: 'baseUrl', headers: {} },
        )
      : await tested('settings', () => testPoll(channel))
  return [...token, ...reached]
}

async function testToken(channel: Channel<HttpJsonSettings>): Promise<Finding[]> {
  const { access } = channel.settings
  if (access?.kind !== 'oauth2') return []
  const { until } = await tokenFor(channel, access, AbortSignal.timeout(testMs))
  const seconds = Math.round((until - channel.now().getTime()) / 1000)
  return [
    { level: 'ok', subject: 'login', detail: `The token service gave a token; it is used for ${seconds} s.` },
  ]
}

/** The first request of a first round. */
async function testPoll(channel: Channel<HttpJsonSettings>): Promise<Finding[]> {
  const { settings, now } = channel
  const { poll, maxBytes = defaultMaxBytes, records } = settings
  if (poll === undefined) return []
  const { at } = inRound(stateOf(null, settings), poll, now())
  const request = fillRequest(poll, settings, valuesAt(at, poll))
  const answer = await callPartner({ ...request, maxBytes }, channel, AbortSignal.timeout(testMs))
  const answered: Finding = {
    level: 'ok',
    subject: 'name',
    detail: `The partner's server answers (${answer.status}).`,
  }
  try {
    const { rows } = pageOf(answer, poll, { records, url: request.url, now: now() })
    return [answered, rows.length === 0 ? empty : readable(rows.length)]
  } catch (error) {
    if (!(error instanceof OutgoingError) && !(error instanceof DecodeError)) throw error
    return [answered, { level: 'error', subject: subjectOf(answer.status), detail: error.message }]
  }
}

const empty: Finding = {
  level: 'warning',
  subject: 'empty',
  detail: 'The list can be read, but has no record at the moment.',
}

function readable(count: number): Finding {
  return {
    level: 'ok',
    subject: 'rights',
    detail: `The list can be read: ${count} records on the first page.`,
  }
}

function subjectOf(status: number): Finding['subject'] {
  if (status === 401) return 'login'
  return status === 403 ? 'rights' : 'settings'
}

/** `refused`: what a call failed at that is refused before it is made. */
async function tested(refused: Finding['subject'], test: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await test()
  } catch (error) {
    if (!(error instanceof OutgoingError)) throw error
    const subject = error.subject ?? (error.reason === 'blocked' ? refused : 'name')
    return [{ level: 'error', subject, detail: error.message }]
  }
}
