/** The demo as a command: a small simulated district around the gateway, and everybody's books side by side at the end. */
import { removeDatabases } from './leftovers.ts'
import { parseOptions, usage, type DemoOptions } from './options.ts'
import { printJson, printResult } from './print.ts'
import { playDemo } from './run.ts'

/** `guiyi demo`: 0 where all came out even, 1 where not, 2 where the options make no sense. */
export async function demo(argv: readonly string[]): Promise<number> {
  let options: DemoOptions | 'help'
  try {
    options = parseOptions(argv)
  } catch (cause) {
    console.error(`${messageOf(cause)}\nguiyi demo --help lists the options.`)
    return 2
  }
  if (options !== 'help') return runDemo(options)
  console.log(usage)
  return 0
}

/** Runs and prints. The exit code. */
async function runDemo(options: DemoOptions): Promise<number> {
  try {
    const result = await playDemo(options, printResult)
    if (result.even) removeDatabases(result.folder)
    if (options.json) printJson(result)
    return result.even ? 0 : 1
  } catch (cause) {
    console.error(messageOf(cause))
    if (options.json) console.log(JSON.stringify({ platforms: [], even: false, error: messageOf(cause) }))
    return 1
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
