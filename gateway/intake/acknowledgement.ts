import type { Acknowledgement, RecordEnd, RecordReason } from '../../schemas/receipt.ts'
import type { Deps } from '../deps.ts'
import { GatewayError } from '../telemetry/errors.ts'

interface Row {
  readonly received_at: Date
  readonly index: number | null
  readonly end: RecordEnd
  readonly external_id: string | null
  readonly report_id: string | null
  readonly version: number | null
  readonly reason: RecordReason | null
  readonly number: string | null
}

/** What the sender of a receipt is told, with case numbers where its reports are linked by now. Throws `receipt.unknown`. */
export async function readAcknowledgement(
  deps: Pick<Deps, 'db'>,
  receiptId: string,
): Promise<Acknowledgement> {
  const rows = await deps.db.sql<Row[]>`
    select t.received_at, r.index, r."end", r.external_id, r.report_id, r.version, r.reason, c.number
    from receipts t left join records r on r.receipt_id = t.id left join reports p on p.id = r.report_id left join cases c on c.id = p.case_id
    where t.id = ${receiptId} order by r.index`
  const first = rows[0]
  if (first === undefined)
    throw new GatewayError('receipt.unknown', `There is no receipt ${receiptId}.`, {
      context: { receipt: receiptId },
    })
  return {
    receipt: receiptId,
    receivedAt: first.received_at.toISOString(),
    results: rows.flatMap((row) =>
      row.index === null
        ? []
        : [
            {
              index: row.index,
              end: row.end,
              ...(row.external_id === null ? {} : { externalId: row.external_id }),
              ...(row.report_id === null ? {} : { report: row.report_id }),
              ...(row.version === null ? {} : { version: row.version }),
              ...(row.number === null ? {} : { case: row.number }),
              ...(row.reason === null ? {} : { reason: row.reason }),
            },
          ],
    ),
  }
}

/** Waits until every report of the receipt has its case, or the time is over (`Prefer: wait=2`). */
export async function awaitCases(deps: Deps, receiptId: string, waitMs: number): Promise<Acknowledgement> {
  const deadline = performance.now() + waitMs
  let woken = Promise.withResolvers<void>()
  const off = deps.signals.on('fan-out', () => woken.resolve())
  try {
    for (;;) {
      woken = Promise.withResolvers<void>()
      const acknowledgement = await readAcknowledgement(deps, receiptId)
      const left = deadline - performance.now()
      if (
        left <= 0 ||
        acknowledgement.results.every((result) => result.report === undefined || result.case !== undefined)
      )
        return acknowledgement
      const timer = setTimeout(woken.resolve, Math.min(left, 250))
      await woken.promise
      clearTimeout(timer)
    }
  } finally {
    off()
  }
}
