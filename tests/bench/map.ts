/**
 * One record through a compiled mapping, against JavaScript written by hand for that one channel: the same record, the same
 * report, the same validation (the ajv check of a report). Both run in turns in one process; medians of the rounds.
 *
 *   npm run bench map -- [--rounds 41] [--records 4000]
 */
import { deepStrictEqual } from 'node:assert'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { compileMapping } from '../../gateway/mapping/compile.ts'
import { readMapping } from '../../gateway/mapping/load.ts'
import { loadReferenceCodes } from '../../gateway/mapping/reference.ts'
import { readYaml } from '../../gateway/mapping/yaml-file.ts'
import { compileCheck } from '../../gateway/mapping/validation.ts'
import { ReportContent } from '../../schemas/report.ts'
import { handwrittenReport } from './map/handwritten.ts'
import { recordsOf } from './map/records.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '41' },
    records: { type: 'string', default: '4000' },
  },
})
const rounds = Number(values.rounds)
const records = recordsOf(Number(values.records))

const mappings = join(import.meta.dirname, '../../mappings')
const platform = await readYaml(join(mappings, 'platforms/hotline-12345/platform.yaml'))
const reference = await loadReferenceCodes(join(mappings, 'codes'))
const compiled = compileMapping(readMapping(platform), platform.place, reference).feeds['push']
if (compiled === undefined) throw new Error('The platform hotline-12345 has no feed "push".')
const context = { channelId: 'bench', feed: 'push', receivedAt: new Date('2026-11-22T04:00:00Z') }
const isReport = compileCheck<ReportContent>(ReportContent)

const ways = {
  /** The validation alone: both of the others hold it. */
  validation: (() => {
    const made = records.map(handwrittenReport)
    return () => made.filter((content) => isReport(content)).length
  })(),
  handwritten: () => records.filter((record) => isReport(handwrittenReport(record))).length,
  compiled: () => records.filter((record) => compiled.map(record, context).kind === 'report').length,
}

/** Both ways make the same report of every record, or the figures would compare nothing. */
function checkEqual(): void {
  for (const record of records) {
    const made = compiled?.map(record, context)
    if (made?.kind !== 'report') throw new Error(`No report was made: ${JSON.stringify(made)}`)
    deepStrictEqual(made.content, handwrittenReport(record))
  }
}

const median = (figures: readonly number[]): number =>
  figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN

function measure(): { [way in keyof typeof ways]: number } {
  const times: { [way in keyof typeof ways]: number[] } = { validation: [], handwritten: [], compiled: [] }
  const names = Object.keys(ways) as (keyof typeof ways)[]
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const startedAt = performance.now()
      if (ways[name]() !== records.length) throw new Error(`${name} made no valid report of a record.`)
      times[name].push(((performance.now() - startedAt) * 1000) / records.length)
    }
  }
  return {
    validation: median(times.validation),
    handwritten: median(times.handwritten),
    compiled: median(times.compiled),
  }
}

checkEqual()
const us = measure()
const shown = (figure: number): string => figure.toFixed(2).padStart(8)
console.log(
  `${Object.keys(records[0] ?? {}).length} fields a record, ${records.length} records, ${rounds} rounds`,
)
console.log('way                       µs a record')
console.log(`validation alone             ${shown(us.validation)}`)
console.log(`handwritten + validation     ${shown(us.handwritten)}`)
console.log(`compiled + validation        ${shown(us.compiled)}`)
const ratio = us.compiled / us.handwritten
console.log(
  JSON.stringify({
    handwritten: Number(us.handwritten.toFixed(3)),
    compiled: Number(us.compiled.toFixed(3)),
    ratio: Number(ratio.toFixed(2)),
  }),
)
