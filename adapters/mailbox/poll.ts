/**
 * New mail, one page each. UIDs grow, so the cursor is the last UID that was stored, under the folder's UIDVALIDITY. A mail
 * is filed away only when the gateway comes back for more, which is after its commit; one that a kill left between the two
 * lies in the folder with a UID that the cursor has passed, and is filed at the next poll without being read again.
 */
import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Channel, Cursor, PollPage, RawPayload } from '../adapter.ts'
import { defaultMaxBytes, headersOnly } from './decode.ts'
import { fileAway, fileLeftovers } from './filing.ts'
import { openFolder, openImap, type ImapSession } from './imap.ts'
import { MailFault } from './mail-fault.ts'
import { polled, type ImapSettings, type MailboxSettings } from './settings.ts'

export const defaultFolder = 'INBOX'

interface Place {
  /** Ties the cursor to the mailbox: another one starts afresh. */
  readonly source: string
  readonly uidValidity: string
  readonly uid: number
}

/** A round of the gateway has 25 s; filing and leaving need a few of them. */
const idleMs = 18_000
const maxHeaderBytes = 65_536

/** Throws OutgoingError in plain words. */
export async function* pollMailbox(
  channel: Channel<MailboxSettings>,
  cursor: Cursor | null,
  signal: AbortSignal,
): AsyncGenerator<PollPage> {
  const { maxBytes = defaultMaxBytes, idle = false } = channel.settings
  const idleUntil = performance.now() + (idle ? idleMs : 0)
  const session = await openImap(channel, signal, { maxLiteralBytes: maxBytes + maxHeaderBytes })
  try {
    const imap = channel.settings.imap as ImapSettings
    let place = await startingPlace(session, imap, cursor)
    await fileLeftovers(session, imap, { uid: place.uid, maxBytes })
    for (;;) {
      const known = mailsIn(session)
      for (const uid of await uidsAfter(session, place.uid)) {
        const mail = await readMail(session, { uid, maxBytes })
        place = { ...place, uid }
        if (mail === null) continue
        yield { payload: payloadOf(mail, channel, uid), cursor: { ...place }, more: true }
        await fileAway(session, imap, { uid, isTooLarge: mail.isTooLarge })
      }
      if (!(await hasNews(session, { known, until: idleUntil }, signal))) break
    }
    yield { payload: null, cursor: { ...place }, more: false }
  } finally {
    session.close()
  }
}

/** Where to go on. A new UIDVALIDITY makes the old UIDs worthless: everything is read again, and known mail ends as repeats. */
async function startingPlace(
  session: ImapSession,
  imap: ImapSettings,
  cursor: Cursor | null,
): Promise<Place> {
  const { folder = defaultFolder } = imap
  const box = await openFolder(session, folder)
  const source = createHash('sha256')
    .update(`${imap.host}\n${imap.user}\n${folder}`)
    .digest('hex')
    .slice(0, 32)
  const uidValidity = `${box.uidValidity}`
  const isOurs = cursor?.['source'] === source && cursor['uidValidity'] === uidValidity
  const uid = isOurs && typeof cursor['uid'] === 'number' ? cursor['uid'] : 0
  return { source, uidValidity, uid }
}

/** In order. `n:*` names the last mail even where its UID is smaller. */
async function uidsAfter(session: ImapSession, uid: number): Promise<number[]> {
  const found = await session.run((client) =>
    client.search({ uid: `${uid + 1}:*`, deleted: false }, { uid: true }),
  )
  if (!found)
    throw new MailFault(`${session.server} does not list the mail of the folder.`, {
      about: 'rights',
      reason: 'broken',
    })
  return found.filter((one) => one > uid).toSorted((a, b) => a - b)
}

interface Mail {
  readonly bytes: Uint8Array
  readonly size: number
  readonly isTooLarge: boolean
}

/** Null where it went away meanwhile. Of a mail that is too large only the headers. */
async function readMail(
  session: ImapSession,
  { uid, maxBytes }: { uid: number; maxBytes: number },
): Promise<Mail | null> {
  const fetchSource = (
    maxLength: number,
  ): Promise<{ source?: Uint8Array | undefined; size?: number | undefined } | false> =>
    session.run((client) =>
      client.fetchOne(`${uid}`, { size: true, source: { start: 0, maxLength } }, { uid: true }),
    )
  const head = await session.run((client) => client.fetchOne(`${uid}`, { size: true }, { uid: true }))
  if (head === false) return null
  const isKnownTooLarge = (head.size ?? 0) > maxBytes
  const found = await fetchSource(isKnownTooLarge ? maxHeaderBytes : maxBytes + 1)
  if (found === false || found.source === undefined) return null
  const size = Math.max(head.size ?? 0, found.source.length)
  const isTooLarge = size > maxBytes
  return { bytes: isTooLarge ? headersIn(found.source) : found.source, size, isTooLarge }
}

function headersIn(bytes: Uint8Array): Uint8Array {
  const end = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf('\r\n\r\n')
  return bytes.subarray(0, Math.min(end < 0 ? bytes.length : end + 4, maxHeaderBytes))
}

function payloadOf(mail: Mail, { settings, now }: Channel<MailboxSettings>, uid: number): RawPayload {
  const folder = settings.imap?.folder ?? defaultFolder
  return {
    bytes: mail.bytes,
    headers: { 'content-type': mail.isTooLarge ? `${headersOnly}; size=${mail.size}` : 'message/rfc822' },
    method: polled,
    url: `imap:${encodeURIComponent(folder)};uid=${uid}`,
    receivedAt: now(),
  }
}

const mailsIn = ({ client }: ImapSession): number => (client.mailbox === false ? 0 : client.mailbox.exists)

/** Waits in IDLE until the folder changes. False: the time is over, or the server cannot. */
async function hasNews(
  session: ImapSession,
  { known, until }: { known: number; until: number },
  signal: AbortSignal,
): Promise<boolean> {
  const { client } = session
  const leftMs = until - performance.now()
  if (leftMs <= 0 || signal.aborted || !client.capabilities.has('IDLE')) return false
  if (mailsIn(session) !== known) return true
  const over = new AbortController()
  const { promise: news, resolve } = Promise.withResolvers<boolean>()
  const onNews = (): void => resolve(true)
  const onEnd = (): void => resolve(false)
  client.once('exists', onNews)
  client.once('close', onEnd)
  signal.addEventListener('abort', onEnd, { once: true, signal: over.signal })
  // Ends when the next command is sent, or with the connection.
  client.idle().catch(() => {})
  try {
    return await Promise.race([news, wait(leftMs, false, { signal: over.signal })])
  } finally {
    over.abort()
    client.off('exists', onNews)
    client.off('close', onEnd)
  }
}
