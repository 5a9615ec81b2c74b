/** Real mailboxes: letters by IMAP, answers by SMTP in the same thread. */
import type { Family } from './place.ts'
import { kindWords } from './words.ts'

export const leaderMailbox: Family = (making) => {
  const { index, random, places, channel, inbound } = making
  const [word, kind] = random.pick(kindWords)
  const to = `${channel}@mail.example.com`
  const id = `${making.externalId}@mail.example.com`
  const { user } = places.mailLogin
  const login = { user, password: inbound.reference }
  const plain = { host: '127.0.0.1', security: 'none', ...login }
  const imap = { ...plain, port: places.imap[index] ?? 0, processedFolder: '已收', sentFolder: 'Sent' }
  const threadSecret = making.outbound.reference
  const subject = `${word}：${making.title}`
  return {
    file: {
      feeds: { mail: { settings: { imap, own: [user], threadSecret } } },
      reverse: {
        settings: { imap, smtp: { ...plain, port: places.smtp, from: user }, threadSecret },
      },
    },
    incoming: {
      kind: 'letter',
      mailbox: index,
      letter: {
        id,
        from: `<${to}>`,
        subject,
        text: making.content,
        date: making.submittedAt.toUTCString().replace('GMT', '+0000'),
      },
    },
    told: { kind: 'letter', to, subject: `Re: ${subject}` },
    expected: { externalId: id, kind, category: undefined },
  }
}
