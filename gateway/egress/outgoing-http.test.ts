import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { OutgoingError, type OutgoingAnswer, type OutgoingRequest } from '../../adapters/adapter.ts'
import { refusedUrl, startPartner, startRawPartner } from '../../tests/support/adapter-partner.ts'
import { createOutgoingHttp, type ClosableOutgoingHttp, type OutgoingHttpOptions } from './outgoing-http.ts'

const quick = { timeoutMs: 200, maxBytes: 10_000 }

function client(options: Partial<OutgoingHttpOptions> = {}): ClosableOutgoingHttp {
  const http = createOutgoingHttp({
    allowPrivate: ['127.0.0.0/8'],
    timeoutMs: 5_000,
    maxBytes: 10_000,
    ...options,
  })
  onTestFinished(() => http.close())
  return http
}

function call(
  http: ClosableOutgoingHttp,
  request: Partial<OutgoingRequest> & { url: string },
  signal = new AbortController().signal,
): Promise<OutgoingAnswer> {
  return http.call({ method: 'POST', body: '{}', ...request }, signal)
}

async function failureOf(answer: Promise<OutgoingAnswer>): Promise<OutgoingError> {
  const error = await answer.then(
    (whole) => new Error(`answered ${whole.status}`),
    (failure: unknown) => failure,
  )
  if (error instanceof OutgoingError) return error
  throw error
}

describe('an answer', () => {
  it('comes back whole, with status and headers in lower case', async () => {
    const partner = await startPartner(() => ({
      status: 201,
      headers: { 'X-Number': '7', 'Set-Cookie': 'a=1' },
      body: '已受理',
    }))

    const answer = await call(client(), {
      url: `${partner.url}/orders?no=1`,
      headers: { 'X-Key': 'k' },
      body: '{"a":1}',
    })

    expect(answer).toMatchObject({ status: 201, headers: { 'x-number': '7', 'set-cookie': 'a=1' } })
    expect(Buffer.from(answer.bytes).toString()).toBe('已受理')
    expect(partner.requests).toMatchObject([
      {
        method: 'POST',
        url: '/orders?no=1',
        body: '{"a":1}',
        headers: { 'x-key': 'k', 'user-agent': 'guiyi' },
      },
    ])
  })

  it.each([301, 302, 307, 404, 500])(
    'with status %i is an answer like any other, and no redirect is followed',
    async (status) => {
      const partner = await startPartner(() => ({ status, headers: { location: '/elsewhere' } }))

      const answer = await call(client(), { url: partner.url })

      expect(answer.status).toBe(status)
      expect(partner.requests).toHaveLength(1)
    },
  )

  it('is unpacked where it comes compressed', async () => {
    const partner = await startPartner(() => ({
      headers: { 'content-encoding': 'gzip' },
      body: gzipSync('网格'),
    }))

    const answer = await call(client(), { url: partner.url, method: 'GET' })

    expect(Buffer.from(answer.bytes).toString()).toBe('网格')
    expect(answer.headers).not.toHaveProperty('content-encoding')
  })

  it('after an interim 103 is the final one', async () => {
    const partner = await startRawPartner((socket) =>
      socket.write('HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n'),
    )

    const answer = await call(client(), { url: partner.url })

    expect(answer.status).toBe(204)
  })
})

