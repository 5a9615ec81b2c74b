/** `guiyi case merge|split|undo|moves`: what clerks decide about which reports are one case. */
import { randomUUID } from 'node:crypto'
import { defineCommand } from 'citty'
import { readConfig } from '../config/config.ts'
import { readMoves } from '../linking/moves/list-moves.ts'
import { joinCases } from '../linking/moves/merge.ts'
import { splitReports } from '../linking/moves/split.ts'
import { undoMove } from '../linking/moves/undo.ts'
import { idOf, jsonArg, printTable, shown, withDeps } from './open.ts'

const number = { type: 'positional', description: 'For example PS20261122-000123', required: true } as const
const acting = {
  clerk: { type: 'string', description: 'Number of the clerk who decided', required: true },
  reason: { type: 'string', description: 'Why; stays inside' },
  'event-id': { type: 'string', description: 'Your own id of this act: a repeat is harmless' },
} as const

const actOf = (args: { clerk: string; reason?: string | undefined; 'event-id'?: string | undefined }) => ({
  eventId: args['event-id'] ?? randomUUID(),
  caller: 'cli',
  by: `clerk:${args.clerk}`,
  reason: args.reason,
})

export const mergeCommand = defineCommand({
  meta: {
    name: 'merge',
    description: 'Join a case with another one 并案: its reports go there, and its sources are told',
  },
  args: {
    number,
    into: { type: 'string', description: 'Number of the case that goes on', required: true },
    overrule: {
      type: 'boolean',
      description: 'Also where a clerk said that they are not the same: that is taken back',
    },
    ...acting,
  },
  run: ({ args }) =>
    withDeps(async (deps) => {
      const { move, into } = await joinCases(deps, {
        ...actOf(args),
        from: args.number,
        into: args.into,
        overrule: args.overrule,
      })
      console.log(`${args.number} was joined with ${into}. To undo it: guiyi case undo ${move}`)
    }),
})

export const splitCommand = defineCommand({
  meta: {
    name: 'split',
    description:
      'Take reports out of a case 拆案: they get a case of their own, and their sources are told what holds there',
  },
  args: {
    number,
    report: {
      type: 'string',
      description: 'Id of the report (show --json lists them); several with commas',
      required: true,
    },
    each: { type: 'boolean', description: 'Each into a case of its own' },
    ...acting,
  },
  run: ({ args }) =>
    withDeps(async (deps) => {
      const cases = await splitReports(deps, {
        ...actOf(args),
        number: args.number,
        reports: args.report.split(',').map((id) => idOf(id.trim(), 'report')),
        into: args.each === true ? 'each' : 'one',
        casePrefix: readConfig().casePrefix,
      })
      for (const { reports, ...opened } of cases)
        console.log(
          reports.length === 1
            ? `The report now stands in ${opened.case}. To undo it: guiyi case undo ${opened.move}`
            : `${reports.length} reports now stand in ${opened.case}. To undo it: guiyi case undo ${opened.move}`,
        )
    }),
})

export const undoCommand = defineCommand({
  meta: { name: 'undo', description: 'Undo a joining or a split: the reports go back' },
  args: {
    move: {
      type: 'positional',
      description: 'Id of the move (guiyi case moves lists them)',
      required: true,
    },
    ...acting,
  },
  run: ({ args }) =>
    withDeps(async (deps) => {
      const undone = await undoMove(deps, { ...actOf(args), move: idOf(args.move, 'move') })
      console.log(`${undone.reports.length} report(s) went from ${undone.from} back to ${undone.into}.`)
    }),
})

export const movesCommand = defineCommand({
  meta: { name: 'moves', description: 'What went out of a case and into it: 并案, 拆案, 撤销' },
  args: { number, json: jsonArg },
  run: ({ args }) =>
    withDeps(async (deps) => {
      const moves = await readMoves(deps, args.number)
      if (args.json) return console.log(JSON.stringify(moves))
      printTable(
        ['move', 'kind', 'from', 'into', 'reports', 'at', 'by', 'reason', ''],
        moves.map((move) => [
          move.id,
          move.kind,
          move.from,
          move.into,
          move.reports.length,
          shown(move.at),
          move.decidedBy,
          move.reason,
          move.undoneBy === undefined ? '' : 'undone',
        ]),
      )
    }),
})
