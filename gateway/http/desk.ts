/** What admins do over several parts: unknown values, coverage, what clerks' corrections say about the tables. */
import type { Context } from 'hono'
import Type from 'typebox'
import { proposeCategories } from '../classify/categories.ts'
import { Coverage, readCoverage } from '../desk/coverage.ts'
import { proposeReclassifications, Reclassification } from '../desk/reclassified.ts'
import { readTrialPeriod, TrialPeriod } from '../desk/trial-period.ts'
import { ignoreValue, listUnknownValues, mapValue } from '../desk/unknown-values.ts'
import type { Deps } from '../deps.ts'
import { adminRoutes, By, limitQuery, listOf, ok, paging } from './admin-api.ts'
import type { Api } from './api.ts'
import type { KeyRing } from './keys.ts'
import { integerQuery, readBytes, readJson, requiredQuery } from './request.ts'

const maxSampleBytes = 5 * 1024 * 1024
const closed = { additionalProperties: false }
const value = {
  table: Type.String({ minLength: 1, maxLength: 100 }),
  value: Type.String({ minLength: 1, maxLength: 300 }),
  by: By,
  note: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
}
const MapValue = Type.Object(
  { ...value, code: Type.String({ minLength: 1, maxLength: 100, description: 'What it is here' }) },
  closed,
)
const ProposeCategory = Type.Object(
  {
    title: Type.Optional(Type.String({ maxLength: 2_000 })),
    text: Type.String({ minLength: 1, maxLength: 20_000 }),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 20 })),
  },
  closed,
)
const ProposedCategory = Type.Object({
  code: Type.String(),
  name: Type.String(),
  probability: Type.Number({ minimum: 0, maximum: 1 }),
})
const IgnoreValue = Type.Object(value, closed)

export function addDeskRoutes(api: Api, { deps, keys }: { deps: Deps; keys: KeyRing }): void {
  const add = adminRoutes(api, keys)
  const channelOf = (context: Context) => context.req.param('channel') ?? ''
  const ofChannel = { channel: { description: 'Only this channel' } }
  const problems = [
    'mapping.value',
    'mapping.invalid',
    'channel.unknown',
    'channel.examples',
    'channel.changed',
    'request.invalid',
    'request.body',
    'request.media-type',
  ] as const
  add(
    {
      method: 'post',
      path: '/v1/admin/drafts/from-sample',
      summary: 'Propose a first mapping from a sample: JSON, XML, CSV, XLSX; nothing is stored',
      query: {
        channel: { description: 'Name of the new channel', required: true },
        name: { description: 'Its name for people' },
        file: { description: 'Name of the sample’s file, which says its form' },
      },
      body: 'raw',
      answer: ok('The YAML, and for each field its target, how sure that is, and why'),
      problems: ['sample.unreadable', 'request.parameter', 'request.too-large'],
    },
    async (context) => {
      const [title, file] = [context.req.query('name'), context.req.query('file')]
      const mediaType = context.req.header('content-type')
      // Loaded when it is first asked: pinyin and spreadsheets are seldom needed.
      const { proposeChannel } = await import('../drafting/propose-channel.ts')
      return await proposeChannel(await readBytes(context, maxSampleBytes), {
        channel: requiredQuery(context, 'channel', 'the name of the new channel.'),
        reference: deps.catalog.codes,
        ...(title !== undefined && { title }),
        ...(file !== undefined && { name: file }),
        ...(mediaType !== undefined && { mediaType }),
      })
    },
  )
  add(
    {
      method: 'get',
      path: '/v1/admin/unknown-values',
      summary: 'Values, fields and message types that no mapping knows',
      query: { ...paging, ...ofChannel },
      answer: ok('Those that keep most records in quarantine first'),
    },
    async (context) => ({
      items: await listUnknownValues(deps, {
        channel: context.req.query('channel'),
        limit: limitQuery(context),
      }),
    }),
  )
  add(
    {
      method: 'post',
      path: '/v1/admin/channels/{channel}/unknown-values/map',
      summary: 'One step: a row in the table, published, and the waiting records replayed',
      body: MapValue,
      answer: ok('The version, and the replay where records waited'),
      problems,
    },
    async (context) =>
      mapValue(deps, { channel: channelOf(context), ...(await readJson(context, MapValue)) }),
  )
  add(
    {
      method: 'post',
      path: '/v1/admin/channels/{channel}/unknown-values/ignore',
      summary: 'Known and not used: a new field is added to the feed’s ignores, another value put aside',
      body: IgnoreValue,
      answer: ok('The version, where one was published'),
      problems,
    },
    async (context) => ({
      published: await ignoreValue(deps, {
        channel: channelOf(context),
        ...(await readJson(context, IgnoreValue)),
      }),
    }),
  )
  add(
    {
      method: 'get',
      path: '/v1/admin/channels/{channel}/coverage',
      summary: 'Which source values go where, and which canonical places get nothing',
      answer: ok('By feed, table and category', Coverage),
      problems: ['channel.unknown'],
    },
    (context) => readCoverage(deps, channelOf(context)),
  )
  add(
    {
      method: 'get',
      path: '/v1/admin/channels/{channel}/trial',
      summary: 'What a channel in shadow brought, and what would have become of it',
      answer: ok('Records, and the decisions that were not taken', TrialPeriod),
      problems: ['channel.unknown'],
    },
    (context) => readTrialPeriod(deps, channelOf(context)),
  )
  add(
    {
      method: 'post',
      path: '/v1/admin/categories/propose',
      summary: 'Categories that a text may belong to; it proposes, a table or a clerk decides',
      body: ProposeCategory,
      answer: ok('Most probable first', listOf(ProposedCategory)),
      problems: [
        'category.untrained',
        'category.model',
        'request.invalid',
        'request.body',
        'request.media-type',
      ],
    },
    async (context) => {
      const { limit = 3, ...text } = await readJson(context, ProposeCategory)
      return { items: await proposeCategories(deps, text, { limit }) }
    },
  )
  add(
    {
      method: 'get',
      path: '/v1/admin/reclassifications',
      summary: 'Rows that clerks’ corrections propose for the code tables',
      query: {
        ...paging,
        ...ofChannel,
        least: { description: 'Cases at least; 5 where missing' },
        share: { description: 'Percent of them that were moved to one category; 60 where missing' },
      },
      answer: ok('Most cases first', listOf(Reclassification)),
    },
    async (context) => ({
      items: await proposeReclassifications(deps, {
        channel: context.req.query('channel'),
        least: integerQuery(context, 'least', { min: 1, max: 100_000, fallback: 5 }),
        share: integerQuery(context, 'share', { min: 1, max: 100, fallback: 60 }) / 100,
        limit: limitQuery(context),
      }),
    }),
  )
}
