/** Sends a channel's sample as its own system would. */
import { randomUUID } from 'node:crypto'
import iconv from 'iconv-lite'
import { signedHeaders } from '../../../adapters/credentials/signature.ts'
import { envelopeText } from '../../../adapters/soap/envelope.ts'
import { usernameToken } from '../../../adapters/soap/username-token.ts'
import { writeLetter } from '../../peers/mail/letters.ts'
import type { Peers } from './peers.ts'
import type { Incoming, MadeChannel, Proof } from './types.ts'

export interface Gateway {
  readonly url: string
  /** An API key of that channel. */
  keyFor(channel: string): Promise<string>
}

async function headersFor(
  proof: Proof,
  channel: string,
  {
    gateway,
    path,
    body,
  }: { readonly gateway: Gateway; readonly path: string; readonly body: Uint8Array | string },
): Promise<Record<string, string>> {
  switch (proof.kind) {
    case 'key':
      return { authorization: `Bearer ${await gateway.keyFor(channel)}` }
    case 'hmac': {
      const call = { method: 'POST', url: path, body, nonce: randomUUID(), at: new Date() }
      return signedHeaders(proof.secret, { ...call, headers: proof.headers })
    }
    case 'header':
      return { [proof.header]: proof.value }
    case 'basic':
      return {
        authorization: `Basic ${Buffer.from(`${proof.user}:${proof.password}`).toString('base64')}`,
      }
    case 'username-token':
    case 'none':
      return {}
  }
}

function envelopeOf({ version, encoding, body, proof }: Extract<Incoming, { kind: 'soap' }>): Uint8Array {
  const header =
    proof.kind === 'username-token'
      ? usernameToken(proof, { nonce: Buffer.from(randomUUID()), at: new Date() })
      : undefined
  const text = envelopeText(version, { ...(header !== undefined && { header }), body })
  const declared = `<?xml version="1.0" encoding="${encoding}"?>${text.replace(/^<\?xml[^>]*\?>/, '')}`
  return new Uint8Array(iconv.encode(declared, encoding))
}

/** Resolves once the sample was taken, or lies where the gateway will look. Throws where it is refused. */
export async function sendSample(
  { channel, incoming }: MadeChannel,
  gateway: Gateway,
  peers: Peers,
): Promise<void> {
  switch (incoming.kind) {
    case 'push':
    case 'soap': {
      const path = `/v1/channels/${channel}/${incoming.path}`
      const soapType =
        incoming.kind === 'soap' && incoming.version === '1.2' ? 'application/soap+xml' : 'text/xml'
      const { body, contentType } =
        incoming.kind === 'push' ? incoming : { body: envelopeOf(incoming), contentType: soapType }
      const answer = await fetch(`${gateway.url}${path}`, {
        method: 'POST',
        body: typeof body === 'string' ? body : new Uint8Array(body),
        headers: {
          'content-type': contentType,
          ...(await headersFor(incoming.proof, channel, { gateway, path, body })),
        },
      })
      const said = await answer.text()
      if (!answer.ok || /quarantined/.test(said)) throw new Error(`${channel}: ${answer.status} ${said}`)
      return
    }
    case 'row':
      await peers.exchange.sql`
        insert into ${peers.exchange.sql(`${incoming.schema}.t_case`)} ${peers.exchange.sql(incoming.row)}`
      return
    case 'letter':
      peers.mailboxes[incoming.mailbox]?.put(writeLetter(incoming.letter))
      return
    case 'poll':
      // The list that the peer gives holds it from the first.
      return
  }
}
