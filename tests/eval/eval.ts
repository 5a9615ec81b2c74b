/** `npm run eval -- --set NAME --data DIR`: measures on data that are not part of the project. */
import { parseArgs } from 'node:util'
import { evalCategories } from './categories.ts'
import { evalHostile } from './hostile.ts'
import { evalLinking } from './linking.ts'

const sets: {
  readonly [name: string]: (
    data: string,
    options: { test?: string | undefined; out?: string | undefined },
  ) => Promise<number>
} = {
  hostile: evalHostile,
  categories: evalCategories,
  text: (data, options) => evalLinking('text', data, options),
  '311': (data, options) => evalLinking('311', data, options),
}
const usage = `Usage: npm run eval -- --set ${Object.keys(sets).join('|')} --data DIR

  hostile     every file of DIR/hostile through every adapter: records or a reason, never a crash
  categories  categories proposed for the texts of DIR/complaints/labelled.jsonl, five folds; with --test FILE those of FILE
  text        duplicates among the messages of DIR/complaints, against DIR/duplicates; --out FILE keeps the decisions
  311         duplicates among the requests of DIR/boston311; --out FILE keeps the decisions
`

const { values } = parseArgs({
  options: {
    set: { type: 'string' },
    data: { type: 'string' },
    test: { type: 'string' },
    out: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
})
const run = values.set === undefined ? undefined : sets[values.set]
if (values.help === true) console.log(usage)
else if (run === undefined || values.data === undefined) {
  if (values.set !== undefined && run === undefined) console.error(`There is no set "${values.set}".`)
  console.error(usage)
  process.exitCode = 2
} else process.exitCode = await run(values.data, { test: values.test, out: values.out })
