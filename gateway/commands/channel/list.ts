import { defineCommand } from 'citty'
import { listChannels } from '../../catalog/list-channels.ts'
import { jsonArg, printTable, withDeps } from '../open.ts'

export const listCommand = defineCommand({
  meta: { name: 'list', description: 'Channels with platform, state, owner, published version and draft' },
  args: { json: jsonArg },
  run: ({ args }) =>
    withDeps(async (deps) => {
      const rows = await listChannels(deps)
      const problems = deps.catalog.problems()
      if (args.json) console.log(JSON.stringify({ channels: rows, problems }))
      else {
        if (rows.length === 0)
          console.log(
            'There are no channels yet. A gateway takes the files of mappings/channels over when it starts.',
          )
        else
          printTable(
            ['channel', '渠道', 'platform', 'state', 'version', 'draft', 'owner'],
            rows.map((row) => [
              row.channel,
              row.name,
              row.platform,
              row.state,
              row.version === null ? '' : `${row.version} (${row.mapping?.split('@')[1] ?? ''})`,
              row.draft === null ? '' : `edition ${row.draft.edition}, ${row.draft.author}`,
              [row.owner?.department, row.owner?.contact].filter((word) => word !== undefined).join(' '),
            ]),
          )
        for (const { channelId, detail } of problems)
          console.error(`Channel ${channelId} cannot run: ${detail}`)
      }
    }),
})
