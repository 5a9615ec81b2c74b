/** What Linux says a process has used. */
import { readFileSync, readdirSync } from 'node:fs'

/** Microseconds of a clock tick in /proc: USER_HZ is 100 on every Linux that Node runs on. */
const tickUs = 10_000

interface Times {
  readonly parent: number
  readonly ownUs: number
  /** Of children that ended and were waited for. */
  readonly endedChildrenUs: number
}

function timesOf(pid: number | string): Times | undefined {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return undefined
  }
  // The name in brackets may hold blanks; behind it follow state, parent and, from the 14th field on, the times.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = (field: number) => Number(fields[field - 3])
  return {
    parent: ticks(4),
    ownUs: (ticks(14) + ticks(15)) * tickUs,
    endedChildrenUs: (ticks(16) + ticks(17)) * tickUs,
  }
}

/** Microseconds of CPU that a process has used, user and system, all its threads. */
export const cpuUsOf = (pid: number): number => timesOf(pid)?.ownUs ?? 0

/** The same of a PostgreSQL server: its postmaster, every process it has, and those that ended. */
export function serverCpuUs(postmaster: number): number {
  const head = timesOf(postmaster)
  let sumUs = (head?.ownUs ?? 0) + (head?.endedChildrenUs ?? 0)
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const times = timesOf(name)
    if (times?.parent === postmaster) sumUs += times.ownUs
  }
  return sumUs
}

/** Megabytes (10^6 bytes) of a process that lie in memory. */
export function residentMb(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]
  return (Number(kib) * 1024) / 1e6
}
