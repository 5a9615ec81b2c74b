/** One page of a partner's answer: is it one, what stands in it, and what follows it. */
import { DecodeError, retryAfterMs, type OutgoingAnswer } from '../adapter.ts'
import { itemsOf } from './decode.ts'
import { parseJson } from './parse-json.ts'
import type { Poll, RequestTemplate } from './poll-settings.ts'
import { pollFault, type Position } from './poll-state.ts'
import { textAt, valueAt } from './tree.ts'

export interface Page {
  readonly tree: unknown
  readonly rows: readonly unknown[]
}

/**
 * Throws OutgoingError or DecodeError for everything that is no page: an error status, a login page, broken JSON, a result
 * code that is none of the good ones. Nothing of it is kept; the partner is asked again.
 */
export function pageOf(
  answer: OutgoingAnswer,
  { success }: Pick<RequestTemplate, 'success'>,
  { records, url, now }: { records: string | undefined; url: string; now: Date },
): Page {
  const { origin } = new URL(url)
  if (answer.status !== 200)
    throw pollFault(
      `${origin} answered ${answer.status}: ${reasonOf(answer)}`,
      retryAfterMs(answer.headers, now),
    )
  const tree = treeOf(answer, origin)
  const code = success && textAt(tree, success.path)
  if (success !== undefined && !success.values.includes(code ?? ''))
    throw pollFault(`${origin} answered 200 with ${shown(code)} at ${success.path}, which is no success.`)
  return { tree, rows: itemsOf(tree, records).map(({ value }) => value) }
}

function treeOf({ bytes, headers }: OutgoingAnswer, origin: string): unknown {
  const start = Buffer.from(bytes.subarray(0, 200)).toString('latin1').trimStart()
  if (start.startsWith('<'))
    throw pollFault(
      `${origin} answered with a web page or XML instead of JSON, often that of a login or a proxy. Check path and access.`,
    )
  try {
    return parseJson(bytes, headers['content-type'])
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    throw new DecodeError(error.code, `${origin}: ${error.message}`, error.position)
  }
}

/** Their own short codes may be shown, never free text. */
function shown(code: string | undefined): string {
  if (code === undefined) return 'nothing'
  return /^[\w.-]{1,40}$/.test(code) ? `code ${code}` : 'another text'
}

function reasonOf({ status }: OutgoingAnswer): string {
  if (status === 401) return 'it does not accept our access. Correct the secrets.'
  if (status === 403) return 'our access has no right to this list. Ask the partner for it.'
  if (status === 404 || status === 410) return 'there is nothing at this address. Correct baseUrl and path.'
  if (status === 429) return 'we ask too often. It will be asked later.'
  if (status >= 300 && status < 400)
    return 'its interface moved. Redirects are not followed; correct baseUrl.'
  return status >= 500
    ? 'it is not well. It will be asked again.'
    : 'it refuses the request as it is. Correct path, query and body.'
}

/** Where the page after this one is asked for; null at the end. */
export function nextPosition(
  at: Position,
  { tree, rows }: Page,
  {
    poll,
    read,
    top,
  }: { poll: Pick<Poll, 'more' | 'total' | 'paging' | 'since'>; read: number; top: bigint | undefined },
): Position | null {
  if (saysLast(tree, poll, read)) return null
  // A list of changes may have an empty page in the middle; only where the partner says so are there more.
  if (rows.length === 0 && (poll.more === undefined || poll.paging?.kind !== 'cursor')) return null
  switch (poll.paging?.kind) {
    case 'page':
      return { ...at, page: (at.page ?? 0) + 1 }
    case 'offset':
      return { ...at, offset: (at.offset ?? 0) + rows.length }
    case 'cursor': {
      const next = textAt(tree, poll.paging.next)
      return next === undefined || next === at.cursor ? null : { ...at, cursor: next }
    }
    case undefined:
      return poll.since?.kind === 'id' && top !== undefined && top > BigInt(at.afterId ?? '0')
        ? { ...at, afterId: String(top) }
        : null
  }
}

function saysLast(tree: unknown, { more, total }: Pick<Poll, 'more' | 'total'>, read: number): boolean {
  if (more !== undefined) return isNo(valueAt(tree, more))
  const all = total === undefined ? undefined : textAt(tree, total)
  return all !== undefined && read >= Number(all)
}

function isNo(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === false ||
    value === 0 ||
    (typeof value === 'string' && /^(|0|false|no|n|否)$/i.test(value.trim()))
  )
}
