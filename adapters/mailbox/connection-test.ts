import { OutgoingError, type Channel, type Finding } from '../adapter.ts'
import { openFolder, openImap, type ImapSession } from './imap.ts'
import { MailFault } from './mail-fault.ts'
import { defaultFolder } from './poll.ts'
import type { ImapSettings, MailboxSettings } from './settings.ts'
import { greetServer } from './smtp.ts'

const testMs = 15_000
const maxLiteralBytes = 1_048_576

/** Looks into the mailbox and greets the mail server, as far as each is set. Reads no mail, moves none, sends none. */
export async function testMailbox(channel: Channel<MailboxSettings>): Promise<Finding[]> {
  const { imap, smtp, threadSecret } = channel.settings
  const findings = [
    ...(imap ? [...plainText('imap', imap.security), ...(await settled(() => testImap(channel, imap)))] : []),
    ...(smtp ? [...plainText('smtp', smtp.security), ...(await settled(() => testSmtp(channel)))] : []),
  ]
  if (!imap && !smtp)
    return [
      {
        level: 'error',
        subject: 'settings',
        detail: 'Neither imap nor smtp is set: there is nothing to test.',
      },
    ]
  return threadSecret === undefined
    ? [
        ...findings,
        {
          level: smtp ? 'error' : 'warning',
          subject: 'settings',
          detail:
            'threadSecret is missing: answers cannot be sent, and replies to them do not find their letter.',
        },
      ]
    : findings
}

async function testImap(channel: Channel<MailboxSettings>, imap: ImapSettings): Promise<Finding[]> {
  const session = await openImap(channel, AbortSignal.timeout(testMs), { maxLiteralBytes })
  try {
    return [...(await folderFindings(session, imap)), ...(await targetFindings(session, imap))]
  } finally {
    session.close()
  }
}

async function folderFindings(session: ImapSession, imap: ImapSettings): Promise<Finding[]> {
  const { folder = defaultFolder, processedFolder } = imap
  const box = await openFolder(session, folder)
  const found: Finding = {
    level: 'ok',
    subject: 'rights',
    detail: `The folder "${folder}" can be read: ${box.exists} mails${session.client.capabilities.has('IDLE') ? ', and the server tells of new ones (IDLE)' : ''}.`,
  }
  return [
    found,
    ...(box.exists === 0
      ? [
          {
            level: 'warning',
            subject: 'empty',
            detail: `The folder "${folder}" is empty at the moment.`,
          } as const,
        ]
      : []),
    ...(box.readOnly === true
      ? [
          {
            level: 'warning',
            subject: 'rights',
            detail: `The folder "${folder}" is read-only for this login: letters are taken in, but neither moved nor marked.`,
          } as const,
        ]
      : processedFolder === undefined
        ? [
            {
              level: 'warning',
              subject: 'settings',
              detail: 'processedFolder is missing: letters are marked as read and stay in the folder.',
            } as const,
          ]
        : []),
  ]
}

async function targetFindings(
  session: ImapSession,
  { processedFolder, failedFolder, sentFolder }: ImapSettings,
): Promise<Finding[]> {
  const wanted = [processedFolder, failedFolder, sentFolder].filter((folder) => folder !== undefined)
  const listed = await session.run((client) => client.list())
  const known = new Set(listed.map(({ path }) => path))
  return wanted
    .filter((folder) => !known.has(folder))
    .map((folder) => ({
      level: 'warning',
      subject: 'rights',
      detail:
        folder === sentFolder
          ? `There is no folder "${folder}": copies of our answers cannot be filed. Make it, or name another one.`
          : `There is no folder "${folder}" yet: it is made with the first letter, if the login may.`,
    }))
}

async function testSmtp(channel: Channel<MailboxSettings>): Promise<Finding[]> {
  await greetServer(channel, AbortSignal.timeout(testMs))
  return [{ level: 'ok', subject: 'login', detail: 'The SMTP server lets us in. No letter was sent.' }]
}

function plainText(which: 'imap' | 'smtp', security: string | undefined): Finding[] {
  return security === 'none'
    ? [
        {
          level: 'warning',
          subject: 'tls',
          detail: `${which}.security is none: whoever is on the way can read the password and the letters. Use tls or starttls.`,
        },
      ]
    : []
}

async function settled(test: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await test()
  } catch (error) {
    if (!(error instanceof OutgoingError)) throw error
    const subject = error instanceof MailFault ? error.about : (error.subject ?? 'settings')
    return [{ level: 'error', subject, detail: error.message }]
  }
}
