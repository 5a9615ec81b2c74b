import { readConfig } from '../config/config.ts'
import type { Deps } from '../deps.ts'
import { openDeps } from '../main.ts'
import { createLogger } from '../telemetry/logger.ts'

/** Runs a command on the gateway's database, starting the embedded one where nothing else has. Quiet but for errors. */
export async function withDeps(run: (deps: Deps) => Promise<void>): Promise<void> {
  const config = readConfig()
  const { deps, close } = await openDeps(config, { log: createLogger({ level: process.env['GUIYI_LOG_LEVEL'] ?? 'error' }) })
  try {
    await run(deps)
  } finally {
    await close()
  }
}

const local = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short', timeStyle: 'medium' })

/** A time as people here read it: Asia/Shanghai. */
export const shown = (at: Date | string | null | undefined): string => (at === null || at === undefined ? '' : local.format(new Date(at)))

/** Columns a terminal takes: Chinese characters take two. */
const widthOf = (text: string): number => Array.from(text).reduce((sum, character) => sum + (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/.test(character) ? 2 : 1), 0)

/** Rows under a heading, columns aligned. */
export function printTable(heading: readonly string[], rows: readonly (readonly (string | number | null | undefined)[])[]): void {
  const cells = [heading, ...rows].map((row) => row.map((cell) => String(cell ?? '').replaceAll(/\s+/g, ' ')))
  const widths = heading.map((_, column) => Math.max(...cells.map((row) => widthOf(row[column] ?? ''))))
  for (const row of cells) console.log(row.map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell)))).join('  ').trimEnd())
}

/** `--json` of every listing. */
export const jsonArg = { type: 'boolean', description: 'Print JSON instead of a table', default: false } as const
export const limitArg = { type: 'string', description: 'How many at most', default: '50' } as const
