import { connect as connectPlain, createServer, type AddressInfo, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { channelWith, loopbackHttp } from '../../tests/support/adapter-channel.ts'
import { createAuthority, type Authority, type Identity } from '../../tests/support/certificates.ts'
import { createExchangeDatabase, type ExchangeDatabase } from '../../tests/support/exchange-database.ts'
import { database } from './database.ts'
import type { DatabaseSettings } from './settings.ts'

let exchange: ExchangeDatabase
let authority: Authority

beforeAll(async () => {
  authority = createAuthority()
  exchange = await createExchangeDatabase(
    'create table orders (id int primary key); insert into orders values (1)',
  )
  await exchange.sql.unsafe(`grant select on orders to ${exchange.reader.user}`)
})
afterAll(async () => {
  authority.remove()
  await exchange.drop()
})

it('a server with a certificate of the authority that is set is read', async () => {
  const port = await secureServer(authority.sign('exchange.example'))

  expect(await read(port, { mode: 'verify', ca: authority.certificate })).toBe(
    '{"rows":[{"key":"1","row":{"id":1}}]}\n',
  )
})

it('a certificate that is not checked encrypts all the same', async () => {
  const port = await secureServer(authority.stranger('exchange.example'))

  expect(await read(port, { mode: 'require' })).toContain('"id":1')
})

it.each([
  {
    what: 'of an unknown authority',
    identity: () => authority.stranger('exchange.example'),
    code: 'SELF_SIGNED',
  },
  {
    what: 'that is expired',
    identity: () => authority.sign('exchange.example', -1),
    code: 'CERT_HAS_EXPIRED',
  },
])('a certificate $what is refused before the password goes out', async ({ identity, code }) => {
  const heard: string[] = []
  const port = await secureServer(identity(), heard)

  await expect(read(port, { mode: 'verify', ca: authority.certificate })).rejects.toThrow(code)
  expect(heard.join('')).toBe('')
})

it('words that somebody puts in before the encryption are refused', async () => {
  const port = await listen((socket) => {
    socket.once('data', () => socket.write('S\u0052\u0000\u0000\u0000\u0008'))
  })

  await expect(read(port, { mode: 'require' })).rejects.toThrow('tls: not offered')
})

async function read(port: number, tls: NonNullable<DatabaseSettings['tls']>): Promise<string> {
  const settings: DatabaseSettings = {
    ...exchange.settings(exchange.reader),
    port,
    tls,
    poll: { table: 'orders', key: 'id', cursor: { by: 'id', column: 'id' } },
  }
  const channel = channelWith(settings, { http: loopbackHttp() })
  const pages = await Array.fromAsync(database.poll?.(channel, null, AbortSignal.timeout(10_000)) ?? [])
  return Buffer.from(pages[0]?.payload?.bytes ?? []).toString()
}

/** The test server behind TLS, as PostgreSQL offers it. `heard` takes what came through. */
async function secureServer({ certificate, key }: Identity, heard: string[] = []): Promise<number> {
  const { port } = exchange.settings(exchange.reader)
  return await listen((socket) => {
    socket.once('data', () => {
      socket.write('S')
      const secure = new TLSSocket(socket, { isServer: true, cert: certificate, key })
      const far = connectPlain(port ?? 5432, '127.0.0.1')
      secure
        .on('error', () => socket.destroy())
        .on('data', (bytes: Buffer) => heard.push(bytes.toString('latin1')))
      far.on('error', () => socket.destroy())
      secure.pipe(far).pipe(secure)
      socket.once('close', () => far.destroy())
    })
  })
}

async function listen(onSocket: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    onSocket(socket)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}
