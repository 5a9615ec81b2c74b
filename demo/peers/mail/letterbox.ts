/** The office's mailbox, as its mail server and the demo see it. */
import { startImapServer, type MailLogin } from './imap-server.ts'

export interface Letterbox {
  /** Where it speaks IMAP; only of one that the peer runs itself. */
  readonly port?: number
  /** A letter arrives. */
  put(raw: string): Promise<void>
  /** The server files a copy of what the office sent, as some do by themselves. */
  keepSent(raw: string): Promise<void>
  /** Connections break. */
  readonly drop: () => void
  /** Letters that nobody has taken out of the inbox yet. */
  left(): number
  close(): Promise<void>
}

/** One of the peer's own. */
export async function openLetterbox(login: MailLogin): Promise<Letterbox> {
  const server = await startImapServer(login)
  return {
    port: server.port,
    put: async (raw) => server.put(raw),
    keepSent: async (raw) => server.put(raw, sentFolder, ['\\Seen']),
    drop: server.drop,
    left: () => server.letters('INBOX').length,
    close: server.kill,
  }
}

export const sentFolder = 'Sent'
