/** Real mailboxes of a leader: read by IMAP, answered by SMTP, asked after uncertain tries in their sent folder. */
import type { LeaderMailboxSettings } from '../peers/leader-mailbox.ts'
import type { Partner, Setup, ToldCodes } from './partner.ts'

export interface LeaderMailbox extends Pick<Partner, 'channel' | 'name' | 'weight'> {
  /** Where it lies: with a server of the partner's own process, or with a real one. */
  readonly server: 'own' | 'dovecot'
}

const codes: ToldCodes = { accepted: new Set(['accepted']), result: new Set(['answered', 'rejected']) }
const intervalS = 2
/** A letter with two photos is far smaller. */
const maxBytes = 100_000
const folders = { processedFolder: '已收信件', failedFolder: '超限信件', sentFolder: 'Sent' }

export function leaderMailbox({ channel, name, weight, server }: LeaderMailbox): Partner {
  return {
    channel,
    name,
    weight,
    externalId: (index) => `20251122.${String(index + 1).padStart(4, '0')}.${channel}@mail.example.com`,
    retells: ['尊敬的领导：', '领导您好，给您写信是想反映：'],
    followUps: ['repeat', 'supplement'],
    platform: 'leader-mailbox',
    peer: 'leader-mailbox',
    codes,
    fetched: new Set(['report', 'repeat', 'message', 'broken', 'test']),
    hasPages: false,
    isAsked: true,
    ...(server === 'dovecot' && { needs: 'services' }),
    prepare: ({ secret, services }) => {
      const dovecot = server === 'dovecot' ? requiredDovecot(services) : undefined
      const password = secret('mailbox', dovecot?.password)
      const thread = secret('thread')
      const login = { user: dovecot?.user ?? `${channel}@pingan.example`, password: password.value }
      return {
        settings: {
          channel,
          login,
          maxBytes,
          resultCodes: [...codes.result],
          ...(dovecot && { dovecot }),
        } satisfies LeaderMailboxSettings,
        channelFile: ({ ports }) => {
          const account = { host: '127.0.0.1', user: login.user, password: password.reference }
          const imap = {
            ...account,
            ...folders,
            ...(dovecot
              ? { port: dovecot.imapsPort, security: 'tls', ca: dovecot.ca }
              : { port: ports['imap'], security: 'none' }),
          }
          const smtp = {
            ...account,
            port: ports['smtp'],
            security: 'none',
            from: login.user,
            fromName: name,
          }
          const threadSecret = thread.reference
          return {
            feeds: {
              mail: {
                settings: { imap, own: [login.user], threadSecret, idle: true, intervalS, maxBytes },
              },
            },
            reverse: { settings: { imap, smtp, threadSecret } },
          }
        },
      }
    },
  }
}

function requiredDovecot({ dovecot }: Setup['services']): NonNullable<Setup['services']['dovecot']> {
  if (dovecot === undefined) throw new Error('This mailbox lies with dovecot, which the run has not started.')
  return dovecot
}
