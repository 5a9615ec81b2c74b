/** What admins and their tools call: manual tasks, deliveries, counts, lists. */
import type { Context } from 'hono'
import Type, { type TSchema } from 'typebox'
import { Delivery, DeliveryState, ManualTask } from '../../schemas/delivery.ts'
import type { Deps } from '../deps.ts'
import { GatewayError } from '../telemetry/errors.ts'
import * as people from '../writeback/people.ts'
import { listChannelReports, listQuarantined, listUnknownValues, readCounts } from './admin-reads.ts'
import type { Api, RouteDescription } from './api.ts'
import type { KeyRing } from './keys.ts'
import { integerQuery, readJson } from './request.ts'

const By = Type.String({ minLength: 1, maxLength: 100, description: 'Who says so: a clerk number, no name' })
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
const problems = ['auth.missing', 'auth.invalid', 'auth.scope'] as const
const ok = (description: string, schema: TSchema = Type.Unknown()) => ({ status: 200, description, schema })
const listOf = (schema: TSchema) => Type.Object({ items: Type.Array(schema) })

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
  const add = (
    description: Omit<RouteDescription, 'tag' | 'access' | 'problems'> & Pick<RouteDescription, 'problems'>,
    handler: (context: Context) => Promise<unknown>,
  ) =>
    api.add(
      {
        ...description,
        tag: 'Administration',
        access: 'admin',
        problems: [...problems, ...(description.problems ?? [])],
      },
      async (context) => {
        await keys.check(context.req.header('authorization'), 'admin')
        return context.json((await handler(context)) as never, description.answer.status as 200)
      },
    )
  const id = (context: Context) => context.req.param('id') ?? ''
  const limit = (context: Context) => integerQuery(context, 'limit', { min: 1, max: 1000, fallback: 100 })
  const paging = { limit: { description: '1 to 1000; 100 where missing' } }
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
          limit: limit(context),
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
      return { items: await people.listDeliveries(deps, { ...filter, limit: limit(context) }) }
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
      items: await listQuarantined(deps, { channel: context.req.query('channel'), limit: limit(context) }),
    }),
  )
  add(
    {
      method: 'get',
      path: '/v1/admin/unknown-values',
      summary: 'Codes that no table lists',
      query: paging,
      answer: ok('Most frequent first'),
    },
    async (context) => ({ items: await listUnknownValues(deps, limit(context)) }),
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
        limit: limit(context),
      })
    },
  )
}
