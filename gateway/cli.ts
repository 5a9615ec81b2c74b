#!/usr/bin/env node
/** `guiyi`: every command, each with help. */
import { defineCommand, runCommand, showUsage, type CommandDef } from 'citty'
import { ConfigurationError } from './config/config.ts'
import { MappingDefinitionError } from './mapping/definition-error.ts'
import { GatewayError } from './telemetry/errors.ts'

/** Loaded when called: each command pays only for itself. */
const subCommands = {
  serve: async () => (await import('./commands/serve.ts')).serveCommand,
  migrate: async () => (await import('./commands/migrate.ts')).migrateCommand,
  demo: async () => (await import('./commands/demo.ts')).demoCommand,
  db: async () => (await import('./commands/db.ts')).dbCommand,
  key: async () => (await import('./commands/key.ts')).keyCommand,
  channel: async () => (await import('./commands/channel/channel.ts')).channelCommand,
  category: async () => (await import('./commands/category.ts')).categoryCommand,
  link: async () => (await import('./commands/link.ts')).linkCommand,
  value: async () => (await import('./commands/value.ts')).valueCommand,
  receipt: async () => (await import('./commands/receipt.ts')).receiptCommand,
  replay: async () => (await import('./commands/replay.ts')).replayCommand,
  case: async () => (await import('./commands/case.ts')).caseCommand,
  review: async () => (await import('./commands/review/review.ts')).reviewCommand,
  task: async () => (await import('./commands/task.ts')).taskCommand,
  delivery: async () => (await import('./commands/delivery.ts')).deliveryCommand,
  topic: async () => (await import('./commands/topic.ts')).topicCommand,
  umbrella: async () => (await import('./commands/umbrella.ts')).umbrellaCommand,
  watch: async () => (await import('./commands/watch.ts')).watchCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
}

const main = defineCommand({
  meta: { name: 'guiyi', version: '0.1.0', description: '归一: one case out of many complaint channels' },
  subCommands,
})

type Child = CommandDef | (() => Promise<CommandDef>)

/** The deepest command that the arguments name, for its help. */
async function commandOf(args: readonly string[]): Promise<{ command: CommandDef; parent?: CommandDef }> {
  let command: CommandDef = main
  let depth = 0
  for (const arg of args) {
    const child = ((command.subCommands ?? {}) as { [name: string]: Child })[arg]
    if (child === undefined) break
    command = typeof child === 'function' ? await child() : child
    depth += 1
  }
  const path = args.slice(0, depth - 1).join(' ')
  return depth === 0
    ? { command }
    : { command, parent: defineCommand({ meta: { name: `guiyi ${path}`.trim() } }) }
}

/** Errors that say what to do are printed as they are; others with their stack. */
function explain(error: unknown): string {
  if (
    error instanceof ConfigurationError ||
    error instanceof GatewayError ||
    error instanceof MappingDefinitionError
  )
    return error.message
  if (error instanceof Error && error.name === 'CLIError') return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

async function run(args: readonly string[]): Promise<number> {
  const { command, parent } = await commandOf(args)
  const asksHelp = args[0] !== 'demo' && (args.includes('--help') || args.includes('-h'))
  if (
    asksHelp ||
    args.length === 0 ||
    (command.subCommands !== undefined && command.run === undefined && command !== main && args.length === 1)
  ) {
    await showUsage(command, parent)
    return 0
  }
  if (args[0] === '--version') {
    console.log('0.1.0')
    return 0
  }
  try {
    const { result } = await runCommand(main, { rawArgs: [...args] })
    return typeof result === 'number' ? result : Number(process.exitCode ?? 0)
  } catch (error) {
    console.error(explain(error))
    if (error instanceof Error && error.name === 'CLIError') console.error('Run with --help to see how.')
    return 1
  }
}

const code = await run(process.argv.slice(2))
process.exit(code)
