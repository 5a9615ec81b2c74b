// @ts-check
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { accountOf, letPass, makeFile, makeFolder, runAs } from './account.mjs'
import { ensurePackages } from './apt.mjs'
import { startDaemon } from './daemon.mjs'
import { freePort } from './free-port.mjs'

const server = '/usr/sbin/mariadbd'
const installer = '/usr/bin/mariadb-install-db'

export async function ensureMariadb() {
  await ensurePackages(['mariadb-server'], () => existsSync(server) && existsSync(installer))
}

/**
 * A server of its own in this folder; `url` names its root user and no database.
 * @param {string} folder
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
export async function startMariadb(folder) {
  const account = accountOf('mysql')
  const home = join(folder, 'mariadb')
  const rows = join(home, 'rows')
  const firstWords = join(home, 'first.sql')
  const password = randomBytes(24).toString('base64url')
  const port = await freePort()
  letPass(folder)
  for (const path of [home, rows]) makeFolder(path, account)
  makeFile(firstWords, `ALTER USER root@localhost IDENTIFIED BY '${password}';\n`, account)
  runAs(
    installer,
    ['--no-defaults', `--datadir=${rows}`, '--auth-root-authentication-method=normal', '--skip-test-db'],
    account,
  )
  const url = `mysql://root:${password}@127.0.0.1:${port}/`
  const stop = await startDaemon({
    name: 'MariaDB',
    program: server,
    args: [
      '--no-defaults',
      `--datadir=${rows}`,
      `--tmpdir=${home}`,
      `--socket=${join(home, 'socket')}`,
      `--pid-file=${join(home, 'pid')}`,
      `--init-file=${firstWords}`,
      '--bind-address=127.0.0.1',
      `--port=${port}`,
      '--character-set-server=utf8mb4',
      '--innodb-buffer-pool-size=64M',
      '--innodb-flush-log-at-trx-commit=0',
    ],
    account,
    log: join(folder, 'mariadb.log'),
    isReady: () => answers(url),
  })
  return { url, stop }
}

/** @param {string} url */
async function answers(url) {
  try {
    const connection = await createConnection({ uri: url, connectTimeout: 2_000 })
    await connection.query('select 1')
    await connection.end()
    return true
  } catch {
    return false
  }
}
