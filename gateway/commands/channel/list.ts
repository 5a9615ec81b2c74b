import { defineCommand } from 'citty'
import { jsonArg, printTable, withDeps } from './open.ts'

export const channelCommand = defineCommand({
  meta: { name: 'channel', description: 'Channels: list, test the connection' },
  subCommands: {
    list: defineCommand({
      meta: { name: 'list', description: 'Channels with platform, state, feeds and mapping version' },
      args: { json: jsonArg },
      run: ({ args }) =>
        withDeps(async ({ catalog }) => {
          const rows = catalog.all().map((channel) => ({
            channel: channel.id,
            name: channel.name,
            platform: channel.platform,
            state: channel.state,
            feeds: [...channel.feeds.keys()],
            mapping: channel.mappingVersion,
          }))
          if (args.json) console.log(JSON.stringify({ channels: rows, problems: catalog.problems() }))
          else {
            printTable(
              ['channel', '渠道', 'platform', 'state', 'feeds', 'mapping'],
              rows.map((row) => [
                row.channel,
                row.name,
                row.platform,
                row.state,
                row.feeds.join(' '),
                row.mapping,
              ]),
            )
            for (const { channelId, detail } of catalog.problems())
              console.error(`Channel ${channelId} cannot run: ${detail}`)
          }
        }),
    }),
    test: defineCommand({
      meta: { name: 'test', description: 'Test a channel’s connections and say what is wrong' },
      args: { channel: { type: 'positional', description: 'Name of the channel', required: true } },
      run: ({ args }) =>
        withDeps(async ({ catalog }) => {
          const channel = catalog.channel(args.channel)
          const ends = [...channel.feeds.values()].map((feed) => ({
            end: `feed ${feed.name}`,
            adapter: feed.adapter,
            channel: feed.channel,
          }))
          if (channel.back !== null)
            ends.push({ end: 'back', adapter: channel.back.adapter, channel: channel.back.channel })
          for (const { end, adapter, channel: side } of ends) {
            const findings = (await adapter.test?.(side)) ?? [
              {
                level: 'ok' as const,
                subject: 'settings' as const,
                detail: 'Nothing to connect to; the settings are right.',
              },
            ]
            for (const finding of findings)
              console.log(`${end}: ${finding.level} ${finding.subject}: ${finding.detail}`)
            if (findings.some((finding) => finding.level === 'error')) process.exitCode = 1
          }
        }),
    }),
  },
})
