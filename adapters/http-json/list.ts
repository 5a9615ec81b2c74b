/** Reconciliation: the partner's own entries of a day. */
import type { Channel, PartnerEntry } from '../adapter.ts'
import { defaultMaxBytes } from './decode.ts'
import { callPartner } from './partner-call.ts'
import { nextPosition, pageOf } from './poll-page.ts'
import type { List } from './poll-settings.ts'
import { hash, pollFault, type Position } from './poll-state.ts'
import type { HttpJsonSettings } from './settings.ts'
import { fillRequest } from './template.ts'
import { formatTime, readTime } from './times.ts'
import { textAt } from './tree.ts'

const dayMs = 86_400_000
/** Of up to 1,000 entries each: more than any channel has in a day. */
const maxPages = 1_000
const pageMs = 30_000

/** `day` is Asia/Shanghai, `2026-11-22`. Throws OutgoingError or DecodeError where the list cannot be read in full. */
export async function* listEntries(
  channel: Channel<HttpJsonSettings>,
  day: string,
): AsyncGenerator<PartnerEntry> {
  const { list, records, maxBytes = defaultMaxBytes } = channel.settings
  if (list === undefined) return
  const times = timesOf(day, list)
  let at: Position | null = firstOf(list)
  let read = 0
  let last = ''
  for (let pages = 0; at !== null && pages < maxPages; pages += 1) {
    const request = fillRequest(list, channel.settings, { ...at, ...times })
    const answer = await callPartner({ ...request, maxBytes }, channel, AbortSignal.timeout(pageMs))
    const page = pageOf(answer, list, {
      records: list.records ?? records,
      url: request.url,
      now: channel.now(),
    })
    const same = hash(JSON.stringify(page.rows))
    if (same === last) return
    last = same
    read += page.rows.length
    for (const row of page.rows) yield entryOf(row, list)
    at = nextPosition(at, page, { poll: list, read, top: undefined })
  }
}

function firstOf({ paging }: List): Position {
  if (paging?.kind === 'page') return { page: paging.first ?? 1 }
  if (paging?.kind === 'offset') return { offset: 0 }
  return paging?.start === undefined ? {} : { cursor: paging.start }
}

function timesOf(
  day: string,
  { format, zone }: List,
): { day: string; since: string | number; until: string | number } {
  const from = new Date(`${day}T00:00:00+08:00`)
  return {
    day,
    since: formatTime(from, format, zone),
    until: formatTime(new Date(from.getTime() + dayMs), format, zone),
  }
}

function entryOf(row: unknown, { externalId, at, status, format, zone }: List): PartnerEntry {
  const [number, time] = [textAt(row, externalId), textAt(row, at)]
  const instant = time === undefined ? undefined : readTime(time, format, zone)
  if (number === undefined || instant === undefined)
    throw pollFault(
      "An entry of the partner's list has no number or no readable time. Correct list.externalId, list.at and list.format.",
    )
  const shown = status === undefined ? undefined : textAt(row, status)
  return { externalId: number, at: instant, ...(shown !== undefined && { status: shown }) }
}
