/** A board that lists rows by number, and a reader that polls it by `http-json`. */
import type { Channel, Cursor, PollPage } from '../../adapters/adapter.ts'
import { httpJson } from '../../adapters/http-json/http-json.ts'
import type { HttpJsonSettings } from '../../adapters/http-json/settings.ts'
import { channelWith, loopbackHttp } from './adapter-channel.ts'
import { startPartner, type PartnerAnswer, type PartnerRequest } from './adapter-partner.ts'

export interface Row {
  readonly id: number
  readonly text?: string
}

/** Reads such a board. */
export const byId: NonNullable<HttpJsonSettings['poll']> = {
  path: '/messages',
  query: { after: '{afterId}', limit: '{size}' },
  size: 2,
  since: { kind: 'id', id: 'id', window: 2 },
}

/** Rows with these numbers. */
export function rows(from: number, to: number): Row[] {
  return Array.from({ length: to - from + 1 }, (_, index) => ({ id: from + index }))
}

/** A query parameter of an address. */
export function parameter(url: string, name: string): string | null {
  return new URL(url, 'http://partner.example').searchParams.get(name)
}

/** Gives the rows above `after`, `limit` at a time. */
export async function startBoard(all: Row[]) {
  const answer = ({ url }: PartnerRequest): PartnerAnswer => {
    const after = Number(parameter(url, 'after'))
    return {
      body: JSON.stringify(all.filter(({ id }) => id > after).slice(0, Number(parameter(url, 'limit')))),
    }
  }
  const partner = await startPartner(answer)
  return {
    url: partner.url,
    rows: all,
    answer,
    asked: (name: string) => partner.requests.map(({ url }) => parameter(url, name)),
  }
}

/** A channel of a partner at this address. */
export function channelAt(
  baseUrl: string,
  poll: HttpJsonSettings['poll'],
  settings: HttpJsonSettings = {},
  parts: Partial<Channel<HttpJsonSettings>> = {},
): Channel<HttpJsonSettings> {
  const whole = { baseUrl, ...(poll && { poll }), ...settings }
  return channelWith<HttpJsonSettings>(whole, { http: loopbackHttp(), ...parts })
}

/** Puts each page into the list as it is read; throws where the poll fails. */
export async function collect(
  channel: Channel<HttpJsonSettings>,
  cursor: Cursor | null,
  into: PollPage[],
  signal = new AbortController().signal,
): Promise<void> {
  for await (const page of httpJson.poll?.(channel, cursor, signal) ?? [])
    into.push({ ...page, cursor: JSON.parse(JSON.stringify(page.cursor)) as Cursor })
}

/** The pages of one poll. */
export async function pagesOf(
  channel: Channel<HttpJsonSettings>,
  cursor: Cursor | null = null,
  signal?: AbortSignal,
): Promise<PollPage[]> {
  const pages: PollPage[] = []
  await collect(channel, cursor, pages, signal)
  return pages
}

/** One whole round: the ids of each page that makes a receipt, and the cursor that it leaves. */
export async function readRound(
  channel: Channel<HttpJsonSettings>,
  cursor: Cursor | null = null,
): Promise<{ ids: unknown[][]; cursor: Cursor }> {
  const pages = await pagesOf(channel, cursor)
  const ids = await Promise.all(
    pages
      .flatMap(({ payload }) => payload ?? [])
      .map(async (payload) => {
        const records = await Array.fromAsync(httpJson.decode(payload, channel))
        return records.map((record) => (record.kind === 'record' ? (record.value as Row).id : null))
      }),
  )
  return { ids, cursor: pages.at(-1)?.cursor ?? {} }
}
