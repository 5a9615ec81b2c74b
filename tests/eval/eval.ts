/** `npm run eval -- --set NAME --data DIR`: measures on data that are not part of the project. */
import { parseArgs } from 'node:util'
import { evalAddresses } from './addresses.ts'
import { evalCategories } from './categories.ts'
import { evalHostile } from './hostile.ts'
import { drawQuality, evalLinking } from './linking.ts'

const sets: {
  readonly [name: string]: (
    data: string,
    options: {
      test?: string | undefined
      out?: string | undefined
      frontier?: string | undefined
      clerk?: boolean | undefined
    },
  ) => Promise<number>
} = {
  hostile: evalHostile,
  categories: evalCategories,
  text: (data, options) => evalLinking('text', data, options),
  '311': (data, options) => evalLinking('311', data, options),
  addresses: evalAddresses,
  picture: drawQuality,
}
const usage = `Usage: npm run eval -- --set ${Object.keys(sets).join('|')} --data DIR

  hostile     every file of DIR/hostile through every adapter: records or a reason, never a crash
  categories  categories proposed for the texts of DIR/complaints/labelled.jsonl, five folds; with --test FILE those of FILE
  text        duplicates among the messages of DIR/complaints, against DIR/duplicates; --out FILE keeps the decisions; --frontier FILE
              runs it again bolder and shyer, and without each comparison; with --clerk, a clerk who knows the gold answers at the desk
  311         duplicates among the requests of DIR/boston311; the same options
  addresses   pairs of written addresses, DIR/addresses/pairs.jsonl: the same place, in part, or not; --out FILE keeps the decisions
  picture     draws DIR/text.json and DIR/311.json, as --frontier wrote them, into --out FILE
`

const { values } = parseArgs({
  options: {
    set: { type: 'string' },
    data: { type: 'string' },
    test: { type: 'string' },
    out: { type: 'string' },
    frontier: { type: 'string' },
    clerk: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
})
const run = values.set === undefined ? undefined : sets[values.set]
if (values.help === true) console.log(usage)
else if (run === undefined || values.data === undefined) {
  if (values.set !== undefined && run === undefined) console.error(`There is no set "${values.set}".`)
  console.error(usage)
  process.exitCode = 2
} else {
  const { data, test, out, frontier, clerk } = values
  process.exitCode = await run(data, { test, out, frontier, clerk })
}
