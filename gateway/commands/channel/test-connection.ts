import { defineCommand } from 'citty'
import { withDeps } from '../open.ts'

export const testCommand = defineCommand({
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
})
