/** The review desk 人工复核: what a clerk is asked, shown and told. No person stands in any of it. */
import Type, { type Static, type TSchema } from 'typebox'
import { CaseState } from './case.ts'
import { DeliveryState } from './delivery.ts'
import { CaseNumber, Instant, LongText, ShortText, Uuid } from './primitives.ts'
import { ReportKind, Urgency } from './report.ts'

const closed = { additionalProperties: false }
/** Exactly two of one kind: of the report that asked, and of the case that it may belong to. */
const Two = <S extends TSchema>(schema: S, description?: string) =>
  Type.Unsafe<[Static<S>, Static<S>]>(
    Type.Array(schema, { minItems: 2, maxItems: 2, ...(description !== undefined && { description }) }),
  )
const Probability = Type.Number({ minimum: 0, maximum: 1 })
export const ReviewDecision = Type.Enum(['link', 'different', 'later'], {
  description: '是同一件事 · 不是同一件事 · 稍后再看',
})
export type ReviewDecision = Static<typeof ReviewDecision>

/** Stretches of a text as pairs of UTF-16 offsets: from, up to. */
const Stretches = Type.Array(Two(Type.Integer({ minimum: 0 })))

/** One report as a clerk reads it. */
export const ReviewReport = Type.Object(
  {
    report: Uuid,
    channel: Type.String(),
    channelName: Type.String(),
    externalId: Type.Optional(Type.String()),
    submittedAt: Instant,
    receivedAt: Instant,
    kind: ReportKind,
    category: Type.Optional(Type.String({ description: 'Code and name' })),
    title: Type.Optional(Type.String()),
    text: Type.String({ description: 'Working text: phones and identity numbers lifted out' }),
    address: Type.Optional(Type.String()),
    area: Type.Optional(Type.String({ description: 'Street and community by name' })),
    attachments: Type.Array(Uuid),
    withheld: Type.Boolean({
      description:
        '举报人保密: own number, title, text, address and files are left out for keys without the scope `confidential`',
    }),
    differs: Type.Optional(
      Type.Object(
        { title: Stretches, text: Stretches },
        { ...closed, description: 'What the other side does not say' },
      ),
    ),
  },
  closed,
)
export type ReviewReport = Static<typeof ReviewReport>

/** What one source was told last. */
export const ReviewTold = Type.Object(
  {
    report: Uuid,
    channelName: Type.String(),
    eventType: Type.Optional(Type.String({ description: 'Missing: it was told nothing yet' })),
    stateAfter: Type.Optional(CaseState),
    code: Type.Optional(Type.String({ description: "In the party's own code" })),
    at: Type.Optional(Instant),
    underWay: Type.Optional(
      Type.Enum(DeliveryState.enum, { description: 'State of a newer notice that has not arrived' }),
    ),
  },
  closed,
)
export type ReviewTold = Static<typeof ReviewTold>

/** One of the two: a case, the report that is compared, and what else it holds. */
export const ReviewSide = Type.Object(
  {
    case: CaseNumber,
    state: CaseState,
    kind: ReportKind,
    category: Type.Optional(Type.String({ description: 'Code and name' })),
    urgency: Urgency,
    sensitive: Type.Boolean(),
    confidential: Type.Boolean(),
    openedAt: Instant,
    closedAt: Type.Optional(Instant),
    dueAt: Type.Optional(Instant),
    people: Type.Integer({ minimum: 0, description: 'Known persons; anonymous reports are not among them' }),
    channels: Type.Integer({ minimum: 0 }),
    reports: Type.Integer({ minimum: 0 }),
    compared: ReviewReport,
    others: Type.Array(ReviewReport, { description: 'First and newest of the others, at most six' }),
    told: Type.Array(ReviewTold),
  },
  closed,
)
export type ReviewSide = Static<typeof ReviewSide>

export const ReviewPart = Type.Object(
  {
    field: Type.String(),
    level: Type.String(),
    weight: Type.Number({ description: 'Bits for (+) or against (−) one matter' }),
    zh: Type.String(),
    en: Type.String(),
  },
  closed,
)
export type ReviewPart = Static<typeof ReviewPart>

/** Something a clerk said before about a report of one of the sides. */
export const ReviewVerdict = Type.Object(
  {
    verdict: Type.Enum(['same', 'different']),
    between: Type.Array(CaseNumber, { description: 'Where the reports stand now' }),
    by: Type.String(),
    at: Instant,
    reason: Type.Optional(Type.String()),
    undoneAt: Type.Optional(Instant),
  },
  closed,
)
export type ReviewVerdict = Static<typeof ReviewVerdict>

/** How an item was answered, or came to need no answer. */
export const ReviewOutcome = Type.Object(
  {
    decision: Type.Enum(['link', 'different', 'later', 'obsolete'], {
      description: 'obsolete: nobody answered it, one side moved',
    }),
    clerk: Type.Optional(Type.String()),
    at: Type.Optional(Instant),
    case: Type.Optional(
      Type.Object(
        { number: CaseNumber, from: Type.Optional(CaseNumber) },
        { ...closed, description: 'link: the case that holds both, and the one that went into it' },
      ),
    ),
    until: Type.Optional(Instant),
    also: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Other questions that this answered as well' }),
    ),
  },
  closed,
)
export type ReviewOutcome = Static<typeof ReviewOutcome>

