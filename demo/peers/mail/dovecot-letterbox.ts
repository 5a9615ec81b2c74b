/** The office's mailbox on a real dovecot: letters come by LMTP, and its owner looks into it by IMAP. */
import { ImapFlow } from 'imapflow'
import { createTransport } from 'nodemailer'
import type { MailLogin } from './imap-server.ts'
import { sentFolder, type Letterbox } from './letterbox.ts'

export interface DovecotMailbox extends MailLogin {
  readonly host: string
  readonly imapsPort: number
  readonly lmtpPort: number
  /** PEM of its certificate. */
  readonly ca: string
}

const lookEveryMs = 500

/** Throws where dovecot does not let us in. */
export async function openDovecotLetterbox(box: DovecotMailbox): Promise<Letterbox> {
  const { host, imapsPort, lmtpPort, user, password, ca } = box
  const client = new ImapFlow({
    host,
    port: imapsPort,
    secure: true,
    tls: { ca },
    auth: { user, pass: password },
    logger: false,
  })
  await client.connect()
  await client.mailboxCreate(sentFolder)
  const postman = createTransport({ host, port: lmtpPort, lmtp: true, secure: false, ignoreTLS: true })
  let puts = 0
  let there = 0
  const look = async (): Promise<void> => {
    const before = puts
    const { messages = 0 } = (await client.status('INBOX', { messages: true })) || {}
    // What came meanwhile is not in that number.
    if (before === puts) there = messages
  }
  const looking = setInterval(() => void look().catch(() => undefined), lookEveryMs)
  return {
    put: async (raw) => {
      puts += 1
      there += 1
      await postman.sendMail({ envelope: { from: 'postmaster@mail.example.com', to: [user] }, raw })
      puts += 1
    },
    keepSent: async (raw) => void (await client.append(sentFolder, raw, ['\\Seen'])),
    // It is not ours to break.
    drop: () => undefined,
    left: () => there,
    close: async () => {
      clearInterval(looking)
      postman.close()
      await client.logout()
    },
  }
}
