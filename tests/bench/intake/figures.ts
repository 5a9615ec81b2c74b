/** Every figure of a run, as it is kept in the JSON file and drawn. */
import type { Memory } from './memory.ts'
import type { Measured, Round } from './rounds.ts'
import type { Steps } from './steps.ts'

export interface Figures {
  readonly measuredOn: string
  readonly machine: { readonly cores: number; readonly node: string; readonly postgres: string }
  readonly orderBytes: number
  readonly rounds: readonly Round[]
  /** Medians over the rounds. */
  readonly limit: Round['limit']
  readonly handwritten: Measured
  readonly gateway: Measured
  readonly handwrittenAt1: Measured
  readonly gatewayAt1: Measured
  readonly ratios: Ratios
  readonly memory: Memory | null
  readonly steps: Steps
}

/** The gateway against the others: medians of what each round gives. */
export interface Ratios {
  /** Reports/s against the hand-written service, 64 connections. */
  readonly handwritten: number
  readonly handwritten_at_1: number
  /** CPU for each report, node and PostgreSQL together, against the hand-written service's, 64 connections. */
  readonly cpu: number
  /** Reports/s against bare batches. */
  readonly limit: number
}

/** What is aimed at; `cpu` is at most, the others at least. */
export const aims: Ratios = { handwritten: 1.5, handwritten_at_1: 0.8, cpu: 0.7, limit: 0.3 }

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return Number.isInteger(middle)
    ? ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
    : (sorted[Math.floor(middle)] ?? 0)
}

export const cpuUs = ({ nodeUs, postgresUs }: Measured) => nodeUs + postgresUs

export function mediansOf(
  rounds: readonly Round[],
): Pick<Figures, 'limit' | 'handwritten' | 'gateway' | 'handwrittenAt1' | 'gatewayAt1' | 'ratios'> {
  const of = (read: (round: Round) => number) => median(rounds.map(read))
  const measured = (way: 'handwritten' | 'gateway' | 'handwrittenAt1' | 'gatewayAt1'): Measured => ({
    perS: of((round) => round[way].perS),
    nodeUs: of((round) => round[way].nodeUs),
    postgresUs: of((round) => round[way].postgresUs),
    p50Ms: of((round) => round[way].p50Ms),
    p99Ms: of((round) => round[way].p99Ms),
  })
  return {
    limit: { perS: of((round) => round.limit.perS), postgresUs: of((round) => round.limit.postgresUs) },
    handwritten: measured('handwritten'),
    gateway: measured('gateway'),
    handwrittenAt1: measured('handwrittenAt1'),
    gatewayAt1: measured('gatewayAt1'),
    ratios: {
      handwritten: of((round) => round.gateway.perS / round.handwritten.perS),
      handwritten_at_1: of((round) => round.gatewayAt1.perS / round.handwrittenAt1.perS),
      cpu: of((round) => cpuUs(round.gateway) / cpuUs(round.handwritten)),
      limit: of((round) => round.gateway.perS / round.limit.perS),
    },
  }
}
