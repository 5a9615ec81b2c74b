/** A real mailbox: letters come by IMAP, answers leave by SMTP in the same thread. */
import { AuthenticationError, type Adapter } from '../adapter.ts'
import { testMailbox } from './connection-test.ts'
import { decodeLetter } from './decode-apart.ts'
import { deliverLetter, lookUpLetter } from './deliver.ts'
import { polled, pollMailbox } from './poll.ts'
import { MailboxSettings } from './settings.ts'

export const mailbox: Adapter<MailboxSettings> = {
  protocol: 'mailbox',
  settings: MailboxSettings,

  async authenticate({ method }) {
    if (method === polled) return { name: 'poll' }
    throw new AuthenticationError(
      'missing',
      'This channel fetches its mail by itself; nothing can be pushed to it.',
    )
  },

  async *decode(payload, { settings }) {
    yield await decodeLetter(payload, settings)
  },

  poll: pollMailbox,
  deliver: deliverLetter,
  lookup: lookUpLetter,
  test: testMailbox,
}
