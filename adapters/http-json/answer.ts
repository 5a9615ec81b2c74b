import type { Answer, OutgoingAnswer } from '../adapter.ts'
import { parseJson } from './parse-json.ts'

/** JSON where it is some, else text: whether that is a good answer is the mapping's business. */
export function answerOf({ status, headers, bytes }: OutgoingAnswer): Answer {
  try {
    return { status, headers, body: parseJson(bytes, headers['content-type']) }
  } catch {
    return { status, headers, body: Buffer.from(bytes).toString('utf8') }
  }
}
