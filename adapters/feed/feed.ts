/** RSS, Atom and JSON feeds that we poll. */
import {
  AuthenticationError,
  DecodeError,
  OutgoingError,
  type Adapter,
  type Channel,
  type Finding,
  type SourceRecord,
} from '../adapter.ts'
import { entriesOf } from './decode.ts'
import type { EntryRead } from './entry.ts'
import { fetchFeed, polled, pollFeed, refusal } from './poll.ts'
import { FeedSettings } from './settings.ts'

export const feed: Adapter<FeedSettings> = {
  protocol: 'feed',
  settings: FeedSettings,

  async authenticate({ method }) {
    if (method === polled) return { name: 'poll' }
    throw new AuthenticationError(
      'missing',
      'This channel reads a feed by itself; nothing can be pushed to it.',
    )
  },

  async *decode(payload, { settings }) {
    yield* entriesOf(payload, settings).map(recordOf)
  },

  async *poll(channel, cursor, signal) {
    yield await pollFeed(channel, cursor, signal)
  },

  async test(channel) {
    try {
      return await findings(channel)
    } catch (error) {
      if (error instanceof DecodeError)
        return [{ level: 'error', subject: 'settings', detail: error.message }]
      if (error instanceof OutgoingError)
        return [
          {
            level: 'error',
            subject: error.subject ?? (error.reason === 'unreachable' ? 'name' : 'settings'),
            detail: error.message,
          },
        ]
      throw error
    }
  },
}

function recordOf(read: EntryRead): SourceRecord {
  const { position } = read
  return 'entry' in read
    ? { kind: 'record', position, value: read.entry }
    : { kind: 'unreadable', position, detail: read.fault }
}

async function findings(channel: Channel<FeedSettings>): Promise<Finding[]> {
  const { settings } = channel
  const answer = await fetchFeed(channel, null, AbortSignal.timeout(15_000))
  if (answer.status !== 200)
    return [
      {
        level: 'error',
        subject: answer.status === 401 || answer.status === 403 ? 'login' : 'settings',
        detail: refusal(answer, settings.url).message,
      },
    ]
  const entries = entriesOf(answer, settings).flatMap((read) => ('entry' in read ? read.entry : []))
  if (entries.length === 0)
    return [
      { level: 'warning', subject: 'empty', detail: 'The feed can be read, but has no entry at the moment.' },
    ]
  const newest = entries
    .flatMap(({ published, updated }) => published ?? updated ?? [])
    .toSorted()
    .at(-1)
  const found: Finding = {
    level: 'ok',
    subject: 'rights',
    detail: `The feed can be read: ${entries.length} entries, the newest of ${newest ?? 'no stated time'}.`,
  }
  return newest === undefined
    ? [
        found,
        {
          level: 'warning',
          subject: 'settings',
          detail: 'No entry says when it was written, in a form that can be read.',
        },
      ]
    : [found]
}
