import { setTimeout as rest } from 'node:timers/promises'
import { SingleBar } from 'cli-progress'
import { defineCommand } from 'citty'
import { RecordEnd } from '../../schemas/receipt.ts'
import type { Replay, ReplaySelection } from '../../schemas/replay.ts'
import type { Deps } from '../deps.ts'
import {
  listReplays,
  readReplay,
  readReplayFields,
  readReplayItems,
  setReplayState,
  type ReplayAction,
} from '../intake/replay/read.ts'
import { startReplay } from '../intake/replay/start.ts'
import { createReplayWorker } from '../intake/replay/worker.ts'
import { GatewayError } from '../telemetry/errors.ts'
import { byArg, byOf } from './channel/words.ts'
import { idOf, jsonArg, limitArg, limitOf, printTable, shown, withDeps } from './open.ts'

const lookEveryMs = 300
const id = { type: 'positional', description: 'The replay', required: true } as const
const watch = {
  type: 'boolean',
  description: 'Show the progress, and what changed at the end',
  default: false,
} as const
const here = {
  type: 'boolean',
  description: 'Work it in this process; a gateway on the same database helps, or has it alone',
  default: false,
} as const

/** `table=value`; the value may hold further signs of equality. Throws `request.parameter`. */
function blockedByOf(text: string): NonNullable<ReplaySelection['blockedBy']> {
  const at = text.indexOf('=')
  if (at < 1 || at === text.length - 1)
    throw new GatewayError(
      'request.parameter',
      `--blocked-by takes <table>=<value>, such as category=0419, not "${text}". \`guiyi receipt unknown\` lists both.`,
    )
  return { table: text.slice(0, at), value: text.slice(at + 1) }
}

