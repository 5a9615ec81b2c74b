import Type, { type Static, type TSchema } from 'typebox'
import { NoticeClass, PartnerClass } from './delivery.ts'
import { MessageKind } from './message.ts'
import { Path, pathTo, Reader } from './readers.ts'

const closed = { additionalProperties: false }

/** A name that an author gives: no control character, and none that an object has already. */
const GIVEN_NAME = String.raw`^(?!__proto__$|constructor$|prototype$)[\p{L}\p{N}][\p{L}\p{N}_.-]{0,62}$`
/** A key that a source gives, such as a code. */
export const ANY_KEY = String.raw`^[^\p{Cc}]{0,300}$`

/** The same schema with its own words about this place. */
const described = <T extends TSchema>(schema: T, description: string) =>
  Type.Unsafe<Static<T>>({ ...schema, description })

/** Named values, at most so many. */
export const namedBy = <T extends TSchema>(
  value: T,
  { names = GIVEN_NAME, max, ...options }: { names?: string; max: number; description?: string },
) => Type.Record(Type.String(), value, { ...options, maxProperties: max, propertyNames: { pattern: names } })

const Cel = (description: string) => Type.String({ title: 'CEL', minLength: 1, maxLength: 2000, description })
const Settings = (description: string) => namedBy(Type.Unknown(), { names: ANY_KEY, max: 100, description })
const Sentence = (description: string) => Type.String({ minLength: 1, maxLength: 500, description })

/** Name in two languages: the console shows `zh`. */
export const Title = Type.Object(
  {
    zh: Type.String({ minLength: 1, maxLength: 100, description: 'Chinese, shown in the console' }),
    en: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'English' })),
  },
  closed,
)

/** A table by its name, or with what happens here to a value that no row lists. */
export const TableUse = Type.Union([
  Type.String({
    minLength: 1,
    maxLength: 100,
    description: 'Name of a code table, or of a built-in one: `$units`, `$areas`, `$categories`',
  }),
  Type.Object(
    {
      table: Type.String({ minLength: 1, maxLength: 100, description: 'Its name' }),
      otherwise: Type.String({
        minLength: 1,
        maxLength: 300,
        description: 'Instead of the table’s own `otherwise`; a built-in table has `quarantine`',
      }),
    },
    closed,
  ),
])
export type TableUse = Static<typeof TableUse>

/**
 * One target field. A plain string is `{ from: <path> }`. Exactly one of `from`, `value`, `join`, `cel` says where the value
 * comes from (a `point` with `x` and `y` needs none); then `match`, `codes`, `as` refine it in this order; `default` stands
 * in for an absent value. A list takes `match` and `codes` per item. Null, blank text and empty lists are absent.
 */
export const FieldRule = Type.Object(
  {
    from: Type.Optional(
      Type.Union([Path, Type.Array(Path, { minItems: 1, maxItems: 10 })], {
        description: 'Path, or several: the first that has a value',
      }),
    ),
    value: Type.Optional(Type.Unknown({ description: 'A constant' })),
    join: Type.Optional(
      Type.Array(Type.Unknown(), {
        minItems: 1,
        maxItems: 20,
        description: 'Fields put together, lists item by item; absent where none of them has a value',
      }),
    ),
    with: Type.Optional(
      Type.String({ maxLength: 50, description: 'What stands between the parts of `join`' }),
    ),
    cel: Type.Optional(Cel('A computed value, in CEL over `record`, or over what a body reads')),
    when: Type.Optional(Cel('CEL: the field is made only where it holds; an absent field makes it false')),
    match: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 500,
        description: 'A regular expression (RE2, linear time): its first group, or the whole match',
      }),
    ),
    codes: Type.Optional(
      described(
        TableUse,
        'Looks the value, or each item of a list, up in a table: its name, or the table with what happens otherwise',
      ),
    ),
    as: Type.Optional(
      described(Reader, 'Reads it as a type: the name of a reader, or the reader with its options'),
    ),
    default: Type.Optional(Type.Unknown({ description: 'Stands in for an absent value' })),
  },
  { ...closed, description: 'One source, then `match`, `codes`, `as` in this order; a plain text is a path' },
)
export type FieldRule = Static<typeof FieldRule>
export const Field = Type.Union([Path, FieldRule])
export type Field = Static<typeof Field>
const Fields = namedBy(Field, {
  names: ANY_KEY,
  max: 200,
  description:
    'Target (`location.address`, `references[0].number`) to field. A reference without number is left out',
})

