/** A shared exchange database 前置库: we poll a table of theirs, and write rows back. */
import { AuthenticationError, type Adapter } from '../adapter.ts'
import { testConnection } from './connection-test.ts'
import { deliverRow, lookUpRow } from './deliver.ts'
import { listDay } from './list.ts'
import { polled, recordsOf } from './page.ts'
import { pollTable } from './poll.ts'
import { DatabaseSettings, RequestSettings } from './settings.ts'

export const database: Adapter<DatabaseSettings> = {
  protocol: 'database',
  settings: DatabaseSettings,
  requestSettings: RequestSettings,

  async authenticate({ method }) {
    if (method === polled) return { name: 'poll' }
    throw new AuthenticationError(
      'missing',
      'This channel reads an exchange database by itself; nothing can be pushed to it.',
    )
  },

  async *decode(payload) {
    yield* recordsOf(payload)
  },

  polls: ({ poll }) => poll !== undefined,
  poll: pollTable,
  deliver: deliverRow,
  lookup: lookUpRow,
  list: listDay,
  test: testConnection,
}
