/** Real servers beside the gateway (`--services`): where some partners keep what they have. */
import type { MailServer } from '../scripts/servers/dovecot.mjs'

export interface Services {
  /** Root's address, without a database. */
  readonly mariadb?: { readonly url: string }
  readonly dovecot?: MailServer
}

export interface RunningServices extends Services {
  stop(): Promise<void>
}

export const noServices: RunningServices = { stop: () => Promise.resolve() }

/** Installs them where they are missing, as root by apt. Throws where that cannot be, or one does not start. */
export async function startServices(say: (text: string) => void): Promise<RunningServices> {
  // What they need is not installed with the gateway alone.
  const { ensureDovecot, startDovecot } = await import('../scripts/servers/dovecot.mjs')
  const { ensureMariadb, startMariadb } = await import('../scripts/servers/mariadb.mjs')
  const { openScratch } = await import('../scripts/servers/scratch.mjs')
  for (const ensure of [ensureMariadb, ensureDovecot]) await ensure()
  const scratch = openScratch()
  try {
    const [mariadb, dovecot] = await scratch.start([startMariadb, startDovecot])
    say(`MariaDB and dovecot run in ${scratch.folder}`)
    return { mariadb, dovecot, stop: scratch.close }
  } catch (cause) {
    await scratch.close()
    throw cause
  }
}
