/** The silence watch 静默监测 for admins and their tools: silences, zombie channels, shares of traffic. */
import type { Context } from 'hono'
import type { Deps } from '../deps.ts'
import { GatewayError } from '../telemetry/errors.ts'
import {
  Alerts,
  trafficGroups,
  trafficOrders,
  TrafficShares,
  Zombie,
  type TrafficGroup,
  type TrafficOrder,
} from '../watch/answers.ts'
import { listAlerts, listZombies } from '../watch/lists.ts'
import { readTraffic } from '../watch/shares.ts'
import { adminRoutes, limitQuery, listOf, ok, paging } from './admin-api.ts'
import type { Api } from './api.ts'
import type { KeyRing } from './keys.ts'
import { integerQuery } from './request.ts'

/** One of a few names; the first where it is missing. Throws `request.parameter`. */
function choiceQuery<const Names extends readonly [string, ...string[]]>(
  context: Context,
  name: string,
  names: Names,
): Names[number] {
  const text = context.req.query(name) ?? names[0]
  const found = names.find((known) => known === text)
  if (found === undefined)
    throw new GatewayError('request.parameter', `"${name}" is one of: ${names.join(', ')}.`)
  return found
}

const daysQuery = (context: Context, fallback: number, name = 'days') =>
  integerQuery(context, name, { min: 1, max: 3660, fallback })

/** Adds `/v1/admin/watch`. */
export function addWatchRoutes(api: Api, { deps, keys }: { deps: Deps; keys: KeyRing }): void {
  const add = adminRoutes(api, keys)
  add(
    {
      method: 'get',
      path: '/v1/admin/watch/alerts',
      summary: 'Silences of channels, open ones first, and the channels that cannot be judged yet',
      query: { ...paging, days: { description: 'Ended ones of so many days; 30 where missing' } },
      answer: ok('Open silences, then the newest', Alerts),
      problems: ['request.parameter'],
    },
    async (context) => listAlerts(deps, { days: daysQuery(context, 30), limit: limitQuery(context) }),
  )
  add(
    {
      method: 'get',
      path: '/v1/admin/watch/zombies',
      summary: 'Zombie channels 僵尸渠道: no record for long, or never any',
      query: {
        days: { description: 'Without a record for so many days; 90 where missing' },
        graceDays: { description: 'Never any record so many days after going live; 30 where missing' },
      },
      answer: ok('Longest silence first', listOf(Zombie)),
      problems: ['request.parameter'],
    },
    async (context) => ({
      items: await listZombies(deps, {
        days: daysQuery(context, 90),
        graceDays: daysQuery(context, 30, 'graceDays'),
      }),
    }),
  )
  add(
    {
      method: 'get',
      path: '/v1/admin/watch/traffic',
      summary: 'Shares of traffic by channel or platform, and what others report as well',
      query: {
        days: { description: 'So many days, today included, 1 to 366; 30 where missing' },
        by: { description: `${trafficGroups.join(' or ')}; channel where missing` },
        sort: { description: `${trafficOrders.join(', ')}; records where missing` },
      },
      answer: ok('Largest first', TrafficShares),
      problems: ['request.parameter'],
    },
    async (context) => {
      const by: TrafficGroup = choiceQuery(context, 'by', trafficGroups)
      const order: TrafficOrder = choiceQuery(context, 'sort', trafficOrders)
      const days = integerQuery(context, 'days', { min: 1, max: 366, fallback: 30 })
      return await readTraffic(deps, { days, by, order })
    },
  )
}
