/** Clerks' acts on which reports are one case: join 并案, take out 拆案, undo, chain. */
import type { Context } from 'hono'
import Type from 'typebox'
import { CaseNumber, Instant, Uuid } from '../../schemas/primitives.ts'
import type { Deps } from '../deps.ts'
import { chainCases } from '../linking/moves/chain.ts'
import { readMoves } from '../linking/moves/list-moves.ts'
import { joinCases } from '../linking/moves/merge.ts'
import { splitReports } from '../linking/moves/split.ts'
import { undoMove } from '../linking/moves/undo.ts'
import { GatewayError } from '../telemetry/errors.ts'
import type { Api } from './api.ts'
import type { KeyRing } from './keys.ts'
import { readJson } from './request.ts'

const problems = ['auth.missing', 'auth.invalid', 'auth.scope'] as const
const bodyProblems = ['request.media-type', 'request.body', 'request.invalid', 'request.too-large'] as const
/** Of bringing two cases together. */
const joinProblems = [
  ...problems,
  'case.unknown',
  'case.merge',
  'case.merged',
  'case.verdict',
  'case.event-reused',
  ...bodyProblems,
] as const

const act = {
  eventId: Type.String({ minLength: 1, maxLength: 180, description: 'Makes a repeat harmless' }),
  clerk: Type.String({ minLength: 1, maxLength: 100, description: 'Number of the clerk who decided' }),
  reason: Type.Optional(Type.String({ maxLength: 2000, description: 'Stays inside' })),
}

const Merge = Type.Object(
  {
    into: CaseNumber,
    overrule: Type.Optional(
      Type.Boolean({ description: 'Takes back that a clerk said the two are not the same' }),
    ),
    ...act,
  },
  { additionalProperties: false },
)

const Split = Type.Object(
  {
    report: Type.Optional(Uuid),
    reports: Type.Optional(Type.Array(Uuid, { minItems: 1, maxItems: 1000 })),
    into: Type.Optional(
      Type.Enum(['one', 'each'], {
        description: 'All of them into one new case (where missing), or each into its own',
      }),
    ),
    ...act,
  },
  { additionalProperties: false },
)

const Chain = Type.Object(
  {
    after: Type.String({ description: 'Number of the closed case that this one follows', maxLength: 60 }),
    ...act,
  },
  { additionalProperties: false },
)

const Undo = Type.Object(act, { additionalProperties: false })

const ListedMove = Type.Object({
  id: Uuid,
  kind: Type.Enum(['merge', 'split', 'undo'], { description: '并案 · 拆案 · 撤销' }),
  from: CaseNumber,
  into: CaseNumber,
  reports: Type.Array(Uuid),
  at: Instant,
  decidedBy: Type.String(),
  reason: Type.Optional(Type.String()),
  undoneBy: Type.Optional(Uuid),
})

const SplitCase = Type.Object({ move: Uuid, case: CaseNumber, reports: Type.Array(Uuid) })

interface Routes {
  readonly deps: Deps
  readonly keys: KeyRing
  readonly casePrefix: string
}

export function addMoveRoutes(api: Api, routes: Routes): void {
  addMerge(api, routes)
  addSplit(api, routes)
  addUndo(api, routes)
  addChain(api, routes)
  addList(api, routes)
}

const checkKey = (context: Context, { keys }: Routes) =>
  keys.check(context.req.header('authorization'), 'dispatch')
const numberOf = (context: Context) => context.req.param('number') ?? ''

/** Who decided, under which id of whose. */
function actOf(
  sent: { eventId: string; clerk: string; reason?: string },
  key: { name: string },
): { eventId: string; caller: string; by: string; reason: string | undefined } {
  return {
    eventId: sent.eventId,
    caller: `dispatch:${key.name}`,
    by: `clerk:${sent.clerk}`,
    reason: sent.reason,
  }
}

function addMerge(api: Api, routes: Routes): void {
  api.add(
    {
      method: 'post',
      path: '/v1/dispatch/cases/{number}/merge',
      tag: 'Dispatch',
      summary: 'Join a case with another one 并案',
      description:
        'All its reports go to the case `into`; its number answers with where they went. Its sources are told that their matter is handled together with another one, and the state there. Its units are told to stop, but for those at work on the other one too.',
      access: 'dispatch',
      body: Merge,
      answer: {
        status: 201,
        description: 'The move, by which it can be undone',
        schema: Type.Object({ move: Uuid, from: CaseNumber, into: CaseNumber }),
      },
      problems: joinProblems,
    },
    async (context) => {
      const key = await checkKey(context, routes)
      const { into, overrule, ...sent } = await readJson(context, Merge)
      const joined = await joinCases(routes.deps, {
        ...actOf(sent, key),
        from: numberOf(context),
        into,
        overrule,
      })
      return context.json(joined, 201)
    },
  )
}

