import type { WorkingReport } from '../store/working.ts'
import type { Tx } from '../store/client.ts'

const shanghaiDay = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' })

/** The day in Asia/Shanghai, `2026-11-22`. */
export const dayOf = (at: Date): string => shanghaiDay.format(at)

/** Takes `count` case numbers of a day, in order: PS20261122-000123. One linker takes them, so none is left out for long. */
export async function takeCaseNumbers(
  tx: Tx,
  options: { prefix: string; at: Date; count: number },
): Promise<string[]> {
  if (options.count === 0) return []
  const day = dayOf(options.at)
  const [row] = await tx<{ last: number }[]>`
    insert into case_numbers as n (day, last) values (${day}, ${options.count})
    on conflict (day) do update set last = n.last + excluded.last returning last`
  const last = row?.last ?? options.count
  return Array.from(
    { length: options.count },
    (_, index) =>
      `${options.prefix}${day.replaceAll('-', '')}-${String(last - options.count + 1 + index).padStart(6, '0')}`,
  )
}

/** A case row made from its first report. */
export function caseRow(
  report: { working: WorkingReport; confidential: boolean },
  ids: { id: string; number: string; chainId: string; predecessorId: string | null; at: Date },
): object {
  const { working } = report
  return {
    id: ids.id,
    number: ids.number,
    chain_id: ids.chainId,
    predecessor_id: ids.predecessorId,
    state: 'received',
    sequence: 2,
    kind: working.kind,
    category: working.category,
    title: working.title,
    text: working.text,
    location: working.location,
    urgency: working.urgency,
    sensitive: working.sensitive === true,
    confidential: report.confidential,
    tags: working.tags ?? [],
    opened_at: ids.at,
  }
}

/** Rows of `caseRow`. */
export async function insertCases(tx: Tx, rows: readonly object[]): Promise<void> {
  await tx`
    insert into cases (id, number, chain_id, predecessor_id, state, sequence, kind, category, title, text, location, urgency, sensitive, confidential, tags, opened_at)
    select id, number, chain_id, predecessor_id, state, sequence, kind, category, title, text, location, urgency, sensitive, confidential,
      array(select json_array_elements_text(tags)), opened_at
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as r(id uuid, number text, chain_id uuid, predecessor_id uuid, state text, sequence int, kind text,
      category text, title text, text text, location jsonb, urgency text, sensitive boolean, confidential boolean, tags json, opened_at timestamptz)`
}
