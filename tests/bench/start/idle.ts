/** What a gateway and its PostgreSQL use while nothing happens but polls that find nothing. */
import { setTimeout as after } from 'node:timers/promises'
import { cpuUsOf, residentMb, serverCpuUs } from '../intake/processes.ts'

export interface Idle {
  readonly seconds: number
  /** Resident megabytes (10^6 bytes) at the end, and the most that was seen. */
  readonly rssMb: number
  readonly mostRssMb: number
  /** Percent of one core, of the gateway's process and of all of PostgreSQL's. */
  readonly cpuPercent: number
  readonly postgresCpuPercent: number
}

/** `postmaster`: undefined where PostgreSQL runs elsewhere. */
export async function measureIdle(
  pid: number,
  { seconds, postmaster }: { seconds: number; postmaster: number | undefined },
): Promise<Idle> {
  const cpu = () => ({
    own: cpuUsOf(pid),
    postgres: postmaster === undefined ? Number.NaN : serverCpuUs(postmaster),
  })
  const before = cpu()
  const startedAt = performance.now()
  let mostRssMb = 0
  for (let second = 0; second < seconds; second += 1) {
    await after(1_000)
    mostRssMb = Math.max(mostRssMb, residentMb(pid))
  }
  const tookUs = (performance.now() - startedAt) * 1_000
  const used = cpu()
  return {
    seconds,
    rssMb: residentMb(pid),
    mostRssMb,
    cpuPercent: ((used.own - before.own) / tookUs) * 100,
    postgresCpuPercent: ((used.postgres - before.postgres) / tookUs) * 100,
  }
}
