/** Replays 重放 for admins and their tools: start, look, pause, resume, cancel. */
import type { Context } from 'hono'
import Type from 'typebox'
import { ChannelId } from '../../schemas/primitives.ts'
import {
  Replay,
  ReplayField,
  ReplayItem,
  ReplayOutcome,
  ReplaySelection,
  type ReplayOutcome as Outcome,
} from '../../schemas/replay.ts'
import type { Deps } from '../deps.ts'
import {
  listReplays,
  readReplay,
  readReplayFields,
  readReplayItems,
  setReplayState,
  type ReplayAction,
} from '../intake/replay/read.ts'
import { startReplay } from '../intake/replay/start.ts'
import { GatewayError } from '../telemetry/errors.ts'
import { adminRoutes, By, limitQuery, listOf, ok, paging } from './admin-api.ts'
import type { Api } from './api.ts'
import type { KeyRing } from './keys.ts'
import { integerQuery, readJson } from './request.ts'

const Start = Type.Object(
  {
    channel: ChannelId,
    select: Type.Optional(ReplaySelection),
    by: By,
    note: Type.Optional(Type.String({ maxLength: 500 })),
  },
  { additionalProperties: false },
)
const Action = Type.Object({ by: By }, { additionalProperties: false })
const Shown = Type.Object({
  replay: Replay,
  fields: Type.Array(ReplayField, { description: 'What is different now, over the whole replay' }),
  items: Type.Array(ReplayItem),
  after: Type.Integer({ description: 'Pass back to read on' }),
})

const bodyProblems = ['request.invalid', 'request.body', 'request.media-type'] as const

function replayId(context: Context): string {
  const id = context.req.param('id') ?? ''
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return id
  throw new GatewayError('replay.unknown', 'There is no replay of that id. GET /v1/admin/replays lists them.')
}

function outcomeQuery(context: Context): Outcome | undefined {
  const text = context.req.query('outcome')
  const outcome = ReplayOutcome.enum.find((known) => known === text)
  if (text !== undefined && outcome === undefined)
    throw new GatewayError('request.parameter', `"outcome" is one of: ${ReplayOutcome.enum.join(', ')}.`)
  return outcome
}

/** One replay with the sum of its changes and a page of its records. */
async function show(deps: Deps, context: Context): Promise<object> {
  const id = replayId(context)
  const after = integerQuery(context, 'after', { min: 0, max: 2_147_483_647, fallback: 0 })
  const limit = limitQuery(context)
  const replay = await readReplay(deps, id)
  const [fields, items] = await Promise.all([
    readReplayFields(deps, id),
    readReplayItems(deps, id, { after, limit, outcome: outcomeQuery(context) }),
  ])
  return { replay, fields, items, after: items.at(-1)?.position ?? after }
}

/** Adds `/v1/admin/replays`. */
export function addReplayRoutes(api: Api, { deps, keys }: { deps: Deps; keys: KeyRing }): void {
  const add = adminRoutes(api, keys)
  add(
    {
      method: 'post',
      path: '/v1/admin/replays',
      summary: 'Run stored records through the live version of their channel again',
      description:
        'What fits the selection now is taken, in received order; without a selection all that lies in quarantine. A report gets a new version, never a second report, and its source is told nothing.',
      body: Start,
      answer: { status: 201, description: 'The replay, which runs by itself', schema: Replay },
      problems: ['channel.unknown', ...bodyProblems],
    },
    async (context) => await startReplay(deps, await readJson(context, Start)),
  )
  add(
    {
      method: 'get',
      path: '/v1/admin/replays',
      summary: 'Replays',
      query: { ...paging, channel: { description: 'Only this channel' } },
      answer: ok('Newest first', listOf(Replay)),
    },
    async (context) => ({
      items: await listReplays(deps, {
        channel: context.req.query('channel'),
        limit: limitQuery(context),
      }),
    }),
  )
  add(
    {
      method: 'get',
      path: '/v1/admin/replays/{id}',
      summary: 'A replay, what it changed, and its records',
      query: {
        ...paging,
        after: { description: 'Position of the last page’s end' },
        outcome: { description: ReplayOutcome.enum.join(', ') },
      },
      answer: ok('In received order', Shown),
      problems: ['replay.unknown', 'request.parameter'],
    },
    async (context) => await show(deps, context),
  )
  const actions: readonly [ReplayAction, string][] = [
    ['pause', 'Let a replay rest after the records that are being worked'],
    ['resume', 'Let a paused replay go on'],
    ['cancel', 'End a replay: what is done stays done'],
  ]
  for (const [action, summary] of actions)
    add(
      {
        method: 'post',
        path: `/v1/admin/replays/{id}/${action}`,
        summary,
        body: Action,
        answer: ok('The replay as it stands', Replay),
        problems: ['replay.unknown', 'replay.state', ...bodyProblems],
      },
      async (context) => {
        const { by } = await readJson(context, Action)
        return await setReplayState(deps, replayId(context), { action, by })
      },
    )
}