export const ReviewItem = Type.Object(
  {
    id: Uuid,
    askedAt: Instant,
    worth: Type.Optional(Type.Number({ description: 'Left out where a confidential caller is withheld' })),
    probability: Probability,
    score: Type.Number({ description: 'Sum of the parts in bits' }),
    model: Type.String(),
    reason: Type.String({ description: 'The field that speaks most for one matter' }),
    parts: Type.Array(ReviewPart, { description: 'What speaks most for one matter first' }),
    summary: Type.Object({ zh: Type.String(), en: Type.String() }, closed),
    distanceM: Type.Optional(Type.Number({ minimum: 0 })),
    sides: Two(ReviewSide, 'The report that asked with its case, and the case that it may belong to'),
    verdicts: Type.Array(ReviewVerdict),
    taken: Type.Optional(
      Type.Object(
        { clerk: Type.String(), until: Instant },
        { ...closed, description: 'Who looks at it now' },
      ),
    ),
    heldUntil: Type.Optional(
      Type.Unsafe<string>({
        ...Instant,
        description: 'The dispatch does not hear of the first case before an answer, or before then',
      }),
    ),
    laterUntil: Type.Optional(Instant),
    laterBy: Type.Optional(Type.String({ description: 'The clerk who put it off last' })),
    outcome: Type.Optional(ReviewOutcome),
  },
  {
    ...closed,
    $id: '/schemas/review-item.json',
    title: 'ReviewItem',
    description: '待复核: two sides that may be one matter, why, and what was told to whom',
  },
)
export type ReviewItem = Static<typeof ReviewItem>

const Clerk = Type.String({
  minLength: 1,
  maxLength: 100,
  pattern: '^\\S(?:.*\\S)?$',
  description: 'Number of the clerk, no name',
})
const Area = Type.String({
  minLength: 1,
  maxLength: 30,
  description: 'Code of a district, street or community',
})

/** Which items. All that are given must hold. */
export const ReviewFilter = Type.Object(
  {
    channel: Type.Optional(Type.String({ maxLength: 63, description: 'Channel of the report that asked' })),
    area: Type.Optional(Area),
    category: Type.Optional(
      Type.String({ minLength: 1, maxLength: 100, description: 'Category of the report, or its beginning' }),
    ),
    olderThanH: Type.Optional(Type.Integer({ minimum: 1, maximum: 8760, description: 'Asked so long ago' })),
  },
  closed,
)
export type ReviewFilter = Static<typeof ReviewFilter>

/** Takes the next items for a clerk: nobody else gets them until they are answered or `forS` is over. */
export const ReviewTake = Type.Object(
  {
    clerk: Clerk,
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 20, description: '1 where missing' })),
    except: Type.Optional(
      Type.Array(Uuid, { maxItems: 50, description: 'Items that the clerk has already, or passes over' }),
    ),
    filter: Type.Optional(ReviewFilter),
  },
  closed,
)
export type ReviewTake = Static<typeof ReviewTake>

export const ReviewAnswer = Type.Object(
  {
    decision: ReviewDecision,
    clerk: Clerk,
    eventId: Type.String({ minLength: 1, maxLength: 200, description: 'Makes a repeat harmless' }),
    note: Type.Optional(Type.String({ maxLength: 2000, description: 'Stays inside' })),
    until: Type.Optional(
      Type.Unsafe<string>({
        ...Instant,
        description: 'Of `later`: at most 30 days ahead; one day where missing',
      }),
    ),
    next: Type.Optional(
      Type.Unsafe<{ filter?: ReviewFilter; except?: string[] }>(
        Type.Object(
          { filter: Type.Optional(ReviewFilter), except: Type.Optional(Type.Array(Uuid, { maxItems: 50 })) },
          { ...closed, description: 'The item to take next, given with the answer' },
        ),
      ),
    ),
  },
  closed,
)
export type ReviewAnswer = Static<typeof ReviewAnswer>

export const ReviewUndo = Type.Object(
  {
    clerk: Clerk,
    eventId: Type.String({ minLength: 1, maxLength: 200, description: 'Makes a repeat harmless' }),
    note: Type.Optional(ShortText),
  },
  closed,
)
export type ReviewUndo = Static<typeof ReviewUndo>

/** An item as the list has it: no texts. */
export const ReviewLine = Type.Object(
  {
    id: Uuid,
    askedAt: Instant,
    worth: Type.Optional(Type.Number({ description: 'Left out where a confidential caller is withheld' })),
    probability: Probability,
    reason: Type.String(),
    channel: Type.String(),
    externalId: Type.Optional(Type.String()),
    cases: Two(CaseNumber),
    states: Two(CaseState),
    category: Type.Optional(Type.String()),
    titles: Two(LongText, 'Empty where withheld'),
    heldUntil: Type.Optional(Instant),
    taken: Type.Optional(Type.Object({ clerk: Type.String(), until: Instant }, closed)),
  },
  closed,
)
export type ReviewLine = Static<typeof ReviewLine>

/** What waits, and how clerks and machine agree. */
export const ReviewFigures = Type.Object(
  {
    waiting: Type.Integer({ minimum: 0 }),
    later: Type.Integer({ minimum: 0, description: 'Put off by a clerk; not among those waiting' }),
    oldest: Type.Optional(Instant),
    byReason: Type.Record(Type.String(), Type.Integer({ minimum: 0 })),
    decidedToday: Type.Object(
      { same: Type.Integer(), different: Type.Integer() },
      { ...closed, description: 'Since midnight in Asia/Shanghai; undone ones left out' },
    ),
    agreement: Type.Array(
      Type.Object(
        {
          from: Probability,
          to: Probability,
          answers: Type.Integer({ minimum: 0 }),
          same: Type.Integer({ minimum: 0 }),
        },
        closed,
      ),
      { description: "The machine's probability against clerks' answers, in ten bins" },
    ),
  },
  closed,
)
export type ReviewFigures = Static<typeof ReviewFigures>
