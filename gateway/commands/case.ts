import { defineCommand } from 'citty'
import type { Deps } from '../deps.ts'
import { readCase, readCaseEvents } from '../dispatch/read-cases.ts'
import { listDeliveries } from '../writeback/people.ts'
import { mergeCommand, movesCommand, splitCommand, undoCommand } from './moves.ts'
import { jsonArg, limitArg, limitOf, printTable, shown, withDeps } from './open.ts'

interface MatchRow {
  readonly external_id: string
  readonly channel_id: string
  readonly other: string
  readonly decision: string
  readonly decided_by: string
  readonly score: number
  readonly probability: number
  readonly parts: { field: string; level: string; weight: number; detail: string }[]
}

/** Why each report stands here, and what it was compared with. */
async function matchesOf(deps: Deps, number: string): Promise<MatchRow[]> {
  return await deps.db.sql<MatchRow[]>`
    select p.external_id, p.channel_id, o.number as other, m.decision, m.decided_by, m.score, m.probability, m.parts
    from cases c join reports p on p.case_id = c.id join matches m on m.report_id = p.id join cases o on o.id = m.case_id
    where c.number = ${number} order by p.received_at, m.probability desc`
}

const signed = (weight: number) => `${weight >= 0 ? '+' : ''}${weight.toFixed(1)}`

async function printCase(deps: Deps, number: string): Promise<void> {
  const [{ case: found, allowed }, events, matches, deliveries] = await Promise.all([
    readCase(deps, number),
    readCaseEvents(deps, number),
    matchesOf(deps, number),
    listDeliveries(deps, { case: number, limit: 200 }),
  ])
  console.log(
    `${found.number}  ${found.state}${found.flow === undefined ? '' : ` (${found.flow})`}  ${found.title ?? ''}`,
  )
  console.log(
    `opened ${shown(found.openedAt)}${found.closedAt === undefined ? '' : `, closed ${shown(found.closedAt)}`}; category ${found.category ?? 'none'}; ${found.urgency}${found.confidential ? '; 举报人保密' : ''}${found.predecessor === undefined ? '' : `; follows ${found.predecessor}`}${found.dueAt === undefined ? '' : `; due ${shown(found.dueAt)}`}${found.mergedInto === undefined ? '' : `; joined with ${found.mergedInto} 并案`}`,
  )
  console.log(`may follow now: ${allowed.join(', ')}\n`)
  printTable(
    ['source', 'external id', 'submitted', 'version', 'title'],
    found.sources.map((source) => [
      source.channel,
      source.externalId,
      shown(source.submittedAt),
      source.version,
      source.title ?? source.text.slice(0, 40),
    ]),
  )
  if (found.assignments.length > 0) {
    console.log()
    printTable(
      ['unit', 'role', 'state', 'due'],
      found.assignments.map((assignment) => [
        assignment.unitCode,
        assignment.role,
        assignment.state,
        shown(assignment.dueAt),
      ]),
    )
  }
  console.log()
  printTable(
    ['#', 'event', 'by', 'at', 'state', 'public text'],
    events.map((event) => [
      event.sequence,
      event.type,
      event.actor.unitCode ?? event.actor.id ?? event.actor.kind,
      shown(event.occurredAt),
      event.stateAfter,
      (event.content.publicText ?? event.content.answer ?? '').slice(0, 60),
    ]),
  )
  for (const match of matches) {
    console.log(
      `\n${match.channel_id} ${match.external_id} compared with ${match.other}: ${match.decision} by ${match.decided_by} (${Math.round(match.probability * 100)} %, ${signed(match.score)} bits)`,
    )
    console.log(`  ${match.parts.map((part) => `${part.detail} ${signed(part.weight)}`).join(', ')}`)
  }
  if (deliveries.length > 0) {
    console.log()
    printTable(
      ['told', 'event', 'code', 'state', 'tries', 'at', 'reason'],
      deliveries
        .toReversed()
        .map((row) => [
          `${row.channel} ${row.externalId ?? ''}`,
          row.eventType,
          row.code,
          row.state,
          row.tries,
          shown(row.settledAt),
          row.reason,
        ]),
    )
  }
}

export const caseCommand = defineCommand({
  meta: {
    name: 'case',
    description:
      'Cases: list, show with sources, events, match reasons and deliveries; join, take reports out, undo',
  },
  subCommands: {
    list: defineCommand({
      meta: { name: 'list', description: 'The newest cases' },
      args: { state: { type: 'string', description: 'Only in this state' }, limit: limitArg, json: jsonArg },
      run: ({ args }) =>
        withDeps(async ({ db }) => {
          const state = args.state ?? null
          const rows = await db.sql<
            {
              number: string
              state: string
              title: string | null
              opened_at: Date
              sources: number
              channels: number
            }[]
          >`
            select c.number, c.state, c.title, c.opened_at, count(p.id)::int as sources, count(distinct p.channel_id)::int as channels
            from cases c left join reports p on p.case_id = c.id where (${state}::text is null or c.state = ${state})
            group by c.id order by c.opened_at desc limit ${limitOf(args.limit)}`
          if (args.json) console.log(JSON.stringify(rows))
          else
            printTable(
              ['case', 'state', 'opened', 'sources', 'channels', 'title'],
              rows.map((row) => [
                row.number,
                row.state,
                shown(row.opened_at),
                row.sources,
                row.channels,
                row.title,
              ]),
            )
        }),
    }),
    show: defineCommand({
      meta: { name: 'show', description: 'One case: sources, events, why they were linked, who was told' },
      args: {
        number: { type: 'positional', description: 'For example PS20261122-000123', required: true },
        json: jsonArg,
      },
      run: ({ args }) =>
        withDeps(async (deps) => {
          if (!args.json) return await printCase(deps, args.number)
          const found = await readCase(deps, args.number)
          console.log(
            JSON.stringify({
              ...found,
              events: await readCaseEvents(deps, args.number),
              matches: await matchesOf(deps, args.number),
            }),
          )
        }),
    }),
    merge: mergeCommand,
    split: splitCommand,
    undo: undoCommand,
    moves: movesCommand,
  },
})
