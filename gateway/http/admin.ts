/** What admins and their tools call: manual tasks, deliveries, counts, lists. */
import type { Context } from 'hono'
import Type from 'typebox'
import { Delivery, DeliveryState, ManualTask } from '../../schemas/delivery.ts'
import type { Deps } from '../deps.ts'
import { GatewayError } from '../telemetry/errors.ts'
import * as people from '../writeback/people.ts'
import { listChannelReports, listQuarantined, readCounts } from './admin-reads.ts'
import { adminRoutes, By, limitQuery, listOf, ok, paging } from './admin-api.ts'
import type { Api } from './api.ts'
import type { KeyRing } from './keys.ts'
import { readJson } from './request.ts'

const Done = Type.Object(
  {
    by: By,
    reference: Type.Optional(
      Type.String({ maxLength: 200, description: 'Where it stands now: link or number' }),
    ),
  },
  { additionalProperties: false },
)
const Decision = Type.Object(
  { by: By, decision: Type.Enum(['delivered', 'send-again']) },
  { additionalProperties: false },
)
const Replay = Type.Object({ by: By }, { additionalProperties: false })
const Waive = Type.Object(
  { by: By, reason: Type.String({ minLength: 1, maxLength: 500 }) },
  { additionalProperties: false },
)
const deliveryStates = DeliveryState.enum

function stateQuery(context: Context): DeliveryState | undefined {
  const text = context.req.query('state')
  if (text === undefined) return undefined
  const state = deliveryStates.find((known) => known === text)
  if (state === undefined)
    throw new GatewayError('request.parameter', `"state" is one of: ${deliveryStates.join(', ')}.`)
  return state
}

export function addAdminRoutes(api: Api, { deps, keys }: { deps: Deps; keys: KeyRing }): void {
  const add = adminRoutes(api, keys)
  const id = (context: Context) => context.req.param('id') ?? ''
  const changes = [
    'delivery.unknown',
    'delivery.state',
    'request.invalid',
    'request.body',
    'request.media-type',
  ] as const

  add(
    {
      method: 'get',
      path: '/v1/admin/tasks',
      summary: 'Manual tasks that wait for a clerk',
      query: { ...paging, channel: { description: 'Only this channel' } },
      answer: ok('Tasks with text ready to paste', listOf(ManualTask)),
    },
    async (context) => {
      const channel = context.req.query('channel')
      return {
        items: await people.listTasks(deps, {
          ...(channel === undefined ? {} : { channel }),
          limit: limitQuery(context),
        }),
      }
    },
  )
  add(
    {
      method: 'post',
      path: '/v1/admin/tasks/{id}/done',
      summary: 'A clerk has told the source by hand',
      body: Done,
      answer: ok('The delivery as it stands', Delivery),
      problems: changes,
    },
    async (context) => people.finishTask(deps, id(context), await readJson(context, Done)),
  )
  add(
    {
      method: 'get',
      path: '/v1/admin/deliveries',
      summary: 'Deliveries by state',
      query: {
        ...paging,
        channel: { description: 'Only this channel' },
        state: { description: 'waiting, blocked, uncertain, task, dead …' },
        case: { description: 'Only this case number' },
      },
      answer: ok('Newest first', listOf(Delivery)),
    },
    async (context) => {
      const filter = {
        channel: context.req.query('channel'),
        state: stateQuery(context),
        case: context.req.query('case'),
      }
      return { items: await people.listDeliveries(deps, { ...filter, limit: limitQuery(context) }) }
    },
  )
  add(
    {
      method: 'post',
      path: '/v1/admin/deliveries/{id}/replay',
      summary: 'Send a dead, uncertain or blocked delivery again',
      body: Replay,
      answer: ok('The delivery as it stands', Delivery),
      problems: changes,
    },
    async (context) => people.replayDelivery(deps, id(context), await readJson(context, Replay)),
  )
  add(
    {
      method: 'post',
      path: '/v1/admin/deliveries/{id}/decide',
      summary: 'Say whether an uncertain delivery was taken',
      body: Decision,
      answer: ok('The delivery as it stands', Delivery),
      problems: changes,
    },
    async (context) => {
      const { by, decision } = await readJson(context, Decision)
      return await people.decideUncertain(deps, id(context), decision, { by })
    },
  )
  add(
    {
      method: 'post',
      path: '/v1/admin/deliveries/{id}/waive',
      summary: 'Give up a delivery, with the reason',
      body: Waive,
      answer: ok('The delivery as it stands', Delivery),
      problems: changes,
    },
    async (context) => people.waiveDelivery(deps, id(context), await readJson(context, Waive)),
  )
  add(
    {
      method: 'get',
      path: '/v1/admin/counts',
      summary: 'Receipts, records by their end, reports, cases and deliveries, by channel',
      answer: ok('Counts'),
    },
    async () => readCounts(deps),
  )
  add(
    {
      method: 'get',
      path: '/v1/admin/quarantine',
      summary: 'Records that could not be taken, with reason and field',
      query: { ...paging, channel: { description: 'Only this channel' } },
      answer: ok('Newest first'),
    },
    async (context) => ({
      items: await listQuarantined(deps, {
        channel: context.req.query('channel'),
        limit: limitQuery(context),
      }),
    }),
  )
  add(
    {
      method: 'get',
      path: '/v1/admin/channels/{channel}/reports',
      summary: 'A channel’s reports with their case, for reconciliation',
      query: { ...paging, after: { description: 'externalId of the last page’s end' } },
      answer: ok('In order of externalId'),
      problems: ['channel.unknown'],
    },
    async (context) => {
      const channel = deps.catalog.channel(context.req.param('channel') ?? '')
      return await listChannelReports(deps, channel.id, {
        after: context.req.query('after') ?? '',
        limit: limitQuery(context),
      })
    },
  )
}
