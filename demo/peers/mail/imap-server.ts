/** A mailbox behind hoodiecrow-imap. Its letters outlive a restart, as they would on a disk. */
import type { AddressInfo, Socket } from 'node:net'
import createServer, { type HoodiecrowFolder, type HoodiecrowServer } from 'hoodiecrow-imap'
import iconv from 'iconv-lite'

export interface MailLogin {
  /** The mailbox's address. */
  readonly user: string
  readonly password: string
}

export interface ImapServerOptions {
  /** Extensions that it does not have. */
  readonly without?: readonly string[]
  /** Commands that this login may not give. */
  readonly refuses?: readonly string[]
  readonly tls?: { readonly key: string; readonly cert: string }
}

export interface ImapServer {
  readonly port: number
  /** Puts a letter into a folder, as the mail server does when one arrives. */
  put(raw: string | Uint8Array, folder?: string, flags?: readonly string[]): void
  /** Raw letters of a folder, oldest first. */
  letters(folder: string): string[]
  /** Flags of the letters of a folder. */
  flags(folder: string): string[][]
  /** Gives the folder another UIDVALIDITY, as a server does that was restored from a backup. */
  renumber(folder: string): void
  /** Connections that wait for news. */
  idling(): number
  /** Drops every connection. */
  readonly drop: () => void
  /** Drops every connection and takes no new one. */
  readonly kill: () => Promise<void>
  readonly restart: () => Promise<void>
}

const plugins = [
  'AUTH-PLAIN',
  'ENABLE',
  'ID',
  'IDLE',
  'LITERALPLUS',
  'MOVE',
  'NAMESPACE',
  'SASL-IR',
  'SPECIAL-USE',
  'UIDPLUS',
  'UNSELECT',
]

/** Listens on a free port of 127.0.0.1; has the folders INBOX and Sent. */
export async function startImapServer(
  login: MailLogin,
  options: ImapServerOptions = {},
): Promise<ImapServer> {
  const storage: { [namespace: string]: HoodiecrowFolder } = {
    INBOX: { messages: [] },
    '': { messages: [], folders: { Sent: { messages: [] } } },
  }
  const sockets = new Set<Socket>()
  let port = 0
  let idling = 0
  let server: HoodiecrowServer
  const listen = async (): Promise<void> => {
    server = createServer({
      plugins: plugins.filter((plugin) => options.without?.includes(plugin) !== true),
      storage,
      ...(options.tls && { secureConnection: true, credentials: options.tls }),
      users: { [login.user]: { password: login.password } },
    })
    server.server.on('connection', (socket) => {
      sockets.add(socket)
      let isIdle = false
      socket.on('data', (bytes) => {
        const wasIdle = isIdle
        isIdle = /^\w+ IDLE\r\n$/i.test(bytes.toString()) || (isIdle && !/^DONE/i.test(bytes.toString()))
        idling += Number(isIdle) - Number(wasIdle)
      })
      socket.once('close', () => {
        sockets.delete(socket)
        idling -= Number(isIdle)
      })
      socket.on('error', () => {})
    })
    for (const command of options.refuses ?? []) server.setCommandHandler(command, refuse)
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    port = (server.server.address() as AddressInfo).port
  }
  const drop = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  await listen()
  // Folder names travel in IMAP's own UTF-7, and it keeps them so.
  const folder = (name: string): HoodiecrowFolder =>
    server.getMailbox(iconv.encode(name, 'utf-7-imap').toString()) ?? { messages: [] }
  return {
    get port() {
      return port
    },
    put: (raw, name = 'INBOX', flags = []) => {
      // Its strings are bytes, one character each.
      server.appendMessage(name, [...flags], new Date(), Buffer.from(raw).toString('latin1'))
    },
    letters: (name) =>
      folder(name).messages.map((message) =>
        Buffer.from(typeof message === 'string' ? message : message.raw, 'latin1').toString(),
      ),
    flags: (name) =>
      folder(name).messages.map((message) => (typeof message === 'string' ? [] : [...message.flags])),
    renumber: (name) => {
      const box = folder(name)
      box.uidvalidity = (box.uidvalidity ?? 1) + 1
    },
    idling: () => idling,
    drop,
    kill: async () => {
      const closed = new Promise((resolve) => server.server.close(resolve))
      drop()
      await closed
    },
    restart: listen,
  }
}

function refuse(
  connection: { send(response: object, about: string): void },
  { tag }: { tag: string },
  _data: unknown,
  done: () => void,
): void {
  connection.send({ tag, command: 'NO', attributes: [{ type: 'TEXT', value: 'not yours to do' }] }, 'REFUSED')
  done()
}
