import { defineCommand } from 'citty'
import { DeliveryState } from '../../schemas/delivery.ts'
import { decideUncertain, listDeliveries, replayDelivery, waiveDelivery } from '../writeback/people.ts'
import { GatewayError } from '../telemetry/errors.ts'
import { jsonArg, limitArg, limitOf, printTable, shown, withDeps } from './open.ts'

const id = { type: 'positional', description: 'The delivery', required: true } as const
const by = { type: 'string', description: 'Who decides: a clerk number, no name', required: true } as const

function stateOf(text: string | undefined): DeliveryState | undefined {
  const state = DeliveryState.enum.find((known) => known === text)
  if (text !== undefined && state === undefined)
    throw new GatewayError(
      'request.parameter',
      `"${text}" is no state of a delivery. States: ${DeliveryState.enum.join(', ')}.`,
    )
  return state
}

export const deliveryCommand = defineCommand({
  meta: { name: 'delivery', description: 'Deliveries 回传: list, replay, waive, decide uncertain ones' },
  subCommands: {
    list: defineCommand({
      meta: { name: 'list', description: 'Newest first; --state dead shows what needs a person' },
      args: {
        state: { type: 'string', description: 'waiting, blocked, uncertain, task, dead …' },
        channel: { type: 'string', description: 'Only this channel' },
        case: { type: 'string', description: 'Only this case' },
        limit: limitArg,
        json: jsonArg,
      },
      run: ({ args }) =>
        withDeps(async (deps) => {
          const rows = await listDeliveries(deps, {
            state: stateOf(args.state),
            channel: args.channel,
            case: args.case,
            limit: limitOf(args.limit),
          })
          if (args.json) console.log(JSON.stringify(rows))
          else
            printTable(
              ['delivery', 'channel', 'external id', 'case', 'event', 'state', 'tries', 'next', 'reason'],
              rows.map((row) => [
                row.id,
                row.channel,
                row.externalId,
                row.case,
                row.eventType,
                row.state,
                row.tries,
                shown(row.nextTryAt),
                row.reason,
              ]),
            )
        }),
    }),
    replay: defineCommand({
      meta: { name: 'replay', description: 'Send a dead, uncertain or blocked delivery again' },
      args: { id, by },
      run: ({ args }) =>
        withDeps(async (deps) =>
          console.log(
            `Delivery ${args.id} is ${(await replayDelivery(deps, args.id, { by: args.by })).state}.`,
          ),
        ),
    }),
    waive: defineCommand({
      meta: { name: 'waive', description: 'Give a delivery up, with the reason' },
      args: { id, by, reason: { type: 'string', description: 'Why nobody need be told', required: true } },
      run: ({ args }) =>
        withDeps(async (deps) =>
          console.log(
            `Delivery ${args.id} is ${(await waiveDelivery(deps, args.id, { by: args.by, reason: args.reason })).state}.`,
          ),
        ),
    }),
    decide: defineCommand({
      meta: { name: 'decide', description: 'Say whether an uncertain delivery was taken' },
      args: {
        id,
        by,
        taken: {
          type: 'boolean',
          description: '--taken: they have it; --no-taken: send it again',
          required: true,
        },
      },
      run: ({ args }) =>
        withDeps(async (deps) =>
          console.log(
            `Delivery ${args.id} is ${(await decideUncertain(deps, args.id, args.taken ? 'delivered' : 'send-again', { by: args.by })).state}.`,
          ),
        ),
    }),
  },
})
