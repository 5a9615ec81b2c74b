/**
 * How a peer calls the gateway: kept-alive connections, several addresses, on to the next when one does not answer. What
 * is worth another try is tried until it is answered: a peer never loses what it has to say.
 */
import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'

export interface GatewayCall {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: Buffer | string
  /** Made anew for each try: a repeat carries the same body, a new nonce and a new signature. */
  readonly headers?: () => Record<string, string>
  readonly timeoutMs?: number
  /** Whether another try would not change this answer, though its status says so. */
  readonly isFinal?: (answer: GatewayAnswer) => boolean
}

export interface GatewayAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: unknown
}

export interface GatewayClient {
  /** Repeats until the gateway answers with something that another try would not change. */
  insist(call: GatewayCall): Promise<GatewayAnswer>
  /** One try at the present address. Throws where nobody answers. */
  once(call: GatewayCall): Promise<GatewayAnswer>
  readonly setAddresses: (addresses: readonly string[]) => void
  readonly close: () => void
}

const pausesMs = [50, 100, 200, 400, 800, 1500]
const worthAnotherTry = new Set([408, 425, 429, 500, 502, 503, 504])

export function createGatewayClient(options: { maxSockets: number }): GatewayClient {
  const agent = new Agent({ keepAlive: true, maxSockets: options.maxSockets, scheduling: 'fifo' })
  let addresses: readonly string[] = []
  let present = 0
  const once = async (call: GatewayCall) => {
    const address = addresses[present % addresses.length]
    if (address === undefined) throw new Error('No gateway has an address yet.')
    return send(agent, address, call)
  }
  const insist = async (call: GatewayCall) => {
    for (let tries = 0; ; tries++) {
      const askedAt = present
      try {
        const answer = await once(call)
        if (!worthAnotherTry.has(answer.status) || call.isFinal?.(answer) === true) return answer
      } catch {
        if (present === askedAt) present += 1
      }
      await delay(pausesMs[Math.min(tries, pausesMs.length - 1)])
    }
  }
  return {
    insist,
    once,
    setAddresses: (given) => {
      addresses = given
    },
    close: () => agent.destroy(),
  }
}

function send(agent: Agent, address: string, call: GatewayCall): Promise<GatewayAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<GatewayAnswer>()
  const bytes = call.body === undefined ? undefined : Buffer.from(call.body)
  const headers = {
    ...(bytes === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(bytes.length) }),
    ...call.headers?.(),
  }
  const request = httpRequest(
    new URL(call.path, address),
    { agent, method: call.method, headers },
    (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: parsed(Buffer.concat(chunks).toString('utf8')),
        })
      })
    },
  )
  request.setTimeout(call.timeoutMs ?? 15_000, () =>
    request.destroy(new Error('The gateway did not answer in time.')),
  )
  request.on('error', reject)
  request.end(bytes)
  return promise
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
