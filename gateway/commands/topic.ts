import { defineCommand } from 'citty'
import type { Deps } from '../deps.ts'
import type { Topic, TopicWarningRow } from '../linking/topics/answers.ts'
import { listTopics, readTopic } from '../linking/topics/read.ts'
import { acknowledgeWarning, listWarnings } from '../linking/topics/warning-desk.ts'
import { GatewayError } from '../telemetry/errors.ts'
import { idOf, jsonArg, limitArg, limitOf, printTable, shown, withDeps } from './open.ts'

const barWidth = 40
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** A number as a bar to an eighth of a column; `most` fills it. */
function barOf(count: number, most: number): string {
  const parts = Math.round((count / Math.max(1, most)) * barWidth * 8)
  return '█'.repeat(Math.floor(parts / 8)) + (eighths[parts % 8] ?? '')
}

/** Chances below a thousandth as one in so many. */
function chanceOf(chance: number): string {
  if (chance >= 0.001) return chance.toFixed(3)
  return chance < 1e-9 ? '< 1 in 10⁹' : `1 in ${Math.round(1 / chance).toLocaleString('en')}`
}

const warningNames = { trend: '趋势', people: '人数', channels: '渠道' } as const

function printWarnings(warnings: readonly TopicWarningRow[]): void {
  printTable(
    ['warning', 'topic', 'kind', 'raised', 'ended', 'count', 'expected', 'chance', 'seen by'],
    warnings.map((row) => [
      row.id,
      row.name,
      warningNames[row.kind],
      shown(row.raisedAt),
      row.endedAt === undefined ? 'open' : shown(row.endedAt),
      `${row.count} in ${row.window === 'day' ? '24 h' : '7 days'}`,
      row.expected,
      chanceOf(row.chance),
      row.acknowledgedBy,
    ]),
  )
}

function printTopic({ topic, days, cases, reports, warnings }: Topic): void {
  console.log(`${topic.name}  ${topic.id}`)
  console.log(
    `${topic.cases} cases; last 24 h ${topic.lastDay.count} (usual ${topic.lastDay.expected.toFixed(1)}, chance ${chanceOf(topic.lastDay.chance)}); ` +
      `7 days ${topic.lastWeek.count} (usual ${topic.lastWeek.expected.toFixed(1)}, chance ${chanceOf(topic.lastWeek.chance)}), ${topic.people} people, ${topic.channels.length} channels\n`,
  )
  const first = days.findIndex(({ reports: count }) => count > 0)
  const most = Math.max(...days.map((day) => day.reports))
  for (const day of days.slice(Math.max(0, Math.min(first, days.length - 14))))
    console.log(`${day.day}  ${String(day.reports).padStart(4)}  ${barOf(day.reports, most)}`.trimEnd())
  console.log()
  printTable(
    ['case', 'state', 'opened', 'reports', 'title'],
    cases.map((row) => [row.number, row.state, shown(row.openedAt), row.reports, row.title]),
  )
  if (reports.length > 0) {
    console.log('\nReports of the last seven days:')
    printTable(
      ['submitted', 'channel', 'external id', 'case', 'title'],
      reports.map((row) => [shown(row.submittedAt), row.channel, row.externalId, row.case, row.title]),
    )
  }
  if (warnings.length === 0) return
  console.log()
  printWarnings(warnings)
}

async function printTopics(deps: Deps, days: number, limit: number): Promise<void> {
  printTable(
    [
      'topic',
      'name',
      'rising',
      '24 h',
      'usual',
      '7 days',
      'usual',
      'people',
      'channels',
      'cases',
      'warnings',
    ],
    (await listTopics(deps, { days, limit })).map((row) => [
      row.id,
      row.name,
      row.rising.toFixed(1),
      row.lastDay.count,
      row.lastDay.expected.toFixed(1),
      row.lastWeek.count,
      row.lastWeek.expected.toFixed(1),
      row.people,
      row.channels.length,
      row.cases,
      row.warnings.map((kind) => warningNames[kind]).join(' '),
    ]),
  )
}

/** Throws `request.parameter`. */
function daysOf(text: string): number {
  const days = Number(text)
  if (!Number.isInteger(days) || days < 1 || days > 60)
    throw new GatewayError('request.parameter', `--days takes a whole number from 1 to 60, not "${text}".`)
  return days
}

/** `guiyi topic`. */
export const topicCommand = defineCommand({
  meta: {
    name: 'topic',
    description: 'Topics 热点: cases of one subject in one area, and warnings of unusual growth',
  },
  subCommands: {
    list: defineCommand({
      meta: { name: 'list', description: 'Topics that grew, the most unusual growth first' },
      args: {
        days: { type: 'string', description: 'That grew within so many days, 1 to 60', default: '7' },
        limit: limitArg,
        json: jsonArg,
      },
      run: ({ args }) =>
        withDeps(async (deps) => {
          const [days, limit] = [daysOf(args.days), limitOf(args.limit)]
          if (!args.json) return await printTopics(deps, days, limit)
          console.log(JSON.stringify(await listTopics(deps, { days, limit })))
        }),
    }),
    show: defineCommand({
      meta: { name: 'show', description: 'One topic: its days as bars, its cases and newest reports' },
      args: { id: { type: 'positional', description: 'The topic', required: true }, json: jsonArg },
      run: ({ args }) =>
        withDeps(async (deps) => {
          const topic = await readTopic(deps, idOf(args.id, 'topic'))
          if (args.json) console.log(JSON.stringify(topic))
          else printTopic(topic)
        }),
    }),
    warnings: defineCommand({
      meta: { name: 'warnings', description: 'Warnings 预警, open ones first' },
      args: {
        open: { type: 'boolean', description: 'Only those that are open', default: false },
        limit: limitArg,
        json: jsonArg,
      },
      run: ({ args }) =>
        withDeps(async (deps) => {
          const warnings = await listWarnings(deps, { open: args.open, limit: limitOf(args.limit) })
          if (args.json) console.log(JSON.stringify(warnings))
          else printWarnings(warnings)
        }),
    }),
    acknowledge: defineCommand({
      meta: { name: 'acknowledge', description: 'Say that a clerk has seen a warning' },
      args: {
        id: { type: 'positional', description: 'The warning', required: true },
        clerk: { type: 'string', description: 'Number of the clerk', required: true },
      },
      run: ({ args }) =>
        withDeps(async (deps) => {
          const warning = await acknowledgeWarning(deps, idOf(args.id, 'warning'), args.clerk)
          console.log(`${warning.name}: seen by ${warning.acknowledgedBy ?? ''}.`)
        }),
    }),
  },
})
