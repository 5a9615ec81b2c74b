import { parseArgs } from 'node:util'
import { killPoints } from '../gateway/telemetry/kill-point.ts'

/** When and how gateways are killed (SIGKILL). */
export type Kill =
  | { readonly kind: 'none' }
  /** A few times at moments that the seed picks, the dispatch and the clerk as well. */
  | { readonly kind: 'random' }
  /** At named points, one start of the gateway after the other: `writeback.after-call`, `linking.before-commit:3`. */
  | { readonly kind: 'points'; readonly points: readonly string[] }
  /** One of two half-way; it stays dead. */
  | { readonly kind: 'one' }

export interface DemoOptions {
  /** JSON lines; the project's own samples where missing. */
  readonly messages?: string
  /** How many of the messages; all of a named file where missing. */
  readonly count?: number
  readonly ratePerS: number
  /** Mean time between two events of a case; by the size of the run where missing. */
  readonly paceMs?: number
  readonly seed: number
  readonly gateways: 1 | 2
  readonly kill: Kill
  readonly keep: boolean
  readonly json: boolean
  readonly quiet: boolean
  /** Real servers (MariaDB, dovecot) beside the gateway, and the partners that keep what they have in them. */
  readonly services: boolean
  /** An empty PostgreSQL database; DATABASE_URL where missing, else an embedded one. */
  readonly databaseUrl?: string
  /** Folder of this run; a fresh one under var/demo where missing. */
  readonly var?: string
}

export const defaultCount = 120
export const defaults: DemoOptions = {
  ratePerS: 25,
  seed: 1,
  gateways: 1,
  kill: { kind: 'none' },
  keep: false,
  json: false,
  quiet: false,
  services: false,
}

export const usage = `guiyi demo: a gateway and a small simulated district, in processes of their own

  --messages FILE   JSON lines with id, title, time, text, user (default: our own samples)
  --count N         how many messages (default ${defaultCount}, or all of FILE)
  --rate N          submissions a second, over all channels (default ${defaults.ratePerS})
  --pace MS         mean time between two events of a case (default: by the size of the run)
  --gateways 1|2    how many gateways work on the database
  --kill WHAT       SIGKILL a gateway: "random", or named points with the number of the pass,
                    one after the other: writeback.after-call,linking.before-commit:3
  --kill-one        with two gateways: kill one half-way, for good
  --services        with a real MariaDB and dovecot, installed by apt where missing (as root), as
                    stores of the partners that have one
  --keep            leave everything up at the end, until Ctrl-C
  --json            the last line is one JSON object
  --seed N          another seed, another run (default ${defaults.seed})
  --var DIR         folder of this run (default: a fresh one under var/demo)
  --quiet           no progress

Exit code 0: all came out even. 1: not, with the differences named. 2: these options make no sense.`

/** Throws an Error that names the option and what it takes. */
export function parseOptions(argv: readonly string[]): DemoOptions | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      messages: { type: 'string' },
      count: { type: 'string' },
      rate: { type: 'string' },
      pace: { type: 'string' },
      seed: { type: 'string' },
      gateways: { type: 'string' },
      kill: { type: 'string' },
      'kill-one': { type: 'boolean' },
      keep: { type: 'boolean' },
      json: { type: 'boolean' },
      quiet: { type: 'boolean' },
      services: { type: 'boolean' },
      var: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help === true) return 'help'
  const gateways = wholeNumber('--gateways', values.gateways, { min: 1, max: 2 }) === 2 ? 2 : 1
  const killsOne = values['kill-one'] === true
  if (killsOne && gateways === 1)
    throw new Error('--kill-one needs --gateways 2: one dies for good, the other goes on.')
  if (killsOne && values.kill !== undefined) throw new Error('--kill and --kill-one exclude each other.')
  const count = wholeNumber('--count', values.count, { min: 1, max: 1_000_000 })
  const paceMs = wholeNumber('--pace', values.pace, { min: 1, max: 600_000 })
  return {
    ratePerS: rateOf(values.rate),
    seed: wholeNumber('--seed', values.seed, { min: 0, max: 2 ** 31 }) ?? defaults.seed,
    gateways,
    kill: killsOne ? { kind: 'one' } : killOf(values.kill),
    keep: values.keep === true,
    json: values.json === true,
    quiet: values.quiet === true,
    services: values.services === true,
    ...(values.messages !== undefined && { messages: values.messages }),
    ...(count !== undefined && { count }),
    ...(paceMs !== undefined && { paceMs }),
    ...(values.var !== undefined && { var: values.var }),
  }
}

function wholeNumber(
  option: string,
  text: string | undefined,
  { min, max }: { min: number; max: number },
): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (!Number.isInteger(value) || value < min || value > max)
    throw new Error(`${option} takes a whole number from ${min} to ${max}, not "${text}".`)
  return value
}

function rateOf(text: string | undefined): number {
  if (text === undefined) return defaults.ratePerS
  const value = Number(text.replace(/\/s$/, ''))
  if (!(value > 0 && value <= 2000))
    throw new Error(`--rate takes submissions a second, up to 2000, not "${text}".`)
  return value
}

function killOf(text: string | undefined): Kill {
  if (text === undefined) return { kind: 'none' }
  if (text === 'random') return { kind: 'random' }
  const points = text.split(',')
  for (const point of points) {
    const [name, nth = '1'] = point.split(':')
    if (!killPoints.some((known) => known === name) || !/^[1-9]\d*$/.test(nth)) {
      throw new Error(
        `--kill does not know "${point}". It takes "random", or points of: ${killPoints.join(', ')}; each with the number of the pass, as in linking.before-commit:3.`,
      )
    }
  }
  return { kind: 'points', points }
}
