/** What source systems call: push reports, ask for progress, pull events. */
import type { Context } from 'hono'
import Type from 'typebox'
import type { Principal, RawPayload, RefusedPayload } from '../../adapters/adapter.ts'
import { Progress } from '../../schemas/delivery.ts'
import type { Problem } from '../../schemas/problem.ts'
import { Acknowledgement } from '../../schemas/receipt.ts'
import type { ChannelRuntime, FeedRuntime } from '../catalog/catalog.ts'
import type { Deps } from '../deps.ts'
import { readProgress } from '../dispatch/progress.ts'
import { awaitCases } from '../intake/acknowledgement.ts'
import type { Intake } from '../intake/receive.ts'
import { GatewayError } from '../telemetry/errors.ts'
import { channelEvents } from '../writeback/pull.ts'
import type { Api, RouteDescription } from './api.ts'
import type { KeyRing } from './keys.ts'
import { logFailure, problemOf } from './problem.ts'
import { withUsualHeaders } from './usual-headers.ts'
import { idempotencyKeyOf, integerQuery, preferredWaitMs, readBytes, requiredQuery } from './request.ts'

interface ChannelRoutes {
  readonly deps: Deps
  readonly intake: Intake
  readonly keys: KeyRing
  readonly maxBodyBytes: number
}

/** The feed that a push belongs to: the one asked for, else the first that takes pushes. */
function pushedFeed(channel: ChannelRuntime, name: string | undefined): FeedRuntime {
  const pushed = [...channel.feeds.values()].filter((feed) => !feed.polled)
  const found = name === undefined ? pushed[0] : pushed.find((feed) => feed.name === name)
  if (found !== undefined) return found
  const names = pushed.map((feed) => feed.name).join(', ')
  throw new GatewayError(
    'request.parameter',
    `Channel ${channel.id} takes no push${name === undefined ? '' : ' as this feed'}. ${names === '' ? 'It is polled.' : `Its feeds are: ${names}.`}`,
  )
}

function openChannel(deps: Deps, id: string): ChannelRuntime {
  const channel = deps.catalog.channel(id)
  if (channel.state === 'retired')
    throw new GatewayError(
      'channel.retired',
      channel.file.successor === undefined
        ? `Channel ${id} was retired. Ask ${channel.file.owner?.department ?? 'the district'} where to send reports now.`
        : `Channel ${id} was retired. Send reports here now: ${channel.file.successor}.`,
    )
  if (channel.state === 'draft')
    throw new GatewayError(
      'channel.not-live',
      `Channel ${id} is a draft. It takes reports once its admins set its state to shadow or live.`,
    )
  return channel
}

/** A call as far as it was read: a refusal in the caller's protocol needs what there is of it. */
function callOf(context: Context, deps: Deps): RefusedPayload {
  const url = new URL(context.req.url)
  return {
    bytes: null,
    headers: context.req.header(),
    method: context.req.method,
    url: `${url.pathname}${url.search}`,
    receivedAt: deps.now(),
  }
}

/** HMAC and the like are the adapter's; a channel without takes the gateway's own keys. */
async function authenticate(
  routes: ChannelRoutes,
  context: Context,
  called: { channel: ChannelRuntime; feed: FeedRuntime; payload: RawPayload },
): Promise<Principal> {
  const { channel, feed, payload } = called
  const kind = (feed.channel.settings as { authentication?: { kind?: string } }).authentication?.kind
  if (kind !== undefined && kind !== 'api-key') return await feed.adapter.authenticate(payload, feed.channel)
  const key = await routes.keys.check(context.req.header('authorization'), `channel:${channel.id}`)
  return { name: `key:${key.id}` }
}

