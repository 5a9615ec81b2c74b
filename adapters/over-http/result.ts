/** An acknowledgement as partners of XML protocols read it: one code for the whole, and one entry for each record. */
import Type, { type Static } from 'typebox'
import type { Acknowledgement, RecordReason } from '../../schemas/receipt.ts'

function code(fallback: string, description: string) {
  return Type.Optional(Type.String({ minLength: 1, maxLength: 50, default: fallback, description }))
}

export const ResultCodes = Type.Object(
  {
    success: code('0', '全部收下 / Every record was taken'),
    partly: code('2', '部分收下，其余为异常件 / Some were taken, the others are quarantined'),
    failed: code('1', '全部为异常件 / None could be used; all are quarantined'),
  },
  {
    additionalProperties: false,
    title: '结果代码 / Result codes',
    description: '对方习惯的结果代码 / The codes that the partner is used to',
  },
)
export type ResultCodes = Static<typeof ResultCodes>

export interface ResultTree {
  readonly code: string
  readonly message: string
  readonly receipt: string
  readonly count: number
  readonly record: readonly {
    readonly index: number
    readonly result: string
    readonly externalId: string | undefined
    readonly code: string | undefined
    readonly message: string | undefined
  }[]
}

/** `record[].result` is where the record ended; `code` and `message` say why one was filtered or quarantined. */
export function resultOf({ receipt, results }: Acknowledgement, codes: ResultCodes = {}): ResultTree {
  const refused = results.filter(({ end }) => end === 'quarantined')
  const { success = '0', partly = '2', failed = '1' } = codes
  const taken = results.length - refused.length
  const [first] = refused
  return {
    code: refused.length === 0 ? success : taken === 0 ? failed : partly,
    message:
      first === undefined
        ? `Taken: ${taken}.`
        : `${refused.length} of ${results.length} records could not be used and are kept for a clerk. The first: ${first.reason?.detail ?? ''}`,
    receipt,
    count: results.length,
    record: results.map(({ index, end, externalId, reason }) => ({
      index: index + 1,
      result: end,
      externalId,
      code: reason?.code,
      message: reason?.detail,
    })),
  }
}

/** Why the payload as a whole could not be read; undefined where it could. */
export function unreadable({ results }: Acknowledgement): RecordReason | undefined {
  const [only, ...more] = results
  return more.length === 0 && only?.end === 'quarantined' && only.reason?.code.startsWith('payload.') === true
    ? only.reason
    : undefined
}

/** What was wrong, that it is kept nevertheless, and what to do. */
export function keptNevertheless({ detail }: RecordReason, receipt: string): string {
  return `${detail} The bytes are kept under receipt ${receipt}, and a clerk sees them; correct the payload and send it again.`
}
