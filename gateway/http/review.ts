/** The review desk 人工复核: what clerks are asked, and what they answer. */
import type { Context } from 'hono'
import Type from 'typebox'
import {
  ReviewAnswer,
  ReviewFigures,
  ReviewItem,
  ReviewLine,
  ReviewOutcome,
  ReviewTake,
  ReviewUndo,
  type ReviewFilter,
} from '../../schemas/review.ts'
import type { Deps } from '../deps.ts'
import { answerAndTake, listItems, readItem, takeItems } from '../linking/review/desk.ts'
import { readFigures } from '../linking/review/figures.ts'
import type { Sight } from '../linking/review/sight.ts'
import { undoAnswer } from '../linking/review/undo.ts'
import type { Api, RouteDescription } from './api.ts'
import type { KeyPrincipal, KeyRing } from './keys.ts'
import { integerQuery, readJson } from './request.ts'

type ReviewRoute = Omit<RouteDescription, 'tag' | 'access'>

const bodyProblems = ['request.media-type', 'request.body', 'request.invalid', 'request.too-large'] as const

/** Who may see what confidential callers 举报人保密 wrote: the scope `confidential` beside `review`, or `admin`. */
const sightOf = ({ id, scopes }: KeyPrincipal): Sight => ({
  principal: `key:${id}`,
  confidential: scopes.includes('admin') || scopes.includes('confidential') ? 'shown' : 'withheld',
})

function filterOf(context: Context): ReviewFilter {
  const olderThanH = integerQuery(context, 'olderThanH', { min: 0, max: 8760, fallback: 0 })
  const text = (name: 'channel' | 'area' | 'category') => {
    const value = context.req.query(name)
    return value === undefined || value === '' ? {} : { [name]: value }
  }
  return { ...text('channel'), ...text('area'), ...text('category'), ...(olderThanH > 0 && { olderThanH }) }
}

export function addReviewRoutes(api: Api, { deps, keys }: { deps: Deps; keys: KeyRing }): void {
  const add = (
    route: ReviewRoute,
    handler: (context: Context, key: KeyPrincipal) => Promise<unknown>,
  ): void => {
    api.add(
      {
        ...route,
        tag: 'Review',
        access: 'review',
        problems: ['auth.missing', 'auth.invalid', 'auth.scope', ...(route.problems ?? [])],
      },
      async (context) => {
        const key = await keys.check(context.req.header('authorization'), 'review', 'admin')
        return context.json((await handler(context, key)) as never)
      },
    )
  }
  addReading(add, deps)
  addAnswering(add, deps)
}

type Add = (route: ReviewRoute, handler: (context: Context, key: KeyPrincipal) => Promise<unknown>) => void
const id = (context: Context) => context.req.param('id') ?? ''

function addReading(add: Add, deps: Deps): void {
  add(
    {
      method: 'get',
      path: '/v1/review',
      summary: 'What waits for a clerk, those first whose answer is worth most',
      description: 'For looking only: nothing is taken. POST /v1/review/take gives items to a clerk.',
      query: {
        limit: { description: '1 to 20; 20 where missing' },
        after: { description: '`cursor` of the last page' },
        channel: { description: 'Channel of the report that asked' },
        area: { description: 'Code of a district, street or community' },
        category: { description: 'Category of the report, or its beginning' },
        olderThanH: { description: 'Asked so many hours ago or earlier' },
      },
      answer: {
        status: 200,
        description: 'One line for each, and the cursor of the next page',
        schema: Type.Object({ items: Type.Array(ReviewLine), cursor: Type.Optional(Type.String()) }),
      },
      problems: ['request.parameter', 'request.cursor'],
    },
    async (context, key) =>
      await listItems(
        deps,
        {
          filter: filterOf(context),
          after: context.req.query('after'),
          limit: integerQuery(context, 'limit', { min: 1, max: 20, fallback: 20 }),
        },
        sightOf(key),
      ),
  )
  add(
    {
      method: 'get',
      path: '/v1/review/figures',
      summary: 'How many wait, the oldest, answers of today, and how far clerks and machine agree',
      answer: { status: 200, description: 'Figures', schema: ReviewFigures },
    },
    async () => await readFigures(deps),
  )
  add(
    {
      method: 'get',
      path: '/v1/review/{id}',
      summary: 'One item with both sides; an answered one with its outcome',
      answer: { status: 200, description: 'The item', schema: ReviewItem },
      problems: ['review.unknown'],
    },
    async (context, key) => await readItem(deps, id(context), sightOf(key)),
  )
}

function addAnswering(add: Add, deps: Deps): void {
  add(
    {
      method: 'post',
      path: '/v1/review/take',
      summary: 'Take the next items: for ten minutes nobody else gets them',
      body: ReviewTake,
      answer: {
        status: 200,
        description: 'Items, those first whose answer is worth most; none where nothing waits',
        schema: Type.Object({ items: Type.Array(ReviewItem) }),
      },
      problems: bodyProblems,
    },
    async (context, key) => {
      const { limit = 1, ...take } = await readJson(context, ReviewTake)
      return { items: await takeItems(deps, { ...take, limit }, sightOf(key)) }
    },
  )
  add(
    {
      method: 'post',
      path: '/v1/review/{id}/decision',
      summary: 'One matter, not the same, or later',
      description:
        'A repeat by the same clerk answers as before. What was decided meanwhile is a 409 with the outcome. With `next` the answer brings the following item, taken for the same clerk.',
      body: ReviewAnswer,
      answer: {
        status: 200,
        description: 'What it came to, and the next item',
        schema: Type.Object({ outcome: ReviewOutcome, next: Type.Optional(ReviewItem) }),
      },
      problems: ['review.unknown', 'review.taken', 'review.decided', ...bodyProblems],
    },
    async (context, key) => {
      const answer = await readJson(context, ReviewAnswer)
      return await answerAndTake(
        deps,
        { id: id(context), answer, caller: `review:${key.name}` },
        sightOf(key),
      )
    },
  )
  add(
    {
      method: 'post',
      path: '/v1/review/{id}/undo',
      summary: 'Take an answer back: the cases are as before, and the item waits again',
      body: ReviewUndo,
      answer: {
        status: 200,
        description: 'The item as it waits',
        schema: ReviewItem,
      },
      problems: ['review.unknown', 'review.undo', ...bodyProblems],
    },
    async (context, key) => {
      const undo = await readJson(context, ReviewUndo)
      await undoAnswer(deps, { id: id(context), undo, caller: `review:${key.name}` })
      return await readItem(deps, id(context), sightOf(key))
    },
  )
}
