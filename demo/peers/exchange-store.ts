/** A partner's own exchange database, whatever server it lies on. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { WireRecord } from './appeals.ts'

export interface Login {
  readonly user: string
  readonly password: string
}

export interface ExchangeLogins {
  readonly reader: Login
  readonly writer: Login
}

/** A row of their table of statuses, as the gateway wrote it. */
export interface StatusRow {
  readonly id: string
  readonly notice_no: string
  readonly task_no: string
  readonly node_code: string
  /** The gateway's ledger has as many entries of this order and node as there are rows. */
  readonly isInLedger: boolean
}

export interface ExchangeStore {
  /** Of its server. */
  readonly port: number
  /** In a transaction of its own, committed `holdMs` after the row was written. */
  insert(row: WireRecord, holdMs: number): Promise<void>
  /** Changes the order of this number. */
  change(taskNo: string, columns: WireRecord): Promise<void>
  /** That nobody took yet. */
  statuses(): Promise<readonly StatusRow[]>
  take(rows: readonly StatusRow[]): Promise<void>
  /** For so long nobody else reads or writes this table. */
  lock(table: 't_case' | 't_case_status', ms: number): Promise<void>
  /** From now on the view keeps each statement waiting for so long. */
  slow(ms: number): Promise<void>
  /** Ends the sessions of the gateway; how many there were. */
  killSessions(): Promise<number>
  /** What the gateway's ledger holds. */
  ledger(): Promise<{ readonly entries: number; readonly unverified: number }>
  close(): Promise<void>
}

/** Their tables and the view; the ledger as the adapter's README tells a partner to make it. */
export function ddlOf(kind: 'postgresql' | 'mysql'): string {
  const tables = readFileSync(join(import.meta.dirname, `exchange-${kind}.sql`), 'utf8')
  const readme = readFileSync(join(import.meta.dirname, '../../adapters/database/README.md'), 'utf8')
  const title = kind === 'postgresql' ? 'PostgreSQL' : 'MySQL and MariaDB'
  const ledger = new RegExp(`^${title}\\b[^\\n]*:\\n\\n\`\`\`sql\\n(.*?)\`\`\``, 'ms').exec(readme)?.[1]
  if (ledger === undefined) throw new Error(`adapters/database/README.md shows no ledger for ${title}.`)
  return `${tables}\n${ledger}`
}

/** How a status row and the ledger are put side by side; the same words for both kinds of server. */
export const untakenStatuses = `
  select s.id, s.notice_no, s.task_no, s.node_code,
    (select count(*) from guiyi_ledger l where l.their_number = s.task_no and l.our_status = s.node_code)
      >= (select count(*) from t_case_status o where o.task_no = s.task_no and o.node_code = s.node_code) as in_ledger
  from t_case_status s where s.taken_at is null order by s.id`
export const ledgerFigures =
  'select count(*) as entries, count(case when verified = 0 then 1 end) as unverified from guiyi_ledger'
