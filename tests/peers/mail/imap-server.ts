/** The mailbox of the tests. */
import {
  startImapServer,
  type ImapServer,
  type ImapServerOptions,
} from '../../../demo/peers/mail/imap-server.ts'

export const login = { user: 'letters@example.gov.cn', password: 'mailbox-password' }

export type ImapPeer = ImapServer

export function startImapPeer(options: ImapServerOptions = {}): Promise<ImapPeer> {
  return startImapServer(login, options)
}