async function receive(
  routes: ChannelRoutes,
  context: Context,
  onRead: (payload: RawPayload) => void,
): Promise<Response> {
  const { deps, intake } = routes
  const channel = openChannel(deps, context.req.param('channel') ?? '')
  const feed = pushedFeed(channel, context.req.param('feed') ?? context.req.query('feed'))
  const called = callOf(context, deps)
  const payload = { ...called, bytes: await readBytes(context, routes.maxBodyBytes) }
  onRead(payload)
  const principal = await authenticate(routes, context, { channel, feed, payload })
  const idempotencyKey = idempotencyKeyOf(context)
  if (idempotencyKey === undefined && channel.file.requireIdempotencyKey === true) {
    throw new GatewayError(
      'idempotency.missing',
      `Channel ${channel.id} requires the header Idempotency-Key: one value for each payload, the same when it is sent again.`,
    )
  }
  const stored = await intake.receive({ channel, feed, payload, principal, idempotencyKey })
  const waitMs = preferredWaitMs(context)
  const acknowledgement = waitMs > 0 ? await awaitCases(deps, stored.receipt, waitMs) : stored
  const answer = feed.adapter.respond?.(acknowledgement, feed.channel, payload)
  return answer === undefined ? context.json(acknowledgement, 202) : withUsualHeaders(answer)
}

/** Requests in the feed's own protocol that bring no payload: its WSDL, an echo check, a status query. */
async function answerInProtocol(routes: ChannelRoutes, context: Context): Promise<Response> {
  const { deps } = routes
  const channel = openChannel(deps, context.req.param('channel') ?? '')
  const feed = pushedFeed(channel, context.req.param('feed'))
  const progress = (externalId: string) =>
    readProgress(deps, channel, externalId).catch((cause: unknown) => {
      if (cause instanceof GatewayError && cause.code === 'report.unknown') return null
      throw cause
    })
  const answer = await feed.adapter.handle?.(context.req.raw, feed.channel, { progress })
  if (answer) return withUsualHeaders(answer)
  throw new GatewayError(
    'request.method',
    `Feed ${feed.name} of channel ${channel.id} takes its payloads by POST; to this request it has no answer.`,
  )
}

/** A caller whose protocol has its own form of refusal (a SOAP Fault) gets that. */
function refusalInProtocol(
  deps: Deps,
  context: Context,
  { problem, refused }: { problem: Problem; refused: RefusedPayload },
): Response | undefined {
  const channel = deps.catalog.find(context.req.param('channel') ?? '')
  if (channel === undefined) return undefined
  const name = context.req.param('feed') ?? context.req.query('feed')
  const pushed = [...channel.feeds.values()].filter((one) => !one.polled)
  const feed = name === undefined ? pushed[0] : pushed.find((one) => one.name === name)
  const refusal = feed?.adapter.refuse?.(problem, feed.channel, refused)
  return refusal && withUsualHeaders(refusal)
}

const pushDescription: Omit<RouteDescription, 'path' | 'summary'> = {
  method: 'post',
  tag: 'Channels',
  description:
    'The bytes are authenticated, committed, and only then answered. The answer says for each record where it ended: report, version, message, repeat, filtered or quarantined with the reason. What is answered with 4xx was not stored.',
  access: 'signature',
  query: {
    feed: { description: 'Which of the channel’s feeds this is; the first pushed one where missing' },
  },
  headers: {
    'Idempotency-Key': 'Makes a repeat of the same bytes harmless for 7 days; a channel can require it',
    Prefer: '`wait=2`: answer with case numbers once linked, or after that many seconds',
  },
  body: 'raw',
  answer: { status: 202, description: 'Committed', schema: Acknowledgement },
  problems: [
    'auth.missing',
    'auth.invalid',
    'auth.expired',
    'auth.replayed',
    'channel.unknown',
    'channel.retired',
    'channel.not-live',
    'channel.configuration',
    'request.too-large',
    'request.parameter',
    'idempotency.missing',
    'idempotency.invalid',
    'idempotency.in-progress',
    'idempotency.mismatch',
    'gateway.unavailable',
  ],
}

