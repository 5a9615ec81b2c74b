import { readFile, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { defineCommand } from 'citty'
import { saveDraft } from '../../catalog/drafts.ts'
import { proposeChannel, type ChannelProposal } from '../../drafting/propose-channel.ts'
import { GatewayError } from '../../telemetry/errors.ts'
import { jsonArg, printTable, withDeps } from '../open.ts'
import { byArg, byOf } from './words.ts'

function printProposal(proposal: ChannelProposal): void {
  const { proposals, unmatched, missing, notes } = proposal
  console.error(`${proposal.records} records of ${proposal.form}.`)
  printTable(
    ['source', 'becomes', 'how sure', 'why'],
    proposals.map((row) => [row.source, row.target, row.confidence.toFixed(2), row.reason]),
  )
  if (unmatched.length > 0)
    console.error(`Nothing fits: ${unmatched.map(({ source, shape }) => `${source} (${shape})`).join(', ')}`)
  if (missing.length > 0) console.error(`Still needed: ${missing.join(', ')}`)
  for (const note of notes) console.error(note)
}

export const draftCommand = defineCommand({
  meta: { name: 'draft', description: 'Propose a first mapping from sample payloads: JSON, XML, CSV, XLSX' },
  args: {
    sample: {
      type: 'string',
      description: 'A file with one or more records, as the source sends them',
      required: true,
    },
    channel: {
      type: 'string',
      description: 'Name of the new channel: small letters, digits, hyphens',
      required: true,
    },
    name: { type: 'string', description: 'Its name for people; the channel’s own where missing' },
    out: { type: 'string', description: 'Write the YAML to this file' },
    save: { type: 'boolean', description: 'Save it as the channel’s draft', default: false },
    by: byArg,
    json: jsonArg,
  },
  run: ({ args }) =>
    withDeps(async (deps) => {
      const bytes = await readFile(args.sample).catch(() => {
        throw new GatewayError('request.parameter', `The sample ${args.sample} cannot be read.`)
      })
      const { channel, name: title = channel } = args
      const proposal = await proposeChannel(bytes, {
        name: basename(args.sample),
        channel,
        title,
        reference: deps.catalog.codes,
      })
      if (args.json) console.log(JSON.stringify(proposal))
      else {
        printProposal(proposal)
        if (args.out === undefined && !args.save) process.stdout.write(proposal.yaml)
      }
      if (args.out !== undefined) {
        await writeFile(args.out, proposal.yaml, { flag: 'wx' }).catch((cause: unknown) => {
          throw new GatewayError('request.parameter', `${args.out} cannot be written, or is there already.`, {
            cause,
          })
        })
        console.error(`Written to ${args.out}. Next: \`guiyi channel try ${args.out}\`.`)
      }
      if (args.save) {
        const draft = await saveDraft(deps, {
          channel,
          text: proposal.yaml,
          by: byOf(args.by),
          edition: null,
        })
        console.error(
          `Saved as the draft of ${channel}, edition ${draft.edition}. Next: \`guiyi channel try ${channel}\`.`,
        )
      }
    }),
})
