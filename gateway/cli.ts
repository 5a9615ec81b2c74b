#!/usr/bin/env node
/** `guiyi`: every command, each with help. */
import { defineCommand, runCommand, showUsage, type CommandDef } from 'citty'
import { ConfigurationError } from './config/config.ts'
import { MappingDefinitionError } from './mapping/definition-error.ts'
import { GatewayError } from './telemetry/errors.ts'
import { caseCommand } from './commands/case.ts'
import { channelCommand } from './commands/channel.ts'
import { dbCommand } from './commands/db.ts'
import { deliveryCommand } from './commands/delivery.ts'
import { demoCommand } from './commands/demo.ts'
import { doctorCommand } from './commands/doctor.ts'
import { keyCommand } from './commands/key.ts'
import { migrateCommand } from './commands/migrate.ts'
import { receiptCommand } from './commands/receipt.ts'
import { serveCommand } from './commands/serve.ts'
import { taskCommand } from './commands/task.ts'

const subCommands = {
  serve: serveCommand,
  migrate: migrateCommand,
  demo: demoCommand,
  db: dbCommand,
  key: keyCommand,
  channel: channelCommand,
  receipt: receiptCommand,
  case: caseCommand,
  task: taskCommand,
  delivery: deliveryCommand,
  doctor: doctorCommand,
}

const main = defineCommand({
  meta: { name: 'guiyi', version: '0.1.0', description: '归一: one case out of many complaint channels' },
  subCommands,
})

/** The deepest command that the arguments name, for its help. */
function commandOf(args: readonly string[]): { command: CommandDef; parent?: CommandDef } {
  let command: CommandDef = main
  let depth = 0
  for (const arg of args) {
    const children = (command.subCommands ?? {}) as { [name: string]: CommandDef }
    const child = children[arg]
    if (child === undefined) break
    command = child
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
  const { command, parent } = commandOf(args)
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
