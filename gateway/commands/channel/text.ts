/** The channel's text in and out: for admins who like to keep their channels in Git. */
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defineCommand } from 'citty'
import { mergeChannelText, readChannelText } from '../../catalog/channel-text.ts'
import { differenceOf, type Change, type Side } from '../../catalog/difference.ts'
import { findDraft, readDraft, saveDraft } from '../../catalog/drafts.ts'
import { listChannels } from '../../catalog/list-channels.ts'
import { publishText } from '../../catalog/publish.ts'
import { readVersion } from '../../catalog/versions.ts'
import type { Deps } from '../../deps.ts'
import { GatewayError } from '../../telemetry/errors.ts'
import { jsonArg, withDeps } from '../open.ts'
import { byArg, byOf, channelArg, noteArg, printPublished } from './words.ts'

/** `published`, `draft`, the number of a version, or a file. */
async function textOf(deps: Deps, channel: string, name: string): Promise<{ name: string; text: string }> {
  if (name === 'draft') return { name: `${channel} draft`, text: (await readDraft(deps, channel)).text }
  const number = Number(name)
  if (name === 'published' || (Number.isInteger(number) && number > 0)) {
    const version = await readVersion(deps.db.sql, channel, name === 'published' ? name : number)
    return { name: `${channel} ${version.number}`, text: version.text }
  }
  if (!existsSync(name))
    throw new GatewayError(
      'request.parameter',
      `"${name}" is no version of ${channel} and no file. Give published, draft, a number, or the path of a file.`,
    )
  return { name, text: await readFile(name, 'utf8') }
}

function sideOf(deps: Deps, { name, text }: { name: string; text: string }): Side {
  try {
    const { definition } = mergeChannelText(readChannelText(text, name), deps.catalog)
    return { name, text, definition }
  } catch {
    return { name, text, definition: undefined }
  }
}

const said = (value: unknown) => JSON.stringify(value)?.slice(0, 120)
const words = ({ pointer, from, to }: Change): string =>
  from === undefined
    ? `+ ${pointer}  ${said(to)}`
    : to === undefined
      ? `- ${pointer}  ${said(from)}`
      : `~ ${pointer}  ${said(from)} → ${said(to)}`

export const exportCommand = defineCommand({
  meta: { name: 'export', description: 'The text of channels, byte for byte as it was written' },
  args: {
    channel: { type: 'positional', description: 'Only this channel; all where missing', required: false },
    version: { type: 'string', description: 'published, draft or a number', default: 'published' },
    out: {
      type: 'string',
      description: 'Folder for <channel>.yaml; one channel goes to the screen without it',
    },
  },
  run: ({ args }) =>
    withDeps(async (deps) => {
      const all = (await listChannels(deps)).filter(({ version }) => version !== null)
      const channels = args.channel === undefined ? all.map(({ channel }) => channel) : [args.channel]
      if (args.out === undefined && args.channel === undefined)
        throw new GatewayError('request.parameter', 'Name a channel, or a folder for all of them: --out DIR.')
      if (args.out !== undefined) await mkdir(args.out, { recursive: true })
      for (const channel of channels) {
        const { text } = await textOf(deps, channel, args.version)
        if (args.out === undefined) process.stdout.write(text)
        else await writeFile(join(args.out, `${channel}.yaml`), text)
      }
      if (args.out !== undefined) console.log(`${channels.length} channels written to ${args.out}.`)
    }),
})

export const importCommand = defineCommand({
  meta: { name: 'import', description: 'Take a channel’s file as its draft, or publish it at once' },
  args: {
    file: { type: 'positional', description: 'A channel’s YAML', required: true },
    publish: { type: 'boolean', description: 'Publish it at once', default: false },
    edition: {
      type: 'string',
      description: 'The edition of the draft that this goes over, where there is one',
    },
    note: noteArg,
    by: byArg,
    json: jsonArg,
  },
  run: ({ args }) =>
    withDeps(async (deps) => {
      const text = await readFile(args.file, 'utf8').catch(() => {
        throw new GatewayError('request.parameter', `The file ${args.file} cannot be read.`)
      })
      const { file } = readChannelText(text, args.file)
      const by = byOf(args.by)
      if (args.publish) {
        const note = args.note ?? `from ${args.file}`
        const published = await publishText(deps, { channel: file.channel, text, by, note, origin: 'draft' })
        if (args.json) console.log(JSON.stringify(published))
        else printPublished(published)
        return
      }
      const edition = args.edition === undefined ? null : Number(args.edition)
      const draft = await saveDraft(deps, { channel: file.channel, text, by, edition })
      if (args.json) console.log(JSON.stringify(draft))
      else
        console.log(
          `Draft of ${draft.channel}, edition ${draft.edition}. Next: \`guiyi channel try ${draft.channel}\`, then \`guiyi channel publish ${draft.channel} --note …\`.`,
        )
    }),
})

export const diffCommand = defineCommand({
  meta: { name: 'diff', description: 'What is different between two versions, drafts or files' },
  args: {
    channel: channelArg,
    from: { type: 'positional', description: 'published, draft, a number or a file', required: false },
    to: { type: 'positional', description: 'the same', required: false },
    json: jsonArg,
  },
  run: ({ args }) =>
    withDeps(async (deps) => {
      const { channel, from = 'published' } = args
      const to = args.to ?? ((await findDraft(deps, channel)) === null ? 'published' : 'draft')
      const difference = differenceOf(
        sideOf(deps, await textOf(deps, channel, from)),
        sideOf(deps, await textOf(deps, channel, to)),
      )
      if (args.json) console.log(JSON.stringify(difference))
      else if (difference.text === '') console.log('The texts are equal.')
      else {
        console.log(difference.text)
        console.log(difference.changes.length === 0 ? 'It means the same.' : 'What it means:')
        for (const change of difference.changes) console.log(`  ${words(change)}`)
      }
    }),
})
