/**
 * Where a mail goes once it is stored. What the server does not let us move is marked as read and with our own keyword; what
 * it does not let us mark stays as it is. Neither is a fault: the cursor alone keeps a mail from being read twice.
 */
import type { ImapSession } from './imap.ts'
import type { ImapSettings } from './settings.ts'

/** Tells clerks, and us, that a mail was taken in. */
const takenKeyword = '$GuiyiTaken'
/** The rest of a long list is filed at the next poll. */
const maxPerCommand = 500

export async function fileAway(
  session: ImapSession,
  { processedFolder, failedFolder }: ImapSettings,
  { uid, isTooLarge }: { uid: number; isTooLarge: boolean },
): Promise<void> {
  await move(session, `${uid}`, isTooLarge ? failedFolder : processedFolder, { isRead: !isTooLarge })
}

/** Mail up to this UID was stored, but not filed: a kill came between, or rights that are there now were not. */
export async function fileLeftovers(
  session: ImapSession,
  imap: ImapSettings,
  { uid, maxBytes }: { uid: number; maxBytes: number },
): Promise<void> {
  if (uid === 0 || (imap.processedFolder === undefined && imap.failedFolder === undefined)) return
  const range = `1:${uid}`
  const left = await session.run((client) =>
    client.search({ uid: range, deleted: false, unKeyword: takenKeyword }, { uid: true }),
  )
  if (!left || left.length === 0) return
  const large = await session.run((client) =>
    client.search({ uid: range, deleted: false, larger: maxBytes }, { uid: true }),
  )
  const [tooLarge, stored] = [new Set(large || []), left.filter((one) => one <= uid)]
  await move(
    session,
    joined(stored, (one) => !tooLarge.has(one)),
    imap.processedFolder,
    { isRead: true },
  )
  await move(
    session,
    joined(stored, (one) => tooLarge.has(one)),
    imap.failedFolder,
    { isRead: false },
  )
}

function joined(uids: readonly number[], fits: (uid: number) => boolean): string {
  return uids.filter(fits).slice(0, maxPerCommand).join(',')
}

async function move(
  session: ImapSession,
  uids: string,
  folder: string | undefined,
  { isRead }: { isRead: boolean },
): Promise<void> {
  if (uids === '') return
  const isMoved =
    folder !== undefined &&
    ((await tryMove(session, uids, folder)) || (await tryMoveToNew(session, uids, folder)))
  if (isMoved) return
  const flags = isRead ? ['\\Seen', takenKeyword] : [takenKeyword]
  await session.run(async (client) => client.messageFlagsAdd(uids, flags, { uid: true }))
}

async function tryMove(session: ImapSession, uids: string, folder: string): Promise<boolean> {
  return session.run(async (client) => Boolean(await client.messageMove(uids, folder, { uid: true })))
}

async function tryMoveToNew(session: ImapSession, uids: string, folder: string): Promise<boolean> {
  const isMade = await session.run(async (client) =>
    client.mailboxCreate(folder).then(
      ({ created }) => created,
      () => false,
    ),
  )
  return isMade && tryMove(session, uids, folder)
}