/** Source value to canonical value, with what happens to a value that no row lists. */
export const CodeTable = Type.Object(
  {
    otherwise: Type.String({
      minLength: 1,
      maxLength: 300,
      description:
        '`quarantine`, `absent` (the field is left out), or the code that unlisted values get; in every case they are seen',
    }),
    table: namedBy(Type.String({ maxLength: 300 }), {
      names: ANY_KEY,
      max: 5000,
      description: 'Source value to value here; quotes around codes made of digits',
    }),
  },
  closed,
)
export type CodeTable = Static<typeof CodeTable>

const RuleWhen = Type.Optional(Cel('CEL over `record`; without it the rule takes every record'))
/** What one record becomes. The first rule whose `when` holds (or has none) is taken. */
export const ForwardRule = Type.Union([
  Type.Object(
    {
      when: RuleWhen,
      into: Type.Literal('report', { description: 'The record is a new report, or a new version of one' }),
      fields: Fields,
    },
    closed,
  ),
  Type.Object(
    {
      when: RuleWhen,
      into: Type.Literal('message', { description: 'The record is about a known report' }),
      kind: MessageKind,
      fields: Fields,
    },
    closed,
  ),
])
export type ForwardRule = Static<typeof ForwardRule>

export const Filter = Type.Object(
  {
    when: Cel('CEL over `record`'),
    reason: Sentence('Shown to whoever looks for the record'),
  },
  closed,
)

export const FeedMapping = Type.Object(
  {
    adapter: Type.String({
      minLength: 1,
      maxLength: 60,
      description: 'The protocol: a folder under adapters/',
    }),
    rank: Type.Integer({
      minimum: 0,
      maximum: 1000,
      description: 'A lower-ranked feed never overwrites a higher one',
    }),
    settings: Type.Optional(Settings('For the adapter; a channel’s own go over them')),
    identity: Type.Array(Field, {
      minItems: 1,
      maxItems: 5,
      description: 'What identifies a record; a hash of the record where no field has a value',
    }),
    ignores: Type.Optional(
      Type.Array(Path, {
        maxItems: 500,
        description: 'Fields that are known and not used; any other new field is shown to an admin',
      }),
    ),
    filters: Type.Optional(
      Type.Array(Filter, { maxItems: 50, description: 'Records that do not count; the first that holds' }),
    ),
    forward: Type.Array(ForwardRule, {
      minItems: 1,
      maxItems: 100,
      description: 'Rules; the first whose `when` holds, or that has none, is taken',
    }),
  },
  closed,
)
export type FeedMapping = Static<typeof FeedMapping>

const ActionWhen = Type.Optional(
  Cel('In a list of actions: CEL over event, case, source, party, channel, code, progressText'),
)
const ActionCode = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 100,
    description: "The party's own status code; a body reads it as `code`",
  }),
)
const Requires = Type.Optional(
  Type.Array(Path, {
    maxItems: 50,
    description: 'Paths that must have a value, else the delivery is blocked, visibly',
  }),
)
const ActionClass = Type.Optional(NoticeClass)

/** What a party is told of one kind of event. */
export const ReverseAction = Type.Union([
  Type.Object(
    {
      action: Type.Literal('call', {
        description:
          'Makes a request. With `reverse.manual: true` in a channel it becomes a task with this `text`, else that of `reverse.manual.text`',
      }),
      when: ActionWhen,
      request: Type.String({ minLength: 1, maxLength: 100, description: 'Name under `reverse.requests`' }),
      code: ActionCode,
      class: ActionClass,
      requires: Requires,
      text: Type.Optional(described(Field, 'Of the task that it becomes in a channel without interface')),
    },
    closed,
  ),
  Type.Object(
    {
      action: Type.Literal('skip', { description: 'Tells nothing; the reason is shown' }),
      when: ActionWhen,
      code: ActionCode,
      reason: Sentence('Why this party is not told'),
    },
    closed,
  ),
  Type.Object(
    {
      action: Type.Literal('task', { description: 'A manual task for a clerk' }),
      when: ActionWhen,
      code: ActionCode,
      class: ActionClass,
      requires: Requires,
      text: described(Field, 'What the clerk pastes'),
      where: Type.Optional(described(Field, 'Where the clerk pastes it')),
    },
    closed,
  ),
])
export type ReverseAction = Static<typeof ReverseAction>

/** One action, or several of which the first whose `when` holds is taken; the last has none. */
export const ReverseActions = Type.Union([
  ReverseAction,
  Type.Array(ReverseAction, { minItems: 1, maxItems: 10 }),
])
export type ReverseActions = Static<typeof ReverseActions>

const Events = (description: string) => namedBy(ReverseActions, { max: 60, description })