describe('an address', () => {
  it.each([
    'ftp://example.com/',
    'file:///etc/passwd',
    'no url',
    'http://user:word@example.com/',
    'http://:word@example.com/',
  ])('like %s is blocked before anything is opened', async (url) => {
    const error = await failureOf(call(client(), { url }))

    expect(error).toMatchObject({ sent: 'no', reason: 'blocked' })
    expect(error.message).not.toContain('word@')
  })

  it.each([
    '127.0.0.1',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '127.1',
    '[::ffff:127.0.0.1]',
    '[::1]',
    '0.0.0.0',
    '169.254.169.254',
    '[fe80::1]',
    '１２７.0.0.1',
  ])('written as %s is seen as private and blocked', async (host) => {
    const error = await failureOf(
      call(client({ allowPrivate: [] }), { url: `http://${host}:9/secret?token=abc` }),
    )

    expect(error).toMatchObject({ sent: 'no', reason: 'blocked' })
    expect(error.message).toContain('privateAddresses')
    expect(error.message).not.toContain('abc')
  })

  it.each([
    { answers: ['127.0.0.1'] },
    { answers: ['1.1.1.1', '10.0.0.1'] },
    { answers: ['::ffff:10.0.0.1'] },
  ])('whose name leads to $answers is blocked', async ({ answers }) => {
    const http = client({ allowPrivate: [], lookup: async () => answers })

    const error = await failureOf(call(http, { url: 'http://rebind.example/' }))

    expect(error).toMatchObject({ sent: 'no', reason: 'blocked' })
  })

  it('whose name leads to an allowed block is reached', async () => {
    const partner = await startPartner(() => ({ body: 'ok' }))
    const http = client({ lookup: async () => ['127.0.0.1'] })

    const answer = await call(http, { url: partner.url.replace('127.0.0.1', 'partner.example') })

    expect(answer.status).toBe(200)
    expect(partner.requests[0]?.headers.host).toMatch(/^partner\.example:/)
  })

  it('whose name nobody knows is unreachable, and says that it is the name', async () => {
    const unknown = Object.assign(new Error('getaddrinfo ENOTFOUND'), {
      code: 'ENOTFOUND',
      syscall: 'getaddrinfo',
    })
    const rejected = client({ lookup: () => Promise.reject(unknown) })
    const none = client({ lookup: async () => [] })

    const errors = await Promise.all(
      [rejected, none].map((http) => failureOf(call(http, { url: 'http://nobody.example/' }))),
    )

    expect(errors).toMatchObject(
      Array.from({ length: 2 }, () => ({ sent: 'no', reason: 'unreachable', subject: 'name' })),
    )
  })
})

describe('a request that surely was not taken', () => {
  it('is one to a port that refuses', async () => {
    const error = await failureOf(call(client(), { url: await refusedUrl() }))

    expect(error).toMatchObject({ sent: 'no', reason: 'unreachable' })
    expect(error.message).toContain('ECONNREFUSED')
  })

  it('is one whose TLS handshake fails', async () => {
    const partner = await startRawPartner((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))

    const error = await failureOf(call(client(), { url: partner.url.replace('http:', 'https:') }))

    expect(error).toMatchObject({ sent: 'no', reason: 'unreachable', subject: 'tls' })
  })

  it('is one that waited for a free connection until its deadline, and it is not sent later', async () => {
    const partner = await startRawPartner(() => {})
    const http = client({ ...quick, connectionsPerOrigin: 1 })

    const first = failureOf(call(http, { url: `${partner.url}/first` }))
    const second = failureOf(call(http, { url: `${partner.url}/second`, timeoutMs: 100 }))

    expect(await second).toMatchObject({ sent: 'no', reason: 'timeout' })
    expect(await first).toMatchObject({ sent: 'perhaps', reason: 'timeout' })
    await http.close()
    expect(partner.heard()).not.toContain('/second')
  })

  it('is one whose header cannot be written', async () => {
    const error = await failureOf(
      call(client(), { url: await refusedUrl(), headers: { 'x-key': 'a\r\nx-evil: 1' } }),
    )

    expect(error).toMatchObject({ sent: 'no', reason: 'blocked' })
    expect(error.message).not.toContain('evil')
  })

  it('is one cancelled before it began', async () => {
    const error = await failureOf(call(client(), { url: await refusedUrl() }, AbortSignal.abort()))

    expect(error).toMatchObject({ sent: 'no', reason: 'timeout' })
  })
})

