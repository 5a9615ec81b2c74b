import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { SingleBar } from 'cli-progress'
import { defineCommand } from 'citty'
import { selections } from '../../catalog/trial/select-receipts.ts'
import type { DryRun } from '../../catalog/trial/summary.ts'
import { tryDraft, tryText, type Trial } from '../../catalog/trial/try-text.ts'
import { GatewayError } from '../../telemetry/errors.ts'
import { jsonArg, printTable, withDeps } from '../open.ts'
import { byArg, byOf } from './words.ts'

function numberArg(name: string, text: string, max: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 0 && value <= max) return value
  throw new GatewayError(
    'request.parameter',
    `--${name} takes a whole number from 0 to ${max}, not "${text}".`,
  )
}

function createProgress(quiet: boolean) {
  const bar =
    quiet || !process.stderr.isTTY
      ? undefined
      : new SingleBar({
          format: '{bar} {value}/{total} receipts',
          clearOnComplete: true,
          stream: process.stderr,
        })
  let started = false
  return {
    onProgress: ({ done, total }: { done: number; total: number }) => {
      if (!started) bar?.start(total, 0)
      started = true
      bar?.update(done)
    },
    stop: () => bar?.stop(),
  }
}

function printDryRun(run: DryRun): void {
  console.log(
    `\n${run.records} records of ${run.receipts} receipts (${run.selection}), in ${(run.durationMs / 1000).toFixed(1)} s: ` +
      `${run.unchanged} as before, ${run.changed} different, ${run.newlyPass} newly taken, ${run.newlyFail} newly quarantined.`,
  )
  for (const { reason, receipts } of run.notCompared)
    console.log(`  ${receipts} receipts not compared: ${reason}`)
  if (run.fields.length > 0) {
    console.log()
    printTable(
      ['field', 'added', 'lost', 'changed'],
      run.fields.map((field) => [field.pointer, field.added, field.lost, field.changed]),
    )
  }
  for (const { table, value, records } of run.newlyKnown)
    console.log(`newly known    ${table} ${value}: ${records}`)
  for (const { table, value, records } of run.newlyUnknown)
    console.log(`newly unknown  ${table} ${value}: ${records}`)
  for (const { code, detail, records } of run.reasons)
    console.log(`would fail     ${records}: ${code}: ${detail}`)
  if (run.shown.length === 0) return
  console.log()
  printTable(
    ['receipt', '#', 'verdict', 'was → becomes', 'what'],
    run.shown.map((line) => [
      line.receipt,
      line.index,
      line.verdict,
      line.was === line.becomes ? line.was : `${line.was} → ${line.becomes}`,
      line.reason ??
        [
          ...(line.changed ?? []).map((pointer) => `~${pointer}${valuesOf(line.values?.[pointer])}`),
          ...(line.added ?? []).map((pointer) => `+${pointer}${valuesOf(line.values?.[pointer])}`),
          ...(line.lost ?? []).map((pointer) => `-${pointer}`),
        ].join(' '),
    ]),
  )
}

function valuesOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return ''
  const { before, after } = value as { before?: string | number; after?: string | number }
  return ` (${before ?? ''}→${after ?? ''})`
}

function printTrial({ channel, examples, missingSecrets, dryRun }: Trial): void {
  console.log(
    `Channel ${channel} compiles. Examples: ${examples.passed} hold, ${examples.failed.length} fail.`,
  )
  for (const { about, expected, actual } of examples.failed)
    console.log(
      `  fails: ${about}\n    expected ${JSON.stringify(expected)}\n    made     ${JSON.stringify(actual)}`,
    )
  if (missingSecrets.length > 0) console.log(`Secrets that are not here: ${missingSecrets.join(', ')}.`)
  if (dryRun === null) console.log('It has no published version to compare with.')
  else printDryRun(dryRun)
}

export const tryCommand = defineCommand({
  meta: {
    name: 'try',
    description:
      'Try a draft, or a file: its examples, and a dry run over stored receipts. Nothing is written',
  },
  args: {
    what: { type: 'positional', description: 'A channel with a draft, or a file', required: true },
    count: { type: 'string', description: 'Stored receipts to run over', default: '1000' },
    select: { type: 'string', description: selections.join(', '), default: 'latest' },
    show: { type: 'string', description: 'Records to show one by one', default: '20' },
    by: byArg,
    json: jsonArg,
  },
  run: ({ args }) =>
    withDeps(async (deps) => {
      const selection = selections.find((known) => known === args.select)
      if (selection === undefined)
        throw new GatewayError(
          'request.parameter',
          `--select is one of ${selections.join(', ')}, not "${args.select}".`,
        )
      const progress = createProgress(args.json)
      const request = {
        selection,
        count: numberArg('count', args.count, 1_000_000),
        show: numberArg('show', args.show, 1_000),
        onProgress: progress.onProgress,
      }
      const trial = await (
        existsSync(args.what)
          ? tryText(deps, { text: await readFile(args.what, 'utf8'), name: args.what }, request)
          : tryDraft(deps, { channel: args.what, by: byOf(args.by) }, request)
      ).finally(progress.stop)
      if (args.json) console.log(JSON.stringify(trial))
      else printTrial(trial)
      if (trial.examples.failed.length > 0) process.exitCode = 1
    }),
})
