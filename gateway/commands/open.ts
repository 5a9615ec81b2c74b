import { readConfig } from '../config/config.ts'
import type { Deps } from '../deps.ts'
import { openDeps } from '../main.ts'
import { GatewayError } from '../telemetry/errors.ts'
import { createLogger } from '../telemetry/logger.ts'

/** Runs a command on the gateway's database, starting the embedded one where nothing else has. Quiet but for errors. */
export async function withDeps(run: (deps: Deps) => Promise<void>): Promise<void> {
  const config = readConfig()
  const { deps, close } = await openDeps(config, {
    log: createLogger({ level: process.env['GUIYI_LOG_LEVEL'] ?? 'error' }),
  })
  try {
    await run(deps)
  } finally {
    await close()
  }
}

const local = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Asia/Shanghai',
  dateStyle: 'short',
  timeStyle: 'medium',
})

/** A time as people here read it: Asia/Shanghai. */
export const shown = (at: Date | string | null | undefined): string =>
  at === null || at === undefined ? '' : local.format(new Date(at))

/** Columns a terminal takes: Chinese characters take two. */
const widthOf = (text: string): number =>
  Array.from(text).reduce(
    (sum, character) =>
      sum +
      (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/.test(
        character,
      )
        ? 2
        : 1),
    0,
  )

/** Rows under a heading, columns aligned. */
export function printTable(
  heading: readonly string[],
  rows: readonly (readonly (string | number | null | undefined)[])[],
): void {
  const cells = [heading, ...rows].map((row) => row.map((cell) => String(cell ?? '').replaceAll(/\s+/g, ' ')))
  const widths = heading.map((_, column) => Math.max(...cells.map((row) => widthOf(row[column] ?? ''))))
  for (const row of cells)
    console.log(
      row
        .map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell))))
        .join('  ')
        .trimEnd(),
    )
}

/** `--json` of every listing. */
export const jsonArg = {
  type: 'boolean',
  description: 'Print JSON instead of a table',
  default: false,
} as const
export const limitArg = { type: 'string', description: 'How many at most, 1 to 1000', default: '50' } as const

/** Throws `request.parameter`. */
export function limitOf(text: string): number {
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
    throw new GatewayError('request.parameter', `--limit takes a whole number from 1 to 1000, not "${text}".`)
  return limit
}

/** Throws `request.parameter`: PostgreSQL would only say that it is no uuid. */
export function idOf(text: string, what: string): string {
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text))
    throw new GatewayError(
      'request.parameter',
      `"${text}" is no id of a ${what}; it looks like 01a20328-4d7a-74bd-9b8e-819a835bd897. The list command shows them.`,
    )
  return text
}
