import { defineCommand } from 'citty'
import { readCoverage } from '../../desk/coverage.ts'
import { jsonArg, printTable, withDeps } from '../open.ts'
import { channelArg } from './words.ts'

export const coverageCommand = defineCommand({
  meta: {
    name: 'coverage',
    description: 'Which source values go where, and which canonical places get nothing',
  },
  args: { channel: channelArg, json: jsonArg },
  run: ({ args }) =>
    withDeps(async (deps) => {
      const coverage = await readCoverage(deps, args.channel)
      if (args.json) {
        console.log(JSON.stringify(coverage))
        return
      }
      for (const { feed, mapped, empty } of coverage.feeds) {
        console.log(`Feed ${feed}: ${mapped.length} canonical fields have a source`)
        if (empty.length > 0) console.log(`  nothing goes to: ${empty.join(', ')}`)
      }
      for (const { table, targets, otherwise, rows, unmapped } of coverage.tables) {
        console.log(
          `\nTable ${table} → ${targets.join(', ') || '(not used by reports)'}; otherwise ${otherwise}`,
        )
        printTable(['source', 'canonical'], Object.entries(rows))
        if (unmapped.length > 0)
          console.log(`  in no row: ${unmapped.map(({ value, count }) => `${value} (${count})`).join(', ')}`)
      }
      const silent = coverage.categories.filter(({ from }) => from.length === 0)
      console.log(
        `\nCategories: ${coverage.categories.length - silent.length} of ${coverage.categories.length} have a source code`,
      )
      if (silent.length > 0)
        console.log(`  none for: ${silent.map(({ code, name }) => `${code} ${name}`).join(', ')}`)
    }),
})
