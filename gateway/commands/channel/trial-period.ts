import { defineCommand } from 'citty'
import { readTrialPeriod } from '../../desk/trial-period.ts'
import { jsonArg, shown, withDeps } from '../open.ts'
import { channelArg } from './words.ts'

export const trialCommand = defineCommand({
  meta: {
    name: 'trial',
    description: 'What a channel in shadow 试运行 brought, and what would have become of it',
  },
  args: { channel: channelArg, json: jsonArg },
  run: ({ args }) =>
    withDeps(async (deps) => {
      const trial = await readTrialPeriod(deps, args.channel)
      if (args.json) {
        console.log(JSON.stringify(trial))
        return
      }
      const ends = Object.entries(trial.records).map(([end, count]) => `${end} ${count}`)
      console.log(`Records: ${ends.join(', ') || 'none'}.`)
      if (trial.since === null) {
        console.log('No report came while it was in trial.')
        return
      }
      console.log(
        `${trial.reports} reports since ${shown(trial.since)}: ${trial.wouldLink} would have joined a case, ${trial.wouldReview} a clerk would have been asked about, ${trial.wouldBeNew} would have opened one.`,
      )
      for (const { channel, reports } of trial.linkedTo)
        console.log(`  ${reports} of them are cases of ${channel}`)
    }),
})