export function addChannelRoutes(api: Api, routes: ChannelRoutes): void {
  const { deps, keys } = routes
  const push = async (context: Context) => {
    let read: RawPayload | undefined
    try {
      return await receive(routes, context, (payload) => (read = payload))
    } catch (cause) {
      const problem = problemOf(cause)
      deps.metrics.refused.inc({
        channel: deps.catalog.find(context.req.param('channel') ?? '')?.id ?? 'unknown',
        code: problem.code,
      })
      const refusal = refusalInProtocol(deps, context, { problem, refused: read ?? callOf(context, deps) })
      if (refusal === undefined) throw cause
      logFailure(context, { problem, cause, log: deps.log })
      return refusal
    }
  }
  api.add(
    {
      ...pushDescription,
      path: '/v1/channels/{channel}/reports',
      summary: 'Push a report, or a message about one',
    },
    push,
  )
  api.add(
    {
      ...pushDescription,
      path: '/v1/channels/{channel}/reports:batch',
      summary: 'Push up to 1,000 records, each answered for itself',
    },
    push,
  )
  api.add(
    {
      ...pushDescription,
      path: '/v1/channels/{channel}/feeds/{feed}',
      summary: 'Push in the feed’s own protocol: SOAP, XML, multipart, JSON',
      query: {},
      answer: {
        status: 200,
        description: 'In the feed’s own protocol; else as for reports',
        mediaType: '*/*',
      },
    },
    push,
  )
  api.add(
    {
      method: 'get',
      path: '/v1/channels/{channel}/feeds/{feed}',
      tag: 'Channels',
      summary: 'What a feed’s protocol asks for besides payloads: its WSDL, an echo check',
      access: 'signature',
      answer: { status: 200, description: 'In the feed’s own protocol', mediaType: '*/*' },
      problems: [
        'channel.unknown',
        'channel.retired',
        'channel.not-live',
        'request.method',
        'request.parameter',
      ],
    },
    (context) => answerInProtocol(routes, context),
  )
  api.add(
    {
      method: 'get',
      path: '/v1/channels/{channel}/reports',
      tag: 'Channels',
      summary: 'State and public progress of one report, by the channel’s own number',
      access: 'channel',
      query: { externalId: { description: 'The number that the channel gave', required: true } },
      answer: {
        status: 200,
        description: 'State, and the progress nodes in public wording',
        schema: Progress,
      },
      problems: ['auth.missing', 'auth.invalid', 'auth.scope', 'report.unknown', 'request.parameter'],
    },
    async (context) => {
      const channel = deps.catalog.channel(context.req.param('channel') ?? '')
      await keys.check(context.req.header('authorization'), `channel:${channel.id}`)
      const externalId = requiredQuery(context, 'externalId', 'the number that your system gave the report.')
      return context.json(await readProgress(deps, channel, externalId))
    },
  )
  api.add(
    {
      method: 'get',
      path: '/v1/channels/{channel}/events',
      tag: 'Channels',
      summary: 'News of the channel’s reports since a cursor, for channels that pull',
      description:
        'CloudEvents 1.0 in the channel’s own codes, oldest first. Passing the cursor back acknowledges what came before it.',
      access: 'channel',
      query: {
        after: { description: 'Cursor of the last page; missing: from the beginning' },
        limit: { description: '1 to 500; 100 where missing' },
      },
      answer: {
        status: 200,
        description: 'Events and the next cursor',
        schema: Type.Object({ events: Type.Array(Type.Unknown()), cursor: Type.String() }),
      },
      problems: ['auth.missing', 'auth.invalid', 'auth.scope', 'request.cursor'],
    },
    async (context) => {
      const channel = deps.catalog.channel(context.req.param('channel') ?? '')
      await keys.check(context.req.header('authorization'), `channel:${channel.id}`)
      const limit = integerQuery(context, 'limit', { min: 1, max: 500, fallback: 100 })
      return context.json(await channelEvents(deps, channel.id, context.req.query('after'), limit))
    },
  )
}
