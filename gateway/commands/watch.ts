import { defineCommand } from 'citty'
import { GatewayError } from '../telemetry/errors.ts'
import {
  trafficGroups,
  trafficOrders,
  type TrafficGroup,
  type TrafficOrder,
  type TrafficRow,
} from '../watch/answers.ts'
import { listAlerts, listZombies } from '../watch/lists.ts'
import { readTraffic } from '../watch/shares.ts'
import { jsonArg, limitArg, limitOf, printTable, shown, withDeps } from './open.ts'

const daysArg = (description: string, fallback: string) =>
  ({ type: 'string', description, default: fallback }) as const

/** Throws `request.parameter`. */
function daysOf(text: string, name: string, max: number): number {
  const days = Number(text)
  if (!Number.isInteger(days) || days < 1 || days > max)
    throw new GatewayError(
      'request.parameter',
      `--${name} takes a whole number from 1 to ${max}, not "${text}".`,
    )
  return days
}

/** Throws `request.parameter`. */
function choiceOf<const Name extends string>(text: string, name: string, names: readonly Name[]): Name {
  const found = names.find((known) => known === text)
  if (found === undefined)
    throw new GatewayError('request.parameter', `--${name} takes one of: ${names.join(', ')}; not "${text}".`)
  return found
}

const barWidth = 20
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** A share as a bar of 20 columns at most, to an eighth of a column. */
function barOf(share: number): string {
  const parts = Math.round(share * barWidth * 8)
  return '█'.repeat(Math.floor(parts / 8)) + (eighths[parts % 8] ?? '')
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

/** The share of what the rows are sorted by, for its bar. */
function shareIn(row: TrafficRow, order: TrafficOrder): number {
  if (order === 'reports' || order === 'cases') return row.reportsShare
  return order === 'shared' ? row.sharedShare : row.recordsShare
}

async function showTraffic(args: { days: string; by: string; sort: string; json: boolean }): Promise<void> {
  const days = daysOf(args.days, 'days', 366)
  const by: TrafficGroup = choiceOf(args.by, 'by', trafficGroups)
  const order: TrafficOrder = choiceOf(args.sort, 'sort', trafficOrders)
  await withDeps(async (deps) => {
    const traffic = await readTraffic(deps, { days, by, order })
    if (args.json) return console.log(JSON.stringify(traffic))
    printTable(
      [by, '名称', 'state', 'records', 'share', 'reports', 'share', 'cases', 'shared', 'most with', ''],
      traffic.items.map((row) => [
        row.key,
        row.name,
        row.state,
        row.records,
        percent(row.recordsShare),
        row.reports,
        percent(row.reportsShare),
        row.cases,
        row.shared === 0 ? 0 : `${row.shared} (${percent(row.sharedShare)})`,
        row.mostWith === undefined ? '' : `${row.mostWith.key} (${row.mostWith.cases})`,
        barOf(shareIn(row, order)),
      ]),
    )
    console.log(
      `${traffic.records} records, ${traffic.reports} new reports from ${shown(traffic.from)} to ${shown(traffic.to)}.`,
    )
  })
}

/** `guiyi watch`. */
export const watchCommand = defineCommand({
  meta: {
    name: 'watch',
    description: 'Silence watch 静默监测: silent channels, zombie channels, shares of traffic',
  },
  subCommands: {
    alerts: defineCommand({
      meta: { name: 'alerts', description: 'Silences, open ones first; channels that cannot be judged yet' },
      args: { days: daysArg('Ended ones of so many days', '30'), limit: limitArg, json: jsonArg },
      run: ({ args }) =>
        withDeps(async (deps) => {
          const filter = { days: daysOf(args.days, 'days', 3660), limit: limitOf(args.limit) }
          const { items, notKnownYet } = await listAlerts(deps, filter)
          if (args.json) return console.log(JSON.stringify({ items, notKnownYet }))
          printTable(
            ['channel', '渠道', 'last heard', 'raised', 'ended', 'detail'],
            items.map((row) => [
              row.channel,
              row.name,
              shown(row.since),
              shown(row.raisedAt),
              row.endedAt === undefined ? 'silent' : shown(row.endedAt),
              row.detail,
            ]),
          )
          if (notKnownYet.length === 0) return
          console.log('\nNot known yet, and so without alerts:')
          printTable(
            ['channel', '渠道', 'state', 'why', 'first heard', 'last heard'],
            notKnownYet.map((row) => [
              row.channel,
              row.name,
              row.state,
              row.why,
              shown(row.firstAt),
              shown(row.lastAt),
            ]),
          )
        }),
    }),
    zombies: defineCommand({
      meta: { name: 'zombies', description: 'Zombie channels 僵尸渠道: no record for long, or never any' },
      args: {
        days: daysArg('Without a record for so many days', '90'),
        'grace-days': daysArg('Never any record so many days after going live', '30'),
        json: jsonArg,
      },
      run: ({ args }) =>
        withDeps(async (deps) => {
          const items = await listZombies(deps, {
            days: daysOf(args.days, 'days', 3660),
            graceDays: daysOf(args['grace-days'], 'grace-days', 3660),
          })
          if (args.json) return console.log(JSON.stringify(items))
          printTable(
            ['channel', '渠道', 'platform', 'state', 'owner', 'last record', 'days silent', 'ever'],
            items.map((row) => [
              row.channel,
              row.name,
              row.platform,
              row.state,
              [row.owner?.department, row.owner?.contact].filter(Boolean).join(', '),
              row.lastAt === undefined ? 'never' : shown(row.lastAt),
              row.silentDays,
              row.records,
            ]),
          )
        }),
    }),
    traffic: defineCommand({
      meta: { name: 'traffic', description: 'Shares of traffic, and what others report as well' },
      args: {
        days: daysArg('So many days, today included', '30'),
        by: { type: 'string', description: 'channel or platform', default: 'channel' },
        sort: { type: 'string', description: trafficOrders.join(', '), default: 'records' },
        json: jsonArg,
      },
      run: ({ args }) => showTraffic(args),
    }),
  },
})
