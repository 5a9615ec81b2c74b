import { defineCommand } from 'citty'
import { readDraft } from '../../catalog/drafts.ts'
import { publishAgain, publishDraft } from '../../catalog/publish.ts'
import { listVersions } from '../../catalog/versions.ts'
import { GatewayError } from '../../telemetry/errors.ts'
import { jsonArg, limitArg, limitOf, printTable, shown, withDeps } from '../open.ts'
import { byArg, byOf, channelArg, noteArg, printPublished } from './words.ts'

export const publishCommand = defineCommand({
  meta: { name: 'publish', description: 'Publish the draft; refused while an example fails' },
  args: {
    channel: channelArg,
    note: { ...noteArg, required: true },
    by: byArg,
    edition: { type: 'string', description: 'Only if the draft is still this edition' },
    json: jsonArg,
  },
  run: ({ args }) =>
    withDeps(async (deps) => {
      const draft = await readDraft(deps, args.channel)
      const published = await publishDraft(deps, {
        channel: args.channel,
        edition: args.edition === undefined ? draft.edition : Number(args.edition),
        by: byOf(args.by),
        note: args.note,
      })
      if (args.json) console.log(JSON.stringify(published))
      else printPublished(published)
    }),
})

export const rollbackCommand = defineCommand({
  meta: { name: 'rollback', description: 'Publish the text of an older version again' },
  args: {
    channel: channelArg,
    version: { type: 'positional', description: 'Its number', required: true },
    note: noteArg,
    by: byArg,
    json: jsonArg,
  },
  run: ({ args }) =>
    withDeps(async (deps) => {
      const version = Number(args.version)
      if (!Number.isInteger(version) || version < 1)
        throw new GatewayError('request.parameter', `A version is a number, not "${args.version}".`)
      const { channel, note } = args
      const published = await publishAgain(deps, { channel, version, by: byOf(args.by), note })
      if (args.json) console.log(JSON.stringify(published))
      else printPublished(published)
    }),
})

export const versionsCommand = defineCommand({
  meta: { name: 'versions', description: 'Versions of a channel, newest first' },
  args: { channel: channelArg, limit: limitArg, json: jsonArg },
  run: ({ args }) =>
    withDeps(async (deps) => {
      const versions = await listVersions(deps.db.sql, args.channel, limitOf(args.limit))
      if (args.json) console.log(JSON.stringify(versions))
      else
        printTable(
          ['version', 'state', 'mapping', 'published', 'by', 'how', 'note'],
          versions.map((row) => [
            row.number,
            row.state,
            row.mapping,
            shown(row.publishedAt),
            row.author,
            row.origin,
            row.note,
          ]),
        )
    }),
})