/** A time with its offset, or a day of Asia/Shanghai. Throws `request.parameter`. */
function instantOf(text: string, name: string): string {
  const at = new Date(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00+08:00` : text)
  if (Number.isNaN(at.getTime()) || !/^\d{4}-\d{2}-\d{2}(?:T.*(?:Z|[+-]\d{2}:?\d{2}))?$/.test(text))
    throw new GatewayError(
      'request.parameter',
      `--${name} takes a day (2026-11-22, which begins in Asia/Shanghai) or a time with its offset (2026-11-22T08:00:00+08:00), not "${text}".`,
    )
  return at.toISOString()
}

interface SelectionArgs {
  readonly 'blocked-by'?: string | undefined
  readonly receipt?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly mapping?: string | undefined
  readonly all: boolean
}

/** Throws `request.parameter`. */
function selectionOf(args: SelectionArgs): ReplaySelection {
  const blocked = args['blocked-by']
  return {
    ...(args.all ? { ends: [...RecordEnd.enum] } : {}),
    ...(blocked === undefined ? {} : { blockedBy: blockedByOf(blocked) }),
    ...(args.receipt === undefined
      ? {}
      : { receipts: args.receipt.split(',').map((text) => idOf(text.trim(), 'receipt')) }),
    ...(args.from === undefined ? {} : { from: instantOf(args.from, 'from') }),
    ...(args.to === undefined ? {} : { to: instantOf(args.to, 'to') }),
    ...(args.mapping === undefined ? {} : { mappingVersion: args.mapping }),
  }
}

const isMoving = ({ state }: Replay) => state === 'running'
const countsOf = ({ counts }: Replay) =>
  Object.entries(counts)
    .map(([outcome, count]) => `${outcome} ${count}`)
    .join(', ')

/** Whoever links is a gateway that runs. */
async function gatewayRuns({ db }: Deps): Promise<boolean> {
  const rows = await db.sql`select 1 from leases where name = 'linking' and expires_at > now()`
  return rows.length > 0
}

async function printReplay(deps: Deps, replay: Replay): Promise<void> {
  console.log(
    `Replay ${replay.id} of ${replay.channel}: ${replay.state}, ${replay.done} of ${replay.total}${replay.done === 0 ? '' : ` (${countsOf(replay)})`}`,
  )
  if (replay.reason !== undefined) console.log(`It stands still: ${replay.reason}`)
  const fields = await readReplayFields(deps, replay.id)
  if (fields.length > 0)
    printTable(
      ['field', 'is', 'records'],
      fields.map(({ pointer, how, count }) => [pointer, how, count]),
    )
}

/** Until it is at its end, paused or cancelled; works it meanwhile where asked to. */
async function follow(deps: Deps, started: Replay, { works }: { works: boolean }): Promise<Replay> {
  const worker = works ? createReplayWorker(deps) : undefined
  const bar = new SingleBar({
    format: '{bar} {value} of {total} | {ends}',
    clearOnComplete: true,
    hideCursor: true,
  })
  bar.start(started.total, started.done, { ends: '' })
  let replay = started
  let said: string | undefined
  try {
    while (isMoving(replay)) {
      await worker?.pass()
      await rest(lookEveryMs)
      replay = await readReplay(deps, started.id)
      bar.setTotal(replay.total)
      bar.update(replay.done, { ends: countsOf(replay) })
      if (replay.reason !== undefined && replay.reason !== said)
        console.error(`\nIt stands still: ${replay.reason}`)
      said = replay.reason
    }
  } finally {
    bar.stop()
    await worker?.stop()
  }
  return replay
}

async function goOn(deps: Deps, replay: Replay, args: { watch: boolean; here: boolean }): Promise<void> {
  const attended = args.here || (await gatewayRuns(deps))
  if (isMoving(replay) && !attended)
    console.error(
      'No gateway seems to run on this database: the replay waits for one. With --here this command works it.',
    )
  await printReplay(deps, args.watch || args.here ? await follow(deps, replay, { works: args.here }) : replay)
}

const actionCommand = (action: Exclude<ReplayAction, 'resume'>, description: string) =>
  defineCommand({
    meta: { name: action, description },
    args: { id, by: byArg },
    run: ({ args }) =>
      withDeps(async (deps) => {
        const replay = await setReplayState(deps, idOf(args.id, 'replay'), { action, by: byOf(args.by) })
        console.log(`Replay ${replay.id} is ${replay.state}, ${replay.done} of ${replay.total} are done.`)
      }),
  })

export const replayCommand = defineCommand({
  meta: { name: 'replay', description: 'Replays 重放: run stored records through the live version again' },
  subCommands: {
    start: defineCommand({
      meta: {
        name: 'start',
        description: 'Start one: what lies in quarantine, unless the selection says otherwise',
      },
      args: {
        channel: { type: 'string', description: 'The channel', required: true },
        by: byArg,
        'blocked-by': {
          type: 'string',
          description: 'Only what this unlisted value keeps in quarantine: table=value',
        },
        receipt: { type: 'string', description: 'Only these receipts, with commas between' },
        from: { type: 'string', description: 'Received from then on: a day, or a time with its offset' },
        to: { type: 'string', description: 'Received before then' },
        mapping: { type: 'string', description: 'Only what this mapping version made' },
        all: {
          type: 'boolean',
          description: 'Wherever the records ended, not only in quarantine',
          default: false,
        },
        note: { type: 'string', description: 'Why' },
        watch,
        here,
      },
      run: ({ args }) =>
        withDeps(async (deps) => {
          const replay = await startReplay(deps, {
            channel: args.channel,
            select: selectionOf(args),
            by: byOf(args.by),
            ...(args.note === undefined ? {} : { note: args.note }),
          })
          await goOn(deps, replay, args)
        }),
    }),
    list: defineCommand({
      meta: { name: 'list', description: 'Newest first' },
      args: { channel: { type: 'string', description: 'Only this channel' }, limit: limitArg, json: jsonArg },
      run: ({ args }) =>
        withDeps(async (deps) => {
          const replays = await listReplays(deps, { channel: args.channel, limit: limitOf(args.limit) })
          if (args.json) console.log(JSON.stringify(replays))
          else
            printTable(
              ['replay', 'channel', 'state', 'done', 'of', 'started', 'by', 'outcomes'],
              replays.map((replay) => [
                replay.id,
                replay.channel,
                replay.state,
                replay.done,
                replay.total,
                shown(replay.createdAt),
                replay.by,
                countsOf(replay),
              ]),
            )
        }),
    }),
    show: defineCommand({
      meta: { name: 'show', description: 'What it changed, and what became of each record' },
      args: {
        id,
        after: { type: 'string', description: 'Position to read on from', default: '0' },
        limit: limitArg,
        json: jsonArg,
        watch,
      },
      run: ({ args }) =>
        withDeps(async (deps) => {
          const found = await readReplay(deps, idOf(args.id, 'replay'))
          const replay = args.watch ? await follow(deps, found, { works: false }) : found
          const after = Number.isInteger(Number(args.after)) ? Number(args.after) : 0
          const items = await readReplayItems(deps, replay.id, { after, limit: limitOf(args.limit) })
          if (args.json) {
            console.log(JSON.stringify({ replay, fields: await readReplayFields(deps, replay.id), items }))
            return
          }
          await printReplay(deps, replay)
          printTable(
            ['#', 'record', 'receipt', 'outcome', 'version', 'reason'],
            items.map(({ position, record, receipt, outcome, changes }) => [
              position,
              record,
              receipt,
              outcome ?? 'waits',
              changes?.version,
              changes?.reason === undefined ? '' : `${changes.reason.code}: ${changes.reason.detail}`,
            ]),
          )
        }),
    }),
    pause: actionCommand('pause', 'Let it rest after the records that are being worked'),
    resume: defineCommand({
      meta: { name: 'resume', description: 'Let a paused one go on' },
      args: { id, by: byArg, watch, here },
      run: ({ args }) =>
        withDeps(async (deps) => {
          const replay = await setReplayState(deps, idOf(args.id, 'replay'), {
            action: 'resume',
            by: byOf(args.by),
          })
          await goOn(deps, replay, args)
        }),
    }),
    cancel: actionCommand('cancel', 'End it: what is done stays done'),
  },
})
