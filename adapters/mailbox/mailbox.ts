/** A real mailbox: letters come by IMAP, answers leave by SMTP in the same thread. */
import { AuthenticationError, type Adapter } from '../adapter.ts'
import { decodeLetter } from './decode-apart.ts'
import { MailboxSettings, polled } from './settings.ts'

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

  // Loaded where a channel needs them: IMAP and SMTP are 250 modules.
  async *poll(channel, cursor, signal) {
    const { pollMailbox } = await import('./poll.ts')
    yield* pollMailbox(channel, cursor, signal)
  },

  async deliver(notice, channel, signal) {
    const { deliverLetter } = await import('./deliver.ts')
    return await deliverLetter(notice, channel, signal)
  },

  async lookup(notice, channel, signal) {
    const { lookUpLetter } = await import('./deliver.ts')
    return await lookUpLetter(notice, channel, signal)
  },

  async test(channel) {
    const { testMailbox } = await import('./connection-test.ts')
    return await testMailbox(channel)
  },
}
