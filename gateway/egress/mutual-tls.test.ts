import { spawn } from 'node:child_process'
import { createServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { OutgoingError, type OutgoingTls } from '../../adapters/adapter.ts'
import { createAuthority, type Authority, type Identity } from '../../tests/support/certificates.ts'
import { outgoingError } from './failure.ts'
import { createOutgoingHttp, type ClosableOutgoingHttp } from './outgoing-http.ts'

let authority: Authority
let server: ReturnType<Authority['sign']>
let ours: Identity
let stranger: Identity
let expired: Identity

beforeAll(() => {
  authority = createAuthority()
  server = authority.sign('partner.example')
  ours = identityOf(authority.sign('guiyi'))
  expired = identityOf(authority.sign('expired', -1))
  stranger = authority.stranger('stranger')
})
afterAll(() => authority.remove())

describe('a partner that asks for a certificate', () => {
  it('lets in the one that its authority signed, and knows us by it', async () => {
    const partner = await startTlsPartner({ requestCert: true })

    const answer = await call(partner, { ca: authority.certificate, ...ours })

    expect(Buffer.from(answer.bytes).toString()).toBe('guiyi')
  })

  const refused = [
    { what: 'none', tls: () => ({ ca: authority.certificate }) },
    { what: 'one of another authority', tls: () => ({ ca: authority.certificate, ...stranger }) },
    { what: 'an expired one', tls: () => ({ ca: authority.certificate, ...expired }) },
  ]
  it.each(refused)(
    'and says so before the request, by TLS 1.2, has taken nothing with $what',
    async ({ tls }) => {
      const partner = await startOpenssl('tls1_2')

      const error = await failureOf(call(partner, tls()))

      expect(error).toMatchObject({ sent: 'no', reason: 'unreachable', subject: 'tls' })
    },
  )

  // In TLS 1.3 the request leaves before the partner looks. Whether its alert or the end of the connection is read first is open.
  it.each(refused)(
    'and looks only after the request, by TLS 1.3, takes $what for no success',
    async ({ tls }) => {
      const partners = [
        await startOpenssl('tls1_3'),
        await startTlsPartner({ requestCert: true, minVersion: 'TLSv1.3' }),
      ]

      const errors = await Promise.all(partners.map((partner) => failureOf(call(partner, tls()))))

      expect(errors.map(({ reason }) => reason)).toEqual([
        expect.stringMatching(/unreachable|broken/),
        expect.stringMatching(/unreachable|broken/),
      ])
      expect(partners[1]?.taken()).toBe(0)
    },
  )

  it.each(['CERTIFICATE_REQUIRED', 'UNKNOWN_CA', 'CERTIFICATE_EXPIRED', 'BAD_CERTIFICATE'])(
    'and whose alert %s is read has taken nothing, although the request had left',
    (alert) => {
      const failure = Object.assign(new Error('alert'), { code: `ERR_SSL_TLSV13_ALERT_${alert}` })

      const error = outgoingError(failure, { origin: 'https://partner.example', started: true })

      expect(error).toMatchObject({ sent: 'no', reason: 'unreachable', subject: 'tls' })
    },
  )

  it('is never called over a connection that another certificate opened', async () => {
    const partner = await startTlsPartner({ requestCert: true })
    const http = client()

    await call(partner, { ca: authority.certificate, ...ours }, http)
    await failureOf(call(partner, { ca: authority.certificate }, http))

    expect(partner.taken()).toBe(1)
  })
})

describe('a partner with an authority of its own', () => {
  it('is trusted where the channel names that authority, and only there', async () => {
    const partner = await startTlsPartner({})
    const http = client()

    const trusted = await call(partner, { ca: authority.certificate }, http)
    const errors = [
      await failureOf(call(partner, undefined, http)),
      await failureOf(call(partner, { ca: stranger.certificate }, http)),
    ]

    expect(trusted.status).toBe(200)
    expect(errors).toMatchObject([
      { sent: 'no', subject: 'tls' },
      { sent: 'no', subject: 'tls' },
    ])
  })

  it('is not trusted under another name', async () => {
    const partner = await startTlsPartner({})

    const error = await failureOf(call({ ...partner, host: 'other.example' }, { ca: authority.certificate }))

    expect(error).toMatchObject({ sent: 'no', subject: 'tls' })
  })
})

describe('a secret that is no PEM', () => {
  it.each<{ what: string; tls: () => OutgoingTls }>([
    { what: 'a certificate', tls: () => ({ certificate: 'not a certificate', key: ours.key }) },
    { what: 'a key', tls: () => ({ certificate: ours.certificate, key: 'not a key' }) },
    {
      what: 'a key of another certificate',
      tls: () => ({ certificate: ours.certificate, key: stranger.key }),
    },
    { what: 'half a key', tls: () => ({ certificate: ours.certificate, key: ours.key.slice(0, 200) }) },
    { what: 'an authority', tls: () => ({ ca: 'not an authority' }) },
    { what: 'a damaged authority', tls: () => ({ ca: authority.certificate.replace(/\n..../, '\n****') }) },
    { what: 'a certificate without its key', tls: () => ({ certificate: ours.certificate }) },
    { what: 'a key without its certificate', tls: () => ({ key: ours.key }) },
  ])('($what) is a setting to correct, nothing is sent and nothing of it is said', async ({ tls }) => {
    const partner = await startTlsPartner({})

    const error = await failureOf(call(partner, tls()))

    expect(error).toMatchObject({ sent: 'no', reason: 'blocked', subject: 'tls' })
    expect(error.message).not.toMatch(/not a|BEGIN/)
    expect(partner.taken()).toBe(0)
  })
})

interface TlsPartner {
  readonly host: string
  readonly port: number
  /** Requests that reached the application. */
  readonly taken: () => number
}

async function startTlsPartner(options: ServerOptions): Promise<TlsPartner> {
  let taken = 0
  const listener = createServer(
    {
      cert: server.certificate,
      key: server.key,
      ca: authority.certificate,
      rejectUnauthorized: true,
      ...options,
    },
    (request, response) => {
      taken += 1
      const { subject } = (request.socket as TLSSocket).getPeerCertificate()
      response.end((subject as { CN?: string } | undefined)?.CN ?? '')
    },
  )
  listener.on('tlsClientError', () => {})
  await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done))
  onTestFinished(async () => {
    listener.closeAllConnections()
    await new Promise((done) => listener.close(done))
  })
  return { host: 'partner.example', port: (listener.address() as AddressInfo).port, taken: () => taken }
}

