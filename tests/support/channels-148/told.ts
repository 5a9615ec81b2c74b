/** What a channel's partner has in its own store of one report, in its own codes. */
import { decodeWords } from 'postal-mime'
import { headerOf } from '../../peers/mail/letters.ts'
import type { House } from '../house.ts'
import type { Gateway } from './send.ts'
import type { Peers } from './peers.ts'
import type { MadeChannel } from './types.ts'

/** Whether the partner shows that the report was taken up; a manual task shows it to a clerk. */
export async function isTold(
  made: MadeChannel,
  { peers, house, gateway }: { peers: Peers; house: House; gateway: Gateway },
): Promise<boolean> {
  const { channel, told } = made
  switch (told.kind) {
    case 'call':
      return (peers.http.booked.get(channel) ?? []).some((fields) => fields[told.field] === told.code)
    case 'pull': {
      const answer = await fetch(`${gateway.url}/v1/channels/${channel}/events`, {
        headers: { authorization: `Bearer ${await gateway.keyFor(channel)}` },
      })
      const { events } = (await answer.json()) as { events: { statuscode?: string; subject: string }[] }
      return events.some(
        ({ statuscode, subject }) => statuscode === told.code && subject === made.expected.externalId,
      )
    }
    case 'task': {
      const answer = await house.admin(`/tasks?channel=${channel}&limit=100`)
      const { items } = (await answer.json()) as { items: { externalId: string; text: string }[] }
      const [row] = await house.gateway.deps.db.sql<{ code: string }[]>`
        select code from deliveries where channel_id = ${channel} and event_type = 'registered' and state = 'task'`
      return row?.code === told.code && items.some(({ text }) => text.includes(told.text))
    }
    case 'row': {
      const rows = await peers.exchange.sql`
        select 1 from ${peers.exchange.sql(`${told.schema}.t_case_status`)}
        where task_no = ${made.expected.externalId} and node_code = ${told.code}`
      return rows.length === 1
    }
    case 'letter':
      return peers.smtp.arrived.some(
        ({ to, raw }) => to.includes(told.to) && decodeWords(headerOf(raw, 'subject')) === told.subject,
      )
  }
}
