/**
 * A peer's own book, append-only JSON lines in `ledgers/<peer>.jsonl`: what it sent, what was acknowledged, what it was told.
 * A line is written before the peer answers or goes on, so the book is what the peer knows, whatever happened to anyone.
 */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, writeSync } from 'node:fs'
import { basename, join } from 'node:path'

/** What a partner sends: a new report, a changed one, the same once more, a message about one, something unusable, a test order. */
export type SentKind = 'report' | 'change' | 'repeat' | 'message' | 'broken' | 'test'

export type LedgerLine =
  | { kind: 'sent'; at: string; what: SentKind; externalId: string; item: string }
  | { kind: 'acknowledged'; at: string; item: string; externalId: string; end: string; receipt: string }
  | { kind: 'refused'; at: string; item: string; externalId: string; status: number; code: string }
  | ToldLine

/**
 * The source of a report was told something. `effect` is false where the partner knew the key and changed nothing. `key` is
 * the gateway's idempotency key, or the task's id where a clerk pasted it.
 */
export interface ToldLine {
  kind: 'told'
  at: string
  by: 'callback' | 'reply' | 'page'
  externalId: string
  code: string
  key: string
  effect: boolean
}

type Unstamped<Line> = Line extends LedgerLine ? Omit<Line, 'at'> : never
export interface Ledger {
  write(line: Unstamped<LedgerLine>): void
  close(): void
}

export function openLedger(folder: string, peer: string): Ledger {
  mkdirSync(folder, { recursive: true })
  const file = openSync(join(folder, `${peer}.jsonl`), 'a')
  return {
    write: (line) => void writeSync(file, `${JSON.stringify({ at: new Date().toISOString(), ...line })}\n`),
    close: () => closeSync(file),
  }
}

/** All ledgers of a run by peer. A last line cut off by a kill is left out. */
export function readLedgers(folder: string): Map<string, LedgerLine[]> {
  const ledgers = new Map<string, LedgerLine[]>()
  if (!existsSync(folder)) return ledgers
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.jsonl'))) {
    ledgers.set(basename(file, '.jsonl'), readJsonLines<LedgerLine>(join(folder, file)))
  }
  return ledgers
}

/** The caller names the shape. A line that a kill cut off (only the last can be) is left out. */
export function readJsonLines<Line>(file: string): Line[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.slice(0, -1).map((line) => JSON.parse(line) as Line)
}