/** OpenSSL's own server, which says by an alert why it hangs up. */
async function startOpenssl(version: 'tls1_2' | 'tls1_3'): Promise<TlsPartner> {
  const [own, trusted] = [server.files, authority.files]
  const files = ['-cert', own.certificate, '-key', own.key, '-CAfile', trusted.certificate]
  const checks = ['-Verify', '1', '-verify_return_error', `-${version}`, '-www']
  const process = spawn('openssl', ['s_server', '-accept', '127.0.0.1:0', ...files, ...checks])
  onTestFinished(() => void process.kill('SIGKILL'))
  const port = await new Promise<number>((done, failed) => {
    let said = ''
    process.once('exit', () => failed(new Error(said)))
    for (const stream of [process.stdout, process.stderr])
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString()
        const [, found] = /ACCEPT \S+:(\d+)/.exec(said) ?? []
        if (found !== undefined) done(Number(found))
      })
  })
  return { host: 'partner.example', port, taken: () => 0 }
}

function client(): ClosableOutgoingHttp {
  const http = createOutgoingHttp({
    allowPrivate: ['127.0.0.0/8'],
    timeoutMs: 5_000,
    maxBytes: 10_000,
    lookup: async () => ['127.0.0.1'],
  })
  onTestFinished(() => http.close())
  return http
}

async function call({ host, port }: TlsPartner, tls: OutgoingTls | undefined, http = client()) {
  const request = { method: 'POST', url: `https://${host}:${port}/`, body: '{}', ...(tls && { tls }) }
  return await http.call(request, new AbortController().signal)
}

async function failureOf(answer: Promise<unknown>): Promise<OutgoingError> {
  const error = await answer.then(
    () => new Error('it was answered'),
    (failure: unknown) => failure,
  )
  if (error instanceof OutgoingError) return error
  throw error
}

function identityOf({ certificate, key }: Identity): Identity {
  return { certificate, key }
}
