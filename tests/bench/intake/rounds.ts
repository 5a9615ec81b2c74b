/** The interleaved rounds: in each, every way is measured once, so that a change of the machine's speed meets all alike. */
import { fileURLToPath } from 'node:url'
import type { BatchesOrder, BatchesResult } from './batches.ts'
import type { LoadOrder, LoadResult } from './load.ts'
import { startPart } from './part.ts'
import { cpuUsOf, serverCpuUs } from './processes.ts'
import { channel, secret, type Server, type Service } from './services.ts'

/** One way in one round. */
export interface Measured {
  readonly perS: number
  /** CPU for each report, microseconds: the service's process, and all of PostgreSQL's. */
  readonly nodeUs: number
  readonly postgresUs: number
  readonly p50Ms: number
  readonly p99Ms: number
}

export interface Round {
  readonly limit: { readonly perS: number; readonly postgresUs: number }
  readonly handwritten: Measured
  readonly gateway: Measured
  readonly handwrittenAt1: Measured
  readonly gatewayAt1: Measured
}

interface Load {
  readonly connections: number
  readonly seconds: number
  /** Missing: as many as the time takes. */
  readonly requests?: number
  /** Number of the first order; missing: the next that was never sent. */
  readonly from?: number
}

/** Sends to services. Numbers of orders go on over all of them: no order is sent twice. */
export interface Sender {
  measure(service: Service, load: Load): Promise<Measured>
  stop(): void
}

const part = (file: string) => fileURLToPath(new URL(file, import.meta.url))

export function startSender(server: Server): Sender {
  const load = startPart<LoadOrder, LoadResult>(part('./load.ts'))
  const fastest = new Map<string, number>()
  let next = 1
  return {
    stop: () => load.stop(),
    measure: async (service, { connections, seconds, requests, from = next }) => {
      const name = `${service.port} ${connections}`
      // Half as many again as the fastest run so far would send: making ready takes time too.
      const count = requests ?? Math.ceil((fastest.get(name) ?? 2_500) * seconds * 1.5)
      await load.prepare({ port: service.port, channel, secret, connections, requests: count, seconds, from })
      next = Math.max(next, from + count)
      const before = { node: cpuUsOf(service.pid), postgres: serverCpuUs(server.postmaster) }
      const result = await load.go()
      const nodeUs = cpuUsOf(service.pid) - before.node
      const postgresUs = serverCpuUs(server.postmaster) - before.postgres
      const perS = result.requests / result.seconds
      fastest.set(name, Math.max(fastest.get(name) ?? 0, perS))
      return {
        perS,
        nodeUs: nodeUs / result.requests,
        postgresUs: postgresUs / result.requests,
        p50Ms: result.p50Ms,
        p99Ms: result.p99Ms,
      }
    },
  }
}

export interface RoundsOptions {
  readonly server: Server
  readonly sender: Sender
  readonly gateway: Service
  readonly handwritten: Service
  readonly limitUrl: string
  /** Database whose rows the batches write again. */
  readonly rowsUrl: string
  readonly rounds: number
  readonly seconds: number
  readonly say: (line: string) => void
}

const shown = ({ perS, nodeUs, postgresUs }: Measured) =>
  `${perS.toFixed(0)}/s, ${nodeUs.toFixed(0)} + ${postgresUs.toFixed(0)} µs`

export async function measureRounds(options: RoundsOptions): Promise<Round[]> {
  const { server, sender, gateway, handwritten, seconds, say } = options
  const batches = startPart<BatchesOrder, BatchesResult>(part('./batches.ts'))
  const limit = async () => {
    await server.reset(options.limitUrl)
    await batches.prepare({ from: options.rowsUrl, to: options.limitUrl, seconds })
    const before = serverCpuUs(server.postmaster)
    const { reports, seconds: took } = await batches.go()
    return { perS: reports / took, postgresUs: (serverCpuUs(server.postmaster) - before) / reports }
  }
  const push = async (service: Service, connections: number) => {
    await server.reset(service.databaseUrl)
    return await sender.measure(service, { connections, seconds })
  }
  /** By turns the one first and the other. */
  const pair = async (connections: number, round: number) => {
    const first = round % 2 === 0 ? handwritten : gateway
    const a = await push(first, connections)
    const b = await push(first === gateway ? handwritten : gateway, connections)
    return first === handwritten ? { byHand: a, ours: b } : { byHand: b, ours: a }
  }
  const rounds: Round[] = []
  try {
    for (let n = 0; n < options.rounds; n += 1) {
      const atLimit = await limit()
      const many = await pair(64, n)
      const one = await pair(1, n)
      rounds.push({
        limit: atLimit,
        handwritten: many.byHand,
        gateway: many.ours,
        handwrittenAt1: one.byHand,
        gatewayAt1: one.ours,
      })
      say(
        `round ${n + 1}: limit ${atLimit.perS.toFixed(0)}/s | 64 connections: by hand ${shown(many.byHand)}; gateway ${shown(many.ours)} | one: by hand ${shown(one.byHand)}; gateway ${shown(one.ours)}`,
      )
    }
  } finally {
    batches.stop()
  }
  return rounds
}
