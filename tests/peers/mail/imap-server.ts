/** A mailbox behind hoodiecrow-imap. Its letters outlive a restart, as they would on a disk. */
import type { AddressInfo, Socket } from 'node:net'
import iconv from 'iconv-lite'
import createServer, { type HoodiecrowFolder, type HoodiecrowServer } from 'hoodiecrow-imap'

export const login = { user: 'letters@example.gov.cn', password: 'mailbox-password' }

export interface ImapPeer {
  readonly port: number
  /** Puts a letter into a folder, as the mail server does when one arrives. */
  put(raw: string | Uint8Array, folder?: string): void
  /** Raw letters of a folder, oldest first. */
  letters(folder: string): string[]
  /** Gives the folder another UIDVALIDITY, as a server does that was restored from a backup. */
  renumber(folder: string): void
  /** Connections that were made so far. */
  readonly connections: () => number
  /** Drops every connection and takes no new one. */
  kill(): Promise<void>
  restart(): Promise<void>
}

const plugins = ['AUTH-PLAIN', 'ENABLE', 'ID', 'IDLE', 'LITERALPLUS', 'MOVE', 'NAMESPACE', 'SASL-IR', 'SPECIAL-USE', 'UIDPLUS', 'UNSELECT']

export async function startImapPeer(options: { without?: readonly string[] } = {}): Promise<ImapPeer> {
  const storage: { [namespace: string]: HoodiecrowFolder } = {
    INBOX: { messages: [] },
    '': { messages: [], folders: { Sent: { messages: [] } } },
  }
  const sockets = new Set<Socket>()
  let port = 0
  let made = 0
  let server: HoodiecrowServer
  const listen = async (): Promise<void> => {
    server = createServer({
      plugins: plugins.filter((plugin) => options.without?.includes(plugin) !== true),
      storage,
      users: { [login.user]: { password: login.password } },
    })
    server.server.on('connection', (socket) => {
      made += 1
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      socket.on('error', () => {})
    })
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    port = (server.server.address() as AddressInfo).port
  }
  await listen()
  // Folder names travel in IMAP's own UTF-7, and it keeps them so.
  const folder = (name: string): HoodiecrowFolder =>
    server.getMailbox(iconv.encode(name, 'utf-7-imap').toString()) ?? { messages: [] }
  return {
    get port() {
      return port
    },
    put: (raw, name = 'INBOX') => {
      // Its strings are bytes, one character each.
      server.appendMessage(name, [], new Date(), Buffer.from(raw).toString('latin1'))
    },
    letters: (name) =>
      folder(name).messages.map((message) =>
        Buffer.from(typeof message === 'string' ? message : message.raw, 'latin1').toString(),
      ),
    renumber: (name) => {
      const box = folder(name)
      box.uidvalidity = (box.uidvalidity ?? 1) + 1
    },
    connections: () => made,
    kill: async () => {
      const closed = new Promise((resolve) => server.server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
    restart: listen,
  }
}
