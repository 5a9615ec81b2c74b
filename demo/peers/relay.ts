/**
 * The wall between two zones of a government network, as a relay of connections: what passes is not changed, but the wall
 * sees when a session begins and ends, and now and then it cuts one. It knows of databases only how a session says goodbye
 * and how it commits (PostgreSQL: Frontend/Backend Protocol, Message Formats; MySQL: Command Phase).
 */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface Relay {
  readonly port: number
  readonly close: () => void
}

export interface Session {
  readonly openedAtMs: number
  /** It was closed in order, not lost. */
  readonly saidGoodbye: boolean
}

/** What the wall does to a session. `loses-answer`, `keeps-answer`: that to its COMMIT, by an end or by silence. */
export type Cut = 'none' | 'refuses' | 'loses-answer' | 'keeps-answer'

export interface RelayOptions {
  readonly toPort: number
  /** Asked as a session begins. */
  readonly cutOf: () => Cut
  readonly ended?: (session: Session) => void
}

/** PostgreSQL's Terminate; MySQL's COM_QUIT. */
const goodbyes = [Buffer.from([0x58, 0, 0, 0, 4]), Buffer.from([1, 0, 0, 0, 1])]
/** PostgreSQL's Query and MySQL's COM_QUERY. */
const commits = [Buffer.from('Q\0\0\0\u000bcommit\0'), Buffer.from('\u0007\0\0\0\u0003commit')]

/** Listens on a free port of 127.0.0.1. */
export async function createRelay(options: RelayOptions): Promise<Relay> {
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const cut = options.cutOf()
    if (cut === 'refuses') return void client.destroy()
    const upstream = connect({ host: '127.0.0.1', port: options.toPort, noDelay: true })
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => sockets.delete(socket))
    }
    relay(client, upstream, cut, options.ended ?? (() => undefined))
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.on('error', reject)
  server.listen(0, '127.0.0.1', resolve)
  await promise
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

function relay(client: Socket, upstream: Socket, cut: Cut, ended: (session: Session) => void): void {
  const openedAtMs = Date.now()
  let last: Buffer = Buffer.alloc(0)
  client.setNoDelay(true)
  client.on('data', (chunk: Buffer) => {
    last = Buffer.concat([last, chunk]).subarray(-5)
    if (cut !== 'none' && commits.some((commit) => chunk.includes(commit))) cutAnswer(client, upstream, cut)
  })
  client.pipe(upstream)
  upstream.pipe(client)
  client.on('close', () => {
    upstream.destroySoon()
    ended({ openedAtMs, saidGoodbye: goodbyes.some((goodbye) => last.equals(goodbye)) })
  })
  upstream.on('close', () => client.destroySoon())
}

/** The COMMIT goes through; its answer does not. */
function cutAnswer(client: Socket, upstream: Socket, cut: Cut): void {
  upstream.unpipe(client)
  upstream.on('data', () => {
    if (cut === 'loses-answer') client.resetAndDestroy()
  })
}
