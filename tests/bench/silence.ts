/**
 * What the silence watch makes of channels of many kinds: false alerts in a channel-month, and how late it notices a channel that
 * died. Each channel is new at first, lives for 16 to 20 weeks with 端午, 中秋 and 国庆 among them, and then says nothing more.
 *
 *   npm run bench silence -- [--channels 200]
 */
import { parseArgs } from 'node:util'
import { simulate, styles, type Outcome } from '../../gateway/watch/simulation-for-test.ts'

const { values } = parseArgs({ options: { channels: { type: 'string', default: '200' } } })
const channels = Number(values.channels)
const weeks = (count: number) => count * 168
const monthHours = 730.5
type Noticed = NonNullable<Outcome['noticed']>

const quantile = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN

/** Median and 90th percentile. */
function spread(noticed: readonly Noticed[], figure: keyof Noticed): string {
  const sorted = noticed.map((delay) => delay[figure]).toSorted((a, b) => a - b)
  return [0.5, 0.9].map((part) => Math.round(quantile(sorted, part))).join(' / ')
}

console.log(
  '| pattern | false alerts a month | hours | office hours | records missed | not noticed in 9 weeks |',
)
console.log('| --- | --- | --- | --- | --- | --- |')
let allAlerts = 0
let allMonths = 0
for (const [name, style] of Object.entries(styles)) {
  const outcomes = Array.from({ length: channels }, (_, n) => {
    const diesAt = weeks(16) + Math.floor(((n * 0.618) % 1) * weeks(4))
    return simulate({ style, seed: n * 7919 + name.length * 104_729 + 1, hours: weeks(29), diesAt })
  })
  const alerts = outcomes.reduce((sum, { falseAlerts }) => sum + falseAlerts, 0)
  const months = outcomes.reduce((sum, { livedHours }) => sum + livedHours, 0) / monthHours
  const noticed = outcomes.flatMap((outcome) => outcome.noticed ?? [])
  allAlerts += alerts
  allMonths += months
  console.log(
    `| ${name} | ${(alerts / months).toFixed(3)} | ${spread(noticed, 'hours')} | ${spread(noticed, 'workingHours')} | ${spread(noticed, 'records')} | ${channels - noticed.length} of ${channels} |`,
  )
}
console.log(JSON.stringify({ falseAlertsPerMonth: Number((allAlerts / allMonths).toFixed(4)) }))
