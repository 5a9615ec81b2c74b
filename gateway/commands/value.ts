/** Values, fields and message types that no mapping knows. */
import { defineCommand } from 'citty'
import { proposeReclassifications } from '../desk/reclassified.ts'
import { ignoreValue, listUnknownValues, mapValue } from '../desk/unknown-values.ts'
import { byArg, byOf, noteArg, printPublished } from './channel/words.ts'
import { jsonArg, limitArg, limitOf, printTable, shown, withDeps } from './open.ts'

const onlyChannel = { type: 'string', description: 'Only this channel' } as const
const which = {
  channel: { type: 'string', description: 'The channel that sent it', required: true },
  table: { type: 'string', description: 'The table; `fields` for a new field', required: true },
  value: { type: 'string', description: 'The value as it is listed', required: true },
  by: byArg,
  note: noteArg,
  json: jsonArg,
} as const

export const valueCommand = defineCommand({
  meta: {
    name: 'value',
    description: 'Unknown values 未映射值: list, map in one step, ignore; what clerks’ corrections propose',
  },
  subCommands: {
    list: defineCommand({
      meta: { name: 'list', description: 'What no mapping knows, those that block most records first' },
      args: { channel: onlyChannel, limit: limitArg, json: jsonArg },
      run: ({ args }) =>
        withDeps(async (deps) => {
          const rows = await listUnknownValues(deps, { channel: args.channel, limit: limitOf(args.limit) })
          if (args.json) console.log(JSON.stringify(rows))
          else if (rows.length === 0) console.log('Every value that came in is known.')
          else
            printTable(
              ['channel', 'table', 'value', 'count', 'blocks', 'first seen', 'last seen'],
              rows.map((row) => [
                row.channel,
                row.table,
                row.value,
                row.count,
                row.blocks,
                shown(row.firstAt),
                shown(row.lastAt),
              ]),
            )
        }),
    }),
    map: defineCommand({
      meta: {
        name: 'map',
        description: 'A row in the channel’s table, published, and the waiting records replayed',
      },
      args: { ...which, to: { type: 'string', description: 'The canonical code', required: true } },
      run: ({ args }) =>
        withDeps(async (deps) => {
          const { channel, table, value, to, note } = args
          const settled = await mapValue(deps, { channel, table, value, code: to, by: byOf(args.by), note })
          if (args.json) console.log(JSON.stringify(settled))
          else {
            printPublished(settled.published)
            if (settled.replay !== null)
              console.log(
                `${settled.replay.total} records waited for it and are replayed: \`guiyi replay show ${settled.replay.id}\`.`,
              )
          }
        }),
    }),
    ignore: defineCommand({
      meta: { name: 'ignore', description: 'Known and not used: out of the list until it is seen again' },
      args: which,
      run: ({ args }) =>
        withDeps(async (deps) => {
          const { channel, table, value, note } = args
          const published = await ignoreValue(deps, { channel, table, value, by: byOf(args.by), note })
          if (args.json) console.log(JSON.stringify({ published }))
          else if (published === null) console.log(`${table} ${value} of ${channel} is put aside.`)
          else printPublished(published)
        }),
    }),
    proposed: defineCommand({
      meta: { name: 'proposed', description: 'Rows that clerks’ later re-classification proposes' },
      args: {
        channel: onlyChannel,
        least: { type: 'string', description: 'Cases at least, 1 to 1000', default: '5' },
        limit: limitArg,
        json: jsonArg,
      },
      run: ({ args }) =>
        withDeps(async (deps) => {
          const rows = await proposeReclassifications(deps, {
            channel: args.channel,
            least: limitOf(args.least),
            share: 0.6,
            limit: limitOf(args.limit),
          })
          if (args.json) console.log(JSON.stringify(rows))
          else if (rows.length === 0) console.log('Clerks’ corrections propose no row.')
          else
            for (const row of rows)
              console.log(
                `${row.channel}: ${row.words}${row.table === null ? '' : `\n  guiyi value map --channel ${row.channel} --table ${row.table} --value ${row.value} --to ${row.to}`}`,
              )
        }),
    }),
  },
})