function addSplit(api: Api, routes: Routes): void {
  api.add(
    {
      method: 'post',
      path: '/v1/dispatch/cases/{number}/split',
      tag: 'Dispatch',
      summary: 'Take reports out of a case 拆案',
      description:
        'They get a case of their own, which begins anew and is handed to the dispatch; their sources are told what holds there. The others notice nothing. That they are not the same matter is remembered.',
      access: 'dispatch',
      body: Split,
      answer: {
        status: 201,
        description: 'The cases that the reports now stand in; `case` is the first of them',
        schema: Type.Object({ case: CaseNumber, cases: Type.Array(SplitCase) }),
      },
      problems: [
        ...problems,
        'case.unknown',
        'case.split',
        'case.merged',
        'case.event-reused',
        'report.unknown',
        ...bodyProblems,
      ],
    },
    async (context) => {
      const key = await checkKey(context, routes)
      const { report, reports = [], into, ...sent } = await readJson(context, Split)
      const wanted = report === undefined ? reports : [report, ...reports]
      if (wanted.length === 0)
        throw new GatewayError('request.invalid', 'Name what is taken out: set "report" or "reports".', {
          extra: { errors: [{ pointer: '/reports', detail: 'missing' }] },
        })
      const cases = await splitReports(routes.deps, {
        ...actOf(sent, key),
        number: numberOf(context),
        reports: wanted,
        into,
        casePrefix: routes.casePrefix,
      })
      return context.json({ case: cases[0]?.case, cases }, 201)
    },
  )
}

function addUndo(api: Api, routes: Routes): void {
  api.add(
    {
      method: 'post',
      path: '/v1/dispatch/moves/{id}/undo',
      tag: 'Dispatch',
      summary: 'Undo a joining or a split',
      description:
        'The reports that are still there go back to the case they came from, and their sources are told the state in which that is. A case that was dispatched when it was joined is registered again and waits to be dispatched: its units were told to stop.',
      access: 'dispatch',
      body: Undo,
      answer: {
        status: 201,
        description: 'The move that undid it; `into` is the case that the reports stand in now',
        schema: Type.Object({
          move: Uuid,
          undone: Uuid,
          from: CaseNumber,
          into: CaseNumber,
          reports: Type.Array(Uuid),
        }),
      },
      problems: [...problems, 'case.move-unknown', 'case.move', 'case.event-reused', ...bodyProblems],
    },
    async (context) => {
      const key = await checkKey(context, routes)
      const sent = await readJson(context, Undo)
      const move = context.req.param('id') ?? ''
      if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(move))
        throw new GatewayError(
          'case.move-unknown',
          'There is no such move. GET …/moves lists those of a case.',
        )
      return context.json(await undoMove(routes.deps, { ...actOf(sent, key), move }), 201)
    },
  )
}

function addChain(api: Api, routes: Routes): void {
  api.add(
    {
      method: 'post',
      path: '/v1/dispatch/cases/{number}/chain',
      tag: 'Dispatch',
      summary: 'Let an open case follow a closed one of the same matter 关联链',
      description:
        'A closed case is not joined. The open one becomes its successor: `predecessor` names it, and both have the same `chain`. Nobody is told.',
      access: 'dispatch',
      body: Chain,
      answer: {
        status: 201,
        description: 'Both cases and their chain',
        schema: Type.Object({ open: CaseNumber, closed: CaseNumber, chain: Type.String() }),
      },
      problems: joinProblems,
    },
    async (context) => {
      const key = await checkKey(context, routes)
      const { after, ...sent } = await readJson(context, Chain)
      const chained = await chainCases(routes.deps, {
        ...actOf(sent, key),
        open: numberOf(context),
        closed: after,
      })
      return context.json(chained, 201)
    },
  )
}

function addList(api: Api, routes: Routes): void {
  api.add(
    {
      method: 'get',
      path: '/v1/dispatch/cases/{number}/moves',
      tag: 'Dispatch',
      summary: 'What went out of a case and into it',
      access: 'dispatch',
      answer: {
        status: 200,
        description: 'Oldest first',
        schema: Type.Object({ moves: Type.Array(ListedMove) }),
      },
      problems: [...problems, 'case.unknown'],
    },
    async (context) => {
      await checkKey(context, routes)
      return context.json({ moves: await readMoves(routes.deps, numberOf(context)) })
    },
  )
}
