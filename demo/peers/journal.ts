import { appendFileSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readJsonLines } from './ledger.ts'

/** What a peer must remember to go on where it stopped: read at its start, appended to before each act. */
export function openJournal<Line extends object>(
  folder: string,
  peer: string,
): { lines: readonly Line[]; write(line: Line): void } {
  const file = join(folder, 'journals', `${peer}.jsonl`)
  mkdirSync(dirname(file), { recursive: true })
  return {
    lines: readJsonLines<Line>(file),
    write: (line) => appendFileSync(file, `${JSON.stringify(line)}\n`),
  }
}
