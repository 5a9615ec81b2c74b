// @ts-check
import { callbackify } from 'node:util'
import { createTransport } from 'nodemailer'
import { SMTPServer } from 'smtp-server'

/**
 * What a submission server hands its mail to: takes it by SMTP on 127.0.0.1 and gives it on by LMTP, recipient by recipient, so that
 * mail to our own users lands in their mailboxes, and mail to anybody else is refused.
 * @param {{ port: number, lmtpPort: number }} ports
 * @returns {Promise<() => Promise<void>>} stops it
 */
export async function startMailRelay({ port, lmtpPort }) {
  const transport = createTransport({ lmtp: true, host: '127.0.0.1', port: lmtpPort, ignoreTLS: true })
  /**
   * @param {AsyncIterable<Buffer>} stream
   * @param {import('smtp-server').SMTPServerSession} session
   */
  async function passOn(stream, { envelope: { mailFrom, rcptTo } }) {
    const raw = await gathered(stream)
    const from = mailFrom ? mailFrom.address : ''
    for (const { address } of rcptTo) await transport.sendMail({ envelope: { from, to: [address] }, raw })
  }
  const relay = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onData: callbackify(passOn),
  })
  relay.on('error', () => undefined)
  await new Promise((resolve, reject) => {
    relay.once('error', reject)
    relay.listen(port, '127.0.0.1', () => resolve(undefined))
  })
  return async () => {
    transport.close()
    await new Promise((resolve) => relay.close(() => resolve(undefined)))
  }
}

/** @param {AsyncIterable<Buffer>} stream */
async function gathered(stream) {
  const chunks = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}
