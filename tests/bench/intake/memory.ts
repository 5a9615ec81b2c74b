/** Resident memory of the gateway while it takes many reports. */
import { residentMb } from './processes.ts'
import type { Sender } from './rounds.ts'
import type { Server, Service } from './services.ts'

export interface Memory {
  readonly reports: number
  /** Megabytes before the first report and after each 5,000. */
  readonly samplesMb: readonly number[]
  readonly firstQuarterMb: number
  readonly lastQuarterMb: number
  /** Least squares over the second half of the samples, when caches are full: megabytes for each 10,000 reports. */
  readonly slopeMbPer10k: number
  readonly perS: number
}

const every = 5_000

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2
  const average = mean(values)
  const above = values.reduce((sum, value, n) => sum + (n - middle) * (value - average), 0)
  const below = values.reduce((sum, _, n) => sum + (n - middle) ** 2, 0)
  return below === 0 ? 0 : above / below
}

export async function measureMemory(options: {
  server: Server
  sender: Sender
  gateway: Service
  reports: number
  say: (line: string) => void
}): Promise<Memory> {
  const { server, sender, gateway, reports, say } = options
  await server.reset(gateway.databaseUrl)
  const samplesMb = [residentMb(gateway.pid)]
  const rates: number[] = []
  for (let sent = 0; sent < reports; sent += every) {
    const { perS } = await sender.measure(gateway, { connections: 64, seconds: 600, requests: every })
    rates.push(perS)
    samplesMb.push(residentMb(gateway.pid))
    say(`${sent + every} reports: ${(samplesMb.at(-1) ?? 0).toFixed(0)} MB resident, ${perS.toFixed(0)}/s`)
  }
  const quarter = Math.max(1, Math.floor(samplesMb.length / 4))
  return {
    reports,
    samplesMb,
    firstQuarterMb: mean(samplesMb.slice(0, quarter)),
    lastQuarterMb: mean(samplesMb.slice(-quarter)),
    slopeMbPer10k: slope(samplesMb.slice(Math.floor(samplesMb.length / 2))) * (10_000 / every),
    perS: mean(rates),
  }
}
