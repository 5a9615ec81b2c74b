/** `guiyi review`: the review desk 人工复核 in the terminal. */
import { randomUUID } from 'node:crypto'
import { defineCommand } from 'citty'
import type { ReviewAnswer } from '../../../schemas/review.ts'
import type { Deps } from '../../deps.ts'
import { fieldInWords } from '../../linking/model/words.ts'
import { answerAndTake, listItems, readItem } from '../../linking/review/desk.ts'
import { readFigures } from '../../linking/review/figures.ts'
import { undoAnswer } from '../../linking/review/undo.ts'
import { idOf, jsonArg, limitOf, printTable, shown, withDeps } from '../open.ts'
import { cut } from './columns.ts'
import { keysOfLines, keysOfTerminal } from './keys.ts'
import { labelsIn, stateIn, type Language } from './labels.ts'
import {
  clerkArg,
  clerkOf,
  decisionOf,
  drawingOf,
  filterArgs,
  filterOf,
  idArg,
  noteArg,
  sightOf,
  untilOf,
  viewArgs,
  type FilterArgs,
  type View,
} from './options.ts'
import { drawItem } from './screen.ts'
import { runSession } from './session.ts'

async function printList(
  deps: Deps,
  args: View & { limit: string; json: boolean } & FilterArgs,
): Promise<void> {
  const limit = limitOf(args.limit)
  const { language } = drawingOf(args)
  const page = { filter: filterOf(args), after: undefined, limit }
  const { items } = await listItems(deps, page, sightOf(args))
  if (args.json) return console.log(JSON.stringify(items))
  if (items.length === 0) return console.log(labelsIn[language].nothingWaits(0))
  printTable(
    ['id', 'worth', '%', 'why', 'asked', 'held until', 'report', 'case', 'states', 'titles', 'taken by'],
    items.map((item) => [
      item.id,
      item.worth?.toFixed(2),
      Math.round(item.probability * 100),
      fieldInWords(item.reason, language),
      shown(item.askedAt).slice(0, 16),
      item.heldUntil === undefined ? undefined : shown(item.heldUntil).slice(11),
      `${item.channel} ${item.externalId ?? ''}`,
      item.cases.join(' / '),
      item.states.map((state) => stateIn(state, language)).join(' / '),
      item.titles.map((title) => cut(title, 24)).join(' / '),
      item.taken?.clerk,
    ]),
  )
}

async function printFigures(deps: Deps, args: { json: boolean; lang: string }): Promise<void> {
  const { language } = drawingOf(args)
  const figures = await readFigures(deps)
  if (args.json) return console.log(JSON.stringify(figures))
  const reasons = Object.entries(figures.byReason).map(
    ([field, count]) => `${fieldInWords(field, language)} ${count}`,
  )
  console.log(
    `${figures.waiting} wait, ${figures.later} put off${figures.oldest === undefined ? '' : `; the oldest since ${shown(figures.oldest)}`}${reasons.length === 0 ? '' : `; why: ${reasons.join(', ')}`}`,
  )
  console.log(
    `Today: ${figures.decidedToday.same} one matter, ${figures.decidedToday.different} not the same\n`,
  )
  printTable(
    ['probability', 'answers', 'one matter', ''],
    figures.agreement
      .filter(({ answers }) => answers > 0)
      .map(({ from, to, answers, same }) => [
        `${from.toFixed(1)}–${to.toFixed(1)}`,
        answers,
        same,
        `${Math.round((same / answers) * 100)} %`,
      ]),
  )
}

async function startSession(args: View & { clerk?: string | undefined } & FilterArgs): Promise<void> {
  const drawing = drawingOf(args)
  const filter = filterOf(args)
  const clerk = await clerkOf(args.clerk)
  const keys = process.stdin.isTTY ? keysOfTerminal(process.stdin) : keysOfLines(process.stdin)
  await withDeps(
    async (deps) =>
      await runSession(deps, {
        clerk,
        filter,
        drawing,
        keys,
        sight: sightOf(args),
        print: (text) => console.log(text),
      }),
  )
}

export const reviewCommand = defineCommand({
  meta: {
    name: 'review',
    description:
      'Review desk 人工复核: pairs that may be one matter, one after the other; keys l, d, s, n, u, q. Without a terminal it reads one key a line',
  },
  args: {
    clerk: { type: 'string', description: 'Number of the clerk, no name; asked where missing' },
    ...filterArgs,
    ...viewArgs,
  },
  subCommands: {
    list: defineCommand({
      meta: { name: 'list', description: 'What waits, those first whose answer is worth most' },
      args: {
        ...filterArgs,
        ...viewArgs,
        limit: { type: 'string', description: 'How many at most, 1 to 1000', default: '50' },
        json: jsonArg,
      },
      run: ({ args }) => withDeps((deps) => printList(deps, args)),
    }),
    show: defineCommand({
      meta: { name: 'show', description: 'One item with both sides' },
      args: { id: idArg, ...viewArgs, json: jsonArg },
      run: ({ args }) =>
        withDeps(async (deps) => {
          const item = await readItem(deps, idOf(args.id, 'review item'), sightOf(args))
          if (args.json) return console.log(JSON.stringify(item))
          for (const text of drawItem(item, drawingOf(args))) console.log(text)
        }),
    }),
    decide: defineCommand({
      meta: { name: 'decide', description: 'Answer one item: link, different or later' },
      args: {
        id: idArg,
        decision: { type: 'positional', description: 'link, different or later', required: true },
        clerk: clerkArg,
        note: noteArg,
        days: { type: 'string', description: 'Of later: for so many days, 1 where missing' },
        ...viewArgs,
        json: jsonArg,
      },
      run: ({ args }) =>
        withDeps(async (deps) => {
          const until = untilOf(deps, args.days)
          const answer: ReviewAnswer = {
            decision: decisionOf(args.decision),
            clerk: await clerkOf(args.clerk),
            eventId: randomUUID(),
            ...(args.note !== undefined && { note: args.note }),
            ...(until !== undefined && { until }),
          }
          const id = idOf(args.id, 'review item')
          const { outcome } = await answerAndTake(deps, { id, answer, caller: 'cli' }, sightOf(args))
          const language: Language = drawingOf(args).language
          console.log(args.json ? JSON.stringify(outcome) : labelsIn[language].outcome(outcome))
        }),
    }),
    undo: defineCommand({
      meta: {
        name: 'undo',
        description: 'Take an answer back: the cases are as before, the item waits again',
      },
      args: { id: idArg, clerk: clerkArg, note: noteArg, ...viewArgs },
      run: ({ args }) =>
        withDeps(async (deps) => {
          const undo = {
            clerk: await clerkOf(args.clerk),
            eventId: randomUUID(),
            ...(args.note !== undefined && { note: args.note }),
          }
          await undoAnswer(deps, { id: idOf(args.id, 'review item'), undo, caller: 'cli' })
          console.log(labelsIn[drawingOf(args).language].undone)
        }),
    }),
    figures: defineCommand({
      meta: { name: 'figures', description: 'How many wait, and how far clerks and machine agree' },
      args: { lang: viewArgs.lang, json: jsonArg },
      run: ({ args }) => withDeps((deps) => printFigures(deps, args)),
    }),
  },
  // Runs after a sub-command as well: then there is nothing left to do.
  run: async ({ args }) => {
    if (args._.length === 0) await startSession(args)
  },
})
