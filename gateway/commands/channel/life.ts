import { defineCommand } from 'citty'
import { handOver, setState } from '../../catalog/life.ts'
import { ChannelState } from '../../../schemas/channel.ts'
import { GatewayError } from '../../telemetry/errors.ts'
import { jsonArg, withDeps } from '../open.ts'
import { byArg, byOf, channelArg, noteArg, printPublished } from './words.ts'

export const stateCommand = defineCommand({
  meta: {
    name: 'state',
    description:
      'draft 草稿, shadow 试运行（只收不发）, live 运行, paused 暂停 (receives, hands nothing on), retired 停用',
  },
  args: {
    channel: channelArg,
    state: { type: 'positional', description: ChannelState.enum.join(', '), required: true },
    note: { ...noteArg, required: true },
    successor: { type: 'string', description: 'retired: where callers should go now' },
    by: byArg,
    json: jsonArg,
  },
  run: ({ args }) =>
    withDeps(async (deps) => {
      const state = ChannelState.enum.find((known) => known === args.state)
      if (state === undefined)
        throw new GatewayError(
          'request.parameter',
          `The state is one of ${ChannelState.enum.join(', ')}, not "${args.state}".`,
        )
      const { channel, note, successor } = args
      const published = await setState(deps, { channel, state, by: byOf(args.by), note, successor })
      if (args.json) console.log(JSON.stringify(published))
      else printPublished(published)
    }),
})

export const ownerCommand = defineCommand({
  meta: { name: 'owner', description: 'Hand a channel over to another department or person' },
  args: {
    channel: channelArg,
    department: { type: 'string', description: 'The department that answers for it' },
    contact: { type: 'string', description: 'The person or desk there' },
    note: { ...noteArg, required: true },
    by: byArg,
    json: jsonArg,
  },
  run: ({ args }) =>
    withDeps(async (deps) => {
      const { channel, department, contact, note } = args
      const published = await handOver(deps, { channel, department, contact, note, by: byOf(args.by) })
      if (args.json) console.log(JSON.stringify(published))
      else printPublished(published)
    }),
})
