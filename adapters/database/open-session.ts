import type { Channel } from '../adapter.ts'
import { connectPostgresql } from './postgresql.ts'
import type { Session } from './session.ts'
import type { DatabaseSettings } from './settings.ts'
import { openSocket } from './socket.ts'

export interface SessionOptions {
  readonly signal: AbortSignal
  readonly readOnly: boolean
}

/**
 * Opens a connection to the address that the guard gives. Aborting `signal` destroys it, whatever the server does. Throws
 * OutgoingError (name, blocked) or DatabaseFault.
 */
export async function openSession(
  { http, settings }: Channel<DatabaseSettings>,
  { signal, readOnly }: SessionOptions,
): Promise<Session> {
  const address = await http.addressOf(settings.host, signal)
  const socket = await openSocket(address, settings, signal)
  try {
    const link = { settings, socket, readOnly }
    if (settings.kind === 'postgresql') return await connectPostgresql(link)
    // Loaded where a channel needs it: its driver is 130 modules.
    const { connectMysql } = await import('./mysql.ts')
    return await connectMysql(link)
  } catch (error) {
    socket.destroy()
    throw error
  }
}

/** Runs `work` on a session that is closed afterwards, whatever happens. Throws as `openSession` and `work` do. */
export async function withSession<T>(
  channel: Channel<DatabaseSettings>,
  options: SessionOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await openSession(channel, options)
  try {
    return await work(session)
  } finally {
    await session.close()
  }
}
