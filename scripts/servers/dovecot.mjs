// @ts-check
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { accountOf, letPass, makeFile, makeFolder, runAs } from './account.mjs'
import { ensurePackages } from './apt.mjs'
import { startDaemon } from './daemon.mjs'
import { dovecotConf } from './dovecot-conf.mjs'
import { freePorts } from './free-port.mjs'
import { startMailRelay } from './mail-relay.mjs'

const server = '/usr/sbin/dovecot'
const parts = ['imap', 'lmtp', 'submission'].map((name) => `/usr/lib/dovecot/${name}`)
const domain = 'pingan.example'

/**
 * A mailbox's user name is its address.
 * @typedef {{ user: string, password: string }} MailUser
 */

/**
 * `imapPort` and `smtpPort` offer STARTTLS, `imapsPort` is TLS from the first byte, `lmtpPort` takes mail for our users without a password.
 * `user` and `password` are the office's; `ca` is the PEM of the certificate, made for `localhost`, `127.0.0.1` and `mail.pingan.example`.
 * @typedef {MailUser & {
 *   host: string, imapPort: number, imapsPort: number, lmtpPort: number, smtpPort: number, ca: string,
 *   users: { office: MailUser, citizen: MailUser, neighbour: MailUser },
 * }} MailServer
 */

export async function ensureDovecot() {
  await ensurePackages(['dovecot-imapd', 'dovecot-lmtpd', 'dovecot-submissiond', 'openssl'], () =>
    [server, ...parts, '/usr/bin/openssl'].every((file) => existsSync(file)),
  )
}

/**
 * A mail server of its own in this folder: IMAP, LMTP and submission, whose mail to our own users comes back by LMTP.
 * @param {string} folder
 * @returns {Promise<MailServer & { stop: () => Promise<void> }>}
 */
export async function startDovecot(folder) {
  const account = accountOf('dovecot')
  const home = join(folder, 'dovecot')
  letPass(folder)
  for (const path of [home, join(home, 'run'), join(home, 'state'), join(home, 'mail')])
    makeFolder(path, account)
  const certificate = makeCertificate(home, account)
  const users = {
    office: freshUser('mailbox'),
    citizen: freshUser('citizen'),
    neighbour: freshUser('neighbour'),
  }
  const lines = Object.values(users).map(({ user, password }) => `${user}:{PLAIN}${password}::::::\n`)
  makeFile(join(home, 'users'), lines.join(''), account)
  const [imapPort = 0, imapsPort = 0, lmtpPort = 0, smtpPort = 0, relayPort = 0] = await freePorts(5)
  const ports = { imap: imapPort, imaps: imapsPort, lmtp: lmtpPort, submission: smtpPort, relay: relayPort }
  const conf = join(home, 'dovecot.conf')
  const runsAs = namesOf(account.uid === undefined ? userInfo().username : 'dovecot')
  makeFile(conf, dovecotConf({ home, runsAs, domain, ports, ...certificate }), account)
  const stopRelay = await startMailRelay({ port: relayPort, lmtpPort })
  try {
    const stopServer = await startDaemon({
      name: 'dovecot',
      program: server,
      args: ['-F', '-c', conf],
      account,
      log: join(folder, 'dovecot.log'),
      isReady: async () => (await Promise.all([imapPort, lmtpPort, smtpPort].map(greets))).every(Boolean),
    })
    return {
      host: '127.0.0.1',
      imapPort,
      imapsPort,
      lmtpPort,
      smtpPort,
      ...users.office,
      users,
      ca: readFileSync(certificate.certificateFile, 'utf8'),
      stop: async () => {
        await stopServer()
        await stopRelay()
      },
    }
  } catch (error) {
    await stopRelay()
    throw error
  }
}

/** @param {string} user */
function namesOf(user) {
  return { user, group: execFileSync('id', ['-gn', user], { encoding: 'utf8' }).trim() }
}

/**
 * @param {string} name
 * @returns {MailUser}
 */
function freshUser(name) {
  return { user: `${name}@${domain}`, password: randomBytes(18).toString('base64url') }
}

/**
 * @param {string} home
 * @param {import('./account.mjs').Account} account
 */
function makeCertificate(home, account) {
  const files = { certificateFile: join(home, 'certificate.pem'), keyFile: join(home, 'key.pem') }
  const names = `subjectAltName=DNS:localhost,DNS:mail.${domain},IP:127.0.0.1`
  const key = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    files.keyFile,
  ]
  const subject = ['-subj', `/CN=mail.${domain}`, '-addext', names, '-days', '7']
  runAs('openssl', ['req', '-x509', ...key, '-out', files.certificateFile, ...subject], account)
  return files
}

/**
 * Whether somebody says hello on this port.
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function greets(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const end = (/** @type {boolean} */ isThere) => {
      socket.destroy()
      resolve(isThere)
    }
    socket.setTimeout(2_000, () => end(false))
    socket.once('data', () => end(true))
    socket.once('error', () => end(false))
    socket.once('close', () => resolve(false))
  })
}