/** What the partner's answer to a request means. */
export const ReverseAnswer = Type.Object(
  {
    delivered: Cel('CEL over `status`, `headers`, `body`: they have it'),
    permanent: Type.Optional(Cel('CEL: no further try helps')),
    transient: Type.Optional(Cel('CEL: surely not taken, try again')),
    reference: Type.Optional(pathTo('Path of the partner’s own number for it')),
    detail: Type.Optional(
      Type.Array(Path, {
        maxItems: 5,
        description: "Paths of the partner's own error codes, shown with a refusal; never free text",
      }),
    ),
  },
  closed,
)

/** A call to the partner. `body` is a tree whose leaves are fields over the notice. */
export const ReverseRequest = Type.Object(
  {
    settings: Type.Optional(Settings('For the adapter: method, path, headers')),
    body: Type.Optional(
      Type.Unknown({
        description:
          'A tree: its text leaves are paths, its objects with a field’s keys are fields, numbers and booleans are themselves',
      }),
    ),
    answer: described(ReverseAnswer, 'What comes back, and what it means'),
  },
  closed,
)
export type ReverseRequest = Static<typeof ReverseRequest>

const PARTNERS =
  'After "perhaps taken": it honours our `Idempotency-Key` · can be asked what it has · neither, a person decides'

/** How a `queryable` partner is asked. */
export const ReverseLookup = Type.Object(
  {
    settings: Type.Optional(Settings('For the adapter')),
    body: Type.Optional(Type.Unknown({ description: 'A tree, as in a request' })),
    delivered: Cel('CEL over `status`, `headers`, `body`, `code`, `event`, `source`: their store shows it'),
    absent: Cel('CEL: their store surely lacks it, send again'),
  },
  { ...closed, description: 'How a `queryable` partner is asked after an ambiguous try' },
)

/** Another protocol for the same news: what a system of this platform is told by, where it takes the usual one not. */
export const ReverseWay = Type.Object(
  {
    adapter: Type.String({ minLength: 1, maxLength: 60, description: 'The protocol' }),
    partner: Type.Optional(described(PartnerClass, PARTNERS)),
    settings: Type.Optional(Settings('For the adapter')),
    requests: namedBy(Type.Partial(ReverseRequest, { additionalProperties: false }), {
      max: 50,
      description: 'Every request of the platform: its settings and answer here; its body where it differs',
    }),
    lookup: Type.Optional(ReverseLookup),
  },
  closed,
)

const Handler = Type.Object(
  { events: Events('As `reverse.events`, for cases that were handed to this channel to work on') },
  {
    ...closed,
    description: 'What the channel is told as a handler 承办方; `handles` of its file says of which units',
  },
)
const Manual = Type.Object(
  {
    text: described(Field, 'What the clerk pastes'),
    where: Type.Optional(described(Field, 'Where the clerk pastes it')),
  },
  {
    ...closed,
    description: 'What a clerk pastes, and where, for a channel of this platform that has no interface',
  },
)

export const ReverseMapping = Type.Object(
  {
    adapter: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 60,
        description: 'The protocol; missing where the channel is told by hand or pulls',
      }),
    ),
    partner: described(PartnerClass, PARTNERS),
    pull: Type.Optional(Type.Boolean({ description: 'The channel asks: GET …/events?after=' })),
    settings: Type.Optional(Settings('For the adapter; a channel’s own go over them')),
    events: Events('Case event type to action; `otherwise` for the rest'),
    handler: Type.Optional(Handler),
    manual: Type.Optional(Manual),
    requests: Type.Optional(namedBy(ReverseRequest, { max: 50, description: 'Calls, by name' })),
    lookup: Type.Optional(ReverseLookup),
    ways: Type.Optional(
      namedBy(ReverseWay, {
        max: 10,
        description:
          'Other protocols by which a channel of this platform can be told: `reverse.way` of its file',
      }),
    ),
  },
  closed,
)
export type ReverseMapping = Static<typeof ReverseMapping>

/** A platform's whole mapping, both ways. A channel's overrides are merged over it before it is compiled and versioned. */
export const Mapping = Type.Object(
  {
    platform: Type.String({
      pattern: '^[a-z0-9][a-z0-9-]*$',
      maxLength: 63,
      description: 'Its name: lower case, digits, hyphens',
    }),
    name: described(Title, 'Its name in the console'),
    issuer: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 100,
        description: "Issuer of this platform's numbers; the channel's id where missing",
      }),
    ),
    codes: Type.Optional(namedBy(CodeTable, { max: 200, description: 'Code tables, by name' })),
    feeds: namedBy(FeedMapping, { max: 20, description: 'Vocabularies of the platform, by name' }),
    reverse: described(ReverseMapping, 'What the platform is told of each case event'),
  },
  {
    additionalProperties: false,
    $id: '/schemas/mapping.json',
    title: 'Mapping',
    description: "映射: what a channel's fields and codes mean, both ways",
  },
)
export type Mapping = Static<typeof Mapping>