describe('a request that was perhaps taken', () => {
  it('is one whose partner never answers', async () => {
    const partner = await startRawPartner(() => {})

    const error = await failureOf(call(client(quick), { url: `${partner.url}/a?token=abc` }))

    expect(error).toMatchObject({ sent: 'perhaps', reason: 'timeout' })
    expect(error.message).not.toContain('abc')
  })

  it('is one whose answer drips in for longer than the deadline', async () => {
    const partner = await startRawPartner((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n')
      const drip = setInterval(() => socket.write('x'), 10)
      socket.once('close', () => clearInterval(drip))
    })

    const error = await failureOf(call(client(quick), { url: partner.url }))

    expect(error).toMatchObject({ sent: 'perhaps', reason: 'timeout' })
  })

  it.each([
    { what: 'resets before the answer', answer: '', end: 'reset' },
    { what: 'closes before the answer', answer: '', end: 'close' },
    {
      what: 'resets in the middle of the answer',
      answer: 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"code"',
      end: 'reset',
    },
    {
      what: 'closes in the middle of the answer',
      answer: 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"code"',
      end: 'close',
    },
    {
      what: 'closes in the middle of a chunk',
      answer: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\nabc',
      end: 'close',
    },
    { what: 'sends no HTTP', answer: '\u0016\u0003\u0001garbage\r\n\r\n', end: 'stay' },
    { what: 'sends an endless head', answer: `HTTP/1.1 200 OK\r\nx: ${'a'.repeat(100_000)}`, end: 'stay' },
  ])('is one whose partner $what', async ({ answer, end }) => {
    const partner = await startRawPartner((socket) => {
      const finish = (): void => {
        if (end === 'reset') socket.resetAndDestroy()
        if (end === 'close') socket.end()
      }
      if (answer === '') finish()
      else socket.write(answer, 'latin1', finish)
    })

    const error = await failureOf(call(client(), { url: partner.url }))

    expect(error).toMatchObject({ sent: 'perhaps', reason: 'broken' })
  })

  it('is one cancelled while the answer was awaited', async () => {
    const cancel = new AbortController()
    const partner = await startRawPartner(() => cancel.abort())

    const error = await failureOf(call(client(), { url: partner.url }, cancel.signal))

    expect(error).toMatchObject({ sent: 'perhaps', reason: 'timeout' })
  })
})

describe('an answer that is too large', () => {
  it('is cut off while it streams without end', async () => {
    const partner = await startRawPartner((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n')
      const more = (): void =>
        void (socket.writable && socket.write(`1000\r\n${'x'.repeat(4096)}\r\n`, () => setImmediate(more)))
      more()
    })

    const error = await failureOf(call(client(), { url: partner.url }))

    expect(error).toMatchObject({ sent: 'perhaps', reason: 'too-large' })
  })

  it('is not read at all where its head says so', async () => {
    const partner = await startRawPartner((socket) =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 999999999\r\n\r\n'),
    )

    const error = await failureOf(call(client(), { url: partner.url }))

    expect(error).toMatchObject({ sent: 'perhaps', reason: 'too-large' })
  })

  it('is not unpacked beyond the bound', async () => {
    const partner = await startPartner(() => ({
      headers: { 'content-encoding': 'gzip' },
      body: gzipSync(Buffer.alloc(1_000_000)),
    }))

    const error = await failureOf(call(client(), { url: partner.url }))

    expect(error).toMatchObject({ sent: 'perhaps', reason: 'too-large' })
  })

  it('is broken where its encoding is damaged or unknown', async () => {
    const partner = await startPartner((_, count) => ({
      headers: { 'content-encoding': count === 1 ? 'gzip' : 'zstd' },
      body: 'not packed',
    }))
    const http = client()

    const errors = [
      await failureOf(call(http, { url: partner.url })),
      await failureOf(call(http, { url: partner.url })),
    ]

    expect(errors).toMatchObject(Array.from({ length: 2 }, () => ({ sent: 'perhaps', reason: 'broken' })))
  })
})

describe('the pool', () => {
  it('lets other partners be called while one hangs on every connection', async () => {
    const stuck = await startRawPartner(() => {})
    const well = await startPartner(() => ({ body: 'ok' }))
    const http = client({ connectionsPerOrigin: 2 })
    const cancel = new AbortController()

    const hanging = Array.from({ length: 5 }, () => failureOf(call(http, { url: stuck.url }, cancel.signal)))
    const answer = await call(http, { url: well.url })
    cancel.abort()

    expect(answer.status).toBe(200)
    expect(await Promise.all(hanging)).toHaveLength(5)
  })

  it('goes on after a connection was lost', async () => {
    const partner = await startPartner(() => ({ headers: { connection: 'close' }, body: 'ok' }))
    const http = client({ connectionsPerOrigin: 1 })

    const answers = await Promise.all(Array.from({ length: 5 }, () => call(http, { url: partner.url })))

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(partner.requests).toHaveLength(5)
  })
})
