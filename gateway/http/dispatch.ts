/** What the dispatch calls: read cases and contacts, append events. */
import type { Context } from 'hono'
import Type from 'typebox'
import { Case, CaseEvent, Contact, DispatchItem, NewCaseEvent } from '../../schemas/case.ts'
import type { Deps } from '../deps.ts'
import { appendEvent } from '../dispatch/append.ts'
import { dispatchPage, readCase, readCaseEvents } from '../dispatch/read-cases.ts'
import { readContacts } from '../dispatch/read-contacts.ts'
import { parseCursor } from '../store/cursor.ts'
import type { Api } from './api.ts'
import type { KeyRing } from './keys.ts'
import { addMoveRoutes } from './moves.ts'
import { integerQuery, readJson } from './request.ts'

const problems = ['auth.missing', 'auth.invalid', 'auth.scope'] as const

/** Waits for news, at most `waitMs`; a gateway that stops keeps nobody waiting. */
async function waitForNews(
  deps: Deps,
  { waitMs, stopping }: { waitMs: number; stopping: () => boolean },
  read: () => Promise<Awaited<ReturnType<typeof dispatchPage>>>,
): Promise<Awaited<ReturnType<typeof dispatchPage>>> {
  const deadline = performance.now() + waitMs
  let news = Promise.withResolvers<void>()
  const offs = (['dispatch', 'fan-out'] as const).map((stage) => deps.signals.on(stage, () => news.resolve()))
  try {
    for (;;) {
      news = Promise.withResolvers<void>()
      const page = await read()
      const left = deadline - performance.now()
      if (page.items.length > 0 || left <= 0 || stopping()) return page
      const timer = setTimeout(news.resolve, Math.min(left, 1_000))
      await news.promise
      clearTimeout(timer)
    }
  } finally {
    for (const off of offs) off()
  }
}

export function addDispatchRoutes(
  api: Api,
  {
    deps,
    keys,
    stopping,
    casePrefix,
  }: { deps: Deps; keys: KeyRing; stopping: () => boolean; casePrefix: string },
): void {
  const check = (context: Context) => keys.check(context.req.header('authorization'), 'dispatch')
  const number = (context: Context) => context.req.param('number') ?? ''
  api.add(
    {
      method: 'get',
      path: '/v1/dispatch/cases',
      tag: 'Dispatch',
      summary: 'New cases and news about known ones since a cursor',
      description:
        'Every event that the dispatch did not append itself, oldest first, with the case as it is now. No persons. Remember the cursor with what you did: nothing is skipped and a page read twice is harmless.',
      access: 'dispatch',
      query: {
        after: { description: 'Cursor of the last page; missing: from the beginning' },
        limit: { description: '1 to 500; 100 where missing' },
        wait: { description: 'Seconds to wait for news, 0 to 30' },
      },
      answer: {
        status: 200,
        description: 'Items and the next cursor',
        schema: Type.Object({ items: Type.Array(DispatchItem), cursor: Type.String() }),
      },
      problems: [...problems, 'request.cursor'],
    },
    async (context) => {
      await check(context)
      const after = parseCursor(context.req.query('after'))
      const limit = integerQuery(context, 'limit', { min: 1, max: 500, fallback: 100 })
      const waitS = integerQuery(context, 'wait', { min: 0, max: 30, fallback: 0 })
      return context.json(
        await waitForNews(deps, { waitMs: waitS * 1000, stopping }, () => dispatchPage(deps, after, limit)),
      )
    },
  )
  api.add(
    {
      method: 'get',
      path: '/v1/dispatch/cases/{number}',
      tag: 'Dispatch',
      summary: 'One case, its events and what may follow',
      access: 'dispatch',
      answer: {
        status: 200,
        description: 'The case',
        schema: Type.Object({
          case: Case,
          allowed: Type.Array(Type.String()),
          events: Type.Array(CaseEvent),
        }),
      },
      problems: [...problems, 'case.unknown'],
    },
    async (context) => {
      await check(context)
      const [found, events] = await Promise.all([
        readCase(deps, number(context)),
        readCaseEvents(deps, number(context)),
      ])
      return context.json({ ...found, events })
    },
  )
  api.add(
    {
      method: 'get',
      path: '/v1/dispatch/cases/{number}/contacts',
      tag: 'Dispatch',
      summary: 'Who to call; each reading is recorded',
      description: 'Reporters who asked for confidentiality (举报人保密) are withheld.',
      access: 'dispatch',
      answer: {
        status: 200,
        description: 'One entry for each source',
        schema: Type.Object({ contacts: Type.Array(Contact) }),
      },
      problems: [...problems, 'case.unknown'],
    },
    async (context) => {
      const key = await check(context)
      return context.json({ contacts: await readContacts(deps, number(context), `key:${key.id}`) })
    },
  )
  api.add(
    {
      method: 'post',
      path: '/v1/dispatch/cases/{number}/events',
      tag: 'Dispatch',
      summary: 'Append an event to a case',
      description:
        'The caller’s `eventId` makes a repeat harmless. A transition that the flow does not allow is a 409 that lists those it does.',
      access: 'dispatch',
      body: NewCaseEvent,
      answer: { status: 201, description: 'The event as it stands', schema: CaseEvent },
      problems: [
        ...problems,
        'case.unknown',
        'case.merged',
        'case.transition',
        'case.sequence',
        'case.event-reused',
        'case.assignment',
        'request.media-type',
        'request.body',
        'request.invalid',
        'request.too-large',
      ],
    },
    async (context) => {
      const key = await check(context)
      const sent = await readJson(context, NewCaseEvent)
      const event = await appendEvent(deps, {
        number: number(context),
        caller: `dispatch:${key.name}`,
        eventId: sent.eventId,
        type: sent.type,
        actor:
          sent.unitCode === undefined
            ? { kind: 'dispatch', id: key.name }
            : { kind: 'unit', id: key.name, unitCode: sent.unitCode },
        occurredAt: new Date(sent.occurredAt),
        content: sent.content ?? {},
        expectedSequence: sent.expectedSequence,
      })
      return context.json(event, 201)
    },
  )
  addMoveRoutes(api, { deps, keys, casePrefix })
}
