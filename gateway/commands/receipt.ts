import { defineCommand } from 'citty'
import { readAcknowledgement } from '../intake/acknowledgement.ts'
import { listQuarantined } from '../http/admin-reads.ts'
import { GatewayError } from '../telemetry/errors.ts'
import { idOf, jsonArg, limitArg, limitOf, printTable, shown, withDeps } from './open.ts'

export const receiptCommand = defineCommand({
  meta: { name: 'receipt', description: 'What arrived: list, show, body, quarantine' },
  subCommands: {
    list: defineCommand({
      meta: { name: 'list', description: 'The newest receipts with where their records ended' },
      args: { channel: { type: 'string', description: 'Only this channel' }, limit: limitArg, json: jsonArg },
      run: ({ args }) =>
        withDeps(async ({ db }) => {
          const channel = args.channel ?? null
          const rows = await db.sql<
            {
              id: string
              channel_id: string
              feed: string
              received_at: Date
              bytes: number
              state: string
              counts: { [end: string]: number }
            }[]
          >`
            select id, channel_id, feed, received_at, bytes, state, counts from receipts
            where (${channel}::text is null or channel_id = ${channel}) order by received_at desc limit ${limitOf(args.limit)}`
          if (args.json) console.log(JSON.stringify(rows))
          else
            printTable(
              ['receipt', 'channel', 'feed', 'received', 'bytes', 'state', 'records'],
              rows.map((row) => [
                row.id,
                row.channel_id,
                row.feed,
                shown(row.received_at),
                row.bytes,
                row.state,
                Object.entries(row.counts)
                  .map(([end, count]) => `${end} ${count}`)
                  .join(', '),
              ]),
            )
        }),
    }),
    show: defineCommand({
      meta: { name: 'show', description: 'Each record of a receipt, where it ended and why' },
      args: { id: { type: 'positional', description: 'The receipt', required: true }, json: jsonArg },
      run: ({ args }) =>
        withDeps(async (deps) => {
          const found = await readAcknowledgement(deps, idOf(args.id, 'receipt'))
          if (args.json) console.log(JSON.stringify(found))
          else
            printTable(
              ['#', 'end', 'external id', 'case', 'reason'],
              found.results.map((row) => [
                row.index,
                row.end,
                row.externalId,
                row.case,
                row.reason === undefined ? '' : `${row.reason.code}: ${row.reason.detail}`,
              ]),
            )
        }),
    }),
    body: defineCommand({
      meta: { name: 'body', description: 'The payload exactly as it arrived; the reading is recorded' },
      args: { id: { type: 'positional', description: 'The receipt', required: true } },
      run: ({ args }) =>
        withDeps(async (deps) => {
          const [row] = await deps.db.sql<
            { data_key: Uint8Array | null; body: Uint8Array }[]
          >`select data_key, body from receipt_bodies where receipt_id = ${idOf(args.id, 'receipt')}`
          if (row === undefined) throw new GatewayError('receipt.unknown', `There is no receipt ${args.id}.`)
          await deps.db
            .sql`insert into accesses (id, principal, subject, at) values (${deps.newId()}, ${`cli:${process.env['USER'] ?? 'unknown'}`}, ${`receipt:${args.id}`}, ${deps.now()})`
          process.stdout.write(deps.envelope.open({ dataKey: row.data_key, body: row.body }))
        }),
    }),
    quarantine: defineCommand({
      meta: { name: 'quarantine', description: 'Records that could not be taken, with reason and field' },
      args: { channel: { type: 'string', description: 'Only this channel' }, limit: limitArg, json: jsonArg },
      run: ({ args }) =>
        withDeps(async (deps) => {
          const rows = await listQuarantined(deps, { channel: args.channel, limit: limitOf(args.limit) })
          if (args.json) console.log(JSON.stringify(rows))
          else
            printTable(
              ['receipt', 'channel', 'at', 'record', 'reason'],
              rows.map((row) => [
                row.receipt,
                row.channel,
                shown(row.at),
                row.position,
                `${row.reason.code}: ${row.reason.detail}`,
              ]),
            )
        }),
    }),
  },
})
