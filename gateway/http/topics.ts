/** Topics 热点 with their warnings, and umbrella cases 总案, for admins and clerks. */
import type { Context } from 'hono'
import Type from 'typebox'
import { CaseNumber, Instant } from '../../schemas/primitives.ts'
import type { Deps } from '../deps.ts'
import { Topic, TopicRow, TopicWarningRow } from '../linking/topics/answers.ts'
import { listTopics, readTopic } from '../linking/topics/read.ts'
import { acknowledgeWarning, listWarnings } from '../linking/topics/warning-desk.ts'
import { endUmbrella, extendUmbrella, listUmbrellas, openUmbrella } from '../linking/umbrella/clerk.ts'
import { UmbrellaRule } from '../linking/umbrella/rule.ts'
import { adminRoutes, By, limitQuery, listOf, ok, paging, type AddAdminRoute } from './admin-api.ts'
import type { Api } from './api.ts'
import type { KeyRing } from './keys.ts'
import { integerQuery, readJson } from './request.ts'

const closed = { additionalProperties: false }
const Hours = Type.Integer({ minimum: 1, maximum: 14 * 24 })
const body = ['request.media-type', 'request.body', 'request.invalid', 'request.too-large'] as const

const Acknowledge = Type.Object({ clerk: By }, closed)
const OpenUmbrella = Type.Object(
  {
    case: CaseNumber,
    clerk: By,
    hours: Hours,
    rule: Type.Optional(UmbrellaRule),
  },
  closed,
)
const ExtendUmbrella = Type.Object({ clerk: By, hours: Hours }, closed)
const EndUmbrella = Type.Object({ clerk: By }, closed)
const Umbrella = Type.Object({
  case: CaseNumber,
  title: Type.Optional(Type.String()),
  rule: UmbrellaRule,
  openedAt: Instant,
  openedBy: Type.String({ description: 'gateway, or clerk:<number>' }),
  until: Instant,
  endedAt: Type.Optional(Instant),
  endedBy: Type.Optional(Type.String()),
  joined: Type.Integer({ minimum: 0, description: 'Reports that joined its case since it opened' }),
})

const openQuery = { open: { description: 'true: only those that are open' } }
const openOnly = (context: Context) => context.req.query('open') === 'true'

/** Adds `/v1/admin/topics`, `/v1/admin/topic-warnings` and `/v1/admin/umbrellas`. */
export function addTopicRoutes(api: Api, { deps, keys }: { deps: Deps; keys: KeyRing }): void {
  const add = adminRoutes(api, keys)
  addTopics(add, deps)
  addUmbrellas(add, deps)
}

function addTopics(add: AddAdminRoute, deps: Deps): void {
  const id = (context: Context) => context.req.param('id') ?? ''
  add(
    {
      method: 'get',
      path: '/v1/admin/topics',
      summary: 'Topics 热点: cases of one subject in one area, the most unusual growth first',
      query: { ...paging, days: { description: 'That grew within so many days, 1 to 60; 7 where missing' } },
      answer: ok('Topics of more than one case', listOf(TopicRow)),
      problems: ['request.parameter'],
    },
    async (context) => ({
      items: await listTopics(deps, {
        days: integerQuery(context, 'days', { min: 1, max: 60, fallback: 7 }),
        limit: limitQuery(context),
      }),
    }),
  )
  add(
    {
      method: 'get',
      path: '/v1/admin/topics/{id}',
      summary: 'One topic: its days, cases, the reports behind its growth, and its warnings',
      answer: ok('The topic', Topic),
      problems: ['topic.unknown'],
    },
    async (context) => readTopic(deps, id(context)),
  )
  add(
    {
      method: 'get',
      path: '/v1/admin/topic-warnings',
      summary: 'Warnings 预警 of topics that grow unusually, open ones first',
      query: { ...paging, ...openQuery },
      answer: ok('Warnings, with the reports behind each', listOf(TopicWarningRow)),
      problems: ['request.parameter'],
    },
    async (context) => ({
      items: await listWarnings(deps, { open: openOnly(context), limit: limitQuery(context) }),
    }),
  )
  add(
    {
      method: 'post',
      path: '/v1/admin/topic-warnings/{id}/acknowledge',
      summary: 'Say that a clerk has seen a warning',
      body: Acknowledge,
      answer: ok('The warning; who acknowledged it first stands', TopicWarningRow),
      problems: ['topic.warning-unknown', ...body],
    },
    async (context) => acknowledgeWarning(deps, id(context), (await readJson(context, Acknowledge)).clerk),
  )
}

function addUmbrellas(add: AddAdminRoute, deps: Deps): void {
  const number = (context: Context) => context.req.param('number') ?? ''
  const problems = ['case.unknown', 'case.umbrella', ...body] as const
  add(
    {
      method: 'get',
      path: '/v1/admin/umbrellas',
      summary: 'Umbrella cases 总案 of mass events, open ones first',
      query: { ...paging, ...openQuery },
      answer: ok('Each with its rule and window', listOf(Umbrella)),
      problems: ['request.parameter'],
    },
    async (context) => ({
      items: await listUmbrellas(deps, { open: openOnly(context), limit: limitQuery(context) }),
    }),
  )
  add(
    {
      method: 'post',
      path: '/v1/admin/umbrellas',
      summary: 'Open an umbrella on a case, or give its open one another rule and window',
      description:
        'While it is open, reports that fit the rule join the case without being compared. Of place and subject, what the rule says nothing of is taken from the case’s own reports.',
      body: OpenUmbrella,
      answer: ok('The umbrella', Umbrella),
      problems,
    },
    async (context) => {
      const { case: found, clerk, hours, rule = {} } = await readJson(context, OpenUmbrella)
      return await openUmbrella(deps, { number: found, clerk, hours, rule })
    },
  )
  add(
    {
      method: 'post',
      path: '/v1/admin/umbrellas/{number}/extend',
      summary: 'Keep an umbrella open for so many hours more',
      body: ExtendUmbrella,
      answer: ok('The umbrella', Umbrella),
      problems,
    },
    async (context) =>
      extendUmbrella(deps, { number: number(context), ...(await readJson(context, ExtendUmbrella)) }),
  )
  add(
    {
      method: 'post',
      path: '/v1/admin/umbrellas/{number}/end',
      summary: 'End an umbrella now; no burst opens one on this case again',
      body: EndUmbrella,
      answer: ok('The umbrella', Umbrella),
      problems,
    },
    async (context) =>
      endUmbrella(deps, { number: number(context), ...(await readJson(context, EndUmbrella)) }),
  )
}
