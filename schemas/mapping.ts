import Type, { type Static } from 'typebox'
import { PartnerClass, NoticeClass } from './delivery.ts'
import { MessageKind } from './message.ts'

/**
 * Path into a record or a notice: `a.b`, `a[0].b`, `'odd key'.b`. In a feed `$record`, `$receivedAt`, `$channel` and `$feed` read
 * what surrounds the record; in `reverse` a path starts with `event`, `case`, `source`, `party`, `channel`, `code` or
 * `progressText`; in a body and in `requires` also with `reporter`.
 */
const Path = Type.String({ minLength: 1, maxLength: 300 })
/** Name in two languages: the console shows `zh`. */
export const Title = Type.Object(
  { zh: Type.String({ minLength: 1 }), en: Type.Optional(Type.String({ minLength: 1 })) },
  { additionalProperties: false },
)

/** Typed readers (`as:`), what each makes of a source value. In `reverse`, `datetime` and `boolean` write instead of read. */
export const ReaderName = Type.Enum([
  'text',
  'datetime',
  'point',
  'phone',
  'html',
  'number',
  'boolean',
  'attachments',
  'list',
])
export type ReaderName = Static<typeof ReaderName>

export const Reader = Type.Union([
  ReaderName,
  Type.Object(
    {
      reader: ReaderName,
      format: Type.Optional(
        Type.Union([Type.String(), Type.Array(Type.String(), { minItems: 1 })], {
          description:
            'datetime: patterns of y M d H m s S, or `iso` (where missing), `epoch-s`, `epoch-ms`, `rfc822`; the first that fits',
        }),
      ),
      zone: Type.Optional(
        Type.String({ description: 'datetime without offset; Asia/Shanghai where missing' }),
      ),
      system: Type.Optional(
        Type.String({
          description:
            'point: its coordinate system; `$path` reads it from the record, through the table that `codes` names',
        }),
      ),
      x: Type.Optional(Path),
      y: Type.Optional(Path),
      true: Type.Optional(Type.Array(Type.String())),
      false: Type.Optional(Type.Array(Type.String())),
      separator: Type.Optional(Type.String({ description: 'list: where the value is one string' })),
      name: Type.Optional(Path),
      url: Type.Optional(Path),
    },
    { additionalProperties: false },
  ),
])
export type Reader = Static<typeof Reader>

/**
 * One target field. A plain string is `{ from: <path> }`. Exactly one of `from`, `value`, `join`, `cel` says where the value
 * comes from (a `point` with `x` and `y` needs none); then `match`, `codes`, `as` refine it in this order; `default` stands
 * in for an absent value. A list takes `codes` per item. Null, blank text and empty lists are absent.
 */
export const FieldRule = Type.Object(
  {
    from: Type.Optional(
      Type.Union([Path, Type.Array(Path, { minItems: 1, maxItems: 10 })], {
        description: 'Path, or several to fall back over',
      }),
    ),
    value: Type.Optional(Type.Unknown({ description: 'A constant' })),
    join: Type.Optional(
      Type.Array(Type.Unknown(), { minItems: 1, maxItems: 20, description: 'Fields put together' }),
    ),
    with: Type.Optional(Type.String({ description: 'join: what stands between' })),
    cel: Type.Optional(Type.String({ minLength: 1, maxLength: 2000, description: 'Computed field, CEL' })),
    when: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 2000,
        description: 'The field is made only where this CEL holds',
      }),
    ),
    match: Type.Optional(
      Type.String({ maxLength: 500, description: 'RE2 regex; its first group, or the whole match' }),
    ),
    codes: Type.Optional(Type.String({ description: 'Name of a code table' })),
    as: Type.Optional(Reader),
    default: Type.Optional(Type.Unknown()),
  },
  { additionalProperties: false },
)
export type FieldRule = Static<typeof FieldRule>
export const Field = Type.Union([Path, FieldRule])
export type Field = Static<typeof Field>
const Fields = Type.Record(Type.String({ minLength: 1 }), Field, {
  description:
    'Target path (`location.address`, `references[0].number`) to field. A reference without number is left out',
})

/** Source value to canonical value, with what happens to a value that no row lists. */
export const CodeTable = Type.Object(
  {
    otherwise: Type.String({
      minLength: 1,
      description:
        '`quarantine`, `absent` (the field is left out), or the code that unlisted values get; in every case they are seen',
    }),
    table: Type.Record(Type.String(), Type.String()),
  },
  { additionalProperties: false },
)
export type CodeTable = Static<typeof CodeTable>

/** What one record becomes. The first rule whose `when` holds (or has none) is taken. */
export const ForwardRule = Type.Union([
  Type.Object(
    { when: Type.Optional(Type.String()), into: Type.Literal('report'), fields: Fields },
    { additionalProperties: false },
  ),
  Type.Object(
    { when: Type.Optional(Type.String()), into: Type.Literal('message'), kind: MessageKind, fields: Fields },
    { additionalProperties: false },
  ),
])
export type ForwardRule = Static<typeof ForwardRule>

export const FeedMapping = Type.Object(
  {
    adapter: Type.String({ description: 'Folder name under adapters/' }),
    rank: Type.Integer({
      minimum: 0,
      maximum: 1000,
      description: 'A lower-ranked feed never overwrites a higher one',
    }),
    settings: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    identity: Type.Array(Field, {
      minItems: 1,
      maxItems: 5,
      description: 'What identifies a record; its hash where no field has a value',
    }),
    ignores: Type.Optional(
      Type.Array(Path, {
        description: 'Top-level fields that are known and not used; any other new field is shown to an admin',
      }),
    ),
    filters: Type.Optional(
      Type.Array(
        Type.Object(
          { when: Type.String(), reason: Type.String({ minLength: 1 }) },
          { additionalProperties: false },
        ),
      ),
    ),
    forward: Type.Array(ForwardRule, { minItems: 1 }),
  },
  { additionalProperties: false },
)
export type FeedMapping = Static<typeof FeedMapping>

/** What a party is told of one kind of event. */
export const ReverseAction = Type.Union([
  Type.Object(
    {
      action: Type.Literal('call'),
      request: Type.String({ description: 'Name under reverse.requests' }),
      code: Type.Optional(Type.String({ description: "The party's own status code" })),
      class: Type.Optional(NoticeClass),
      requires: Type.Optional(
        Type.Array(Path, {
          description: 'Paths that must have a value, else the delivery is blocked, visibly',
        }),
      ),
      text: Type.Optional(Field),
    },
    {
      additionalProperties: false,
      description:
        'In a channel with `reverse.manual: true` it becomes a task with this `text`, else that of `reverse.manual.text`',
    },
  ),
  Type.Object(
    {
      action: Type.Literal('skip'),
      code: Type.Optional(Type.String()),
      reason: Type.String({ minLength: 1 }),
    },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      action: Type.Literal('task'),
      code: Type.Optional(Type.String()),
      class: Type.Optional(NoticeClass),
      requires: Type.Optional(Type.Array(Path)),
      text: Field,
      where: Type.Optional(Field),
    },
    { additionalProperties: false },
  ),
])
export type ReverseAction = Static<typeof ReverseAction>

/** A call to the partner. `body` is a tree whose leaves are fields over the notice. */
export const ReverseRequest = Type.Object(
  {
    settings: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { description: 'For the adapter: method, path, headers' }),
    ),
    body: Type.Optional(Type.Unknown()),
    answer: Type.Object(
      {
        delivered: Type.String({ description: 'CEL over status, headers, body: they have it' }),
        permanent: Type.Optional(Type.String({ description: 'CEL: no further try helps' })),
        transient: Type.Optional(Type.String({ description: 'CEL: surely not taken, try again' })),
        reference: Type.Optional(Path),
        detail: Type.Optional(
          Type.Array(Path, {
            maxItems: 5,
            description: "The partner's own error codes, shown with a refusal; never free text",
          }),
        ),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
)
export type ReverseRequest = Static<typeof ReverseRequest>

/** How a `queryable` partner is asked. */
const ReverseLookup = Type.Object(
  {
    settings: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    body: Type.Optional(Type.Unknown()),
    delivered: Type.String({
      description: 'CEL over status, headers, body, code: their store shows it',
    }),
    absent: Type.String({ description: 'CEL: their store surely lacks it, send again' }),
  },
  {
    additionalProperties: false,
    description: 'How a `queryable` partner is asked after an ambiguous try',
  },
)

/** Another protocol for the same news: what a system of this platform is told by, where it takes the usual one not. */
const ReverseWay = Type.Object(
  {
    adapter: Type.String(),
    partner: Type.Optional(PartnerClass),
    settings: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    requests: Type.Record(Type.String(), Type.Partial(ReverseRequest), {
      description: 'Every request of the platform: its settings and answer here; its body where it differs',
    }),
    lookup: Type.Optional(ReverseLookup),
  },
  { additionalProperties: false },
)

export const ReverseMapping = Type.Object(
  {
    adapter: Type.Optional(
      Type.String({ description: 'Missing where the channel is told by hand or pulls' }),
    ),
    partner: PartnerClass,
    pull: Type.Optional(Type.Boolean({ description: 'The channel asks: GET …/events?after=' })),
    settings: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    events: Type.Record(Type.String(), ReverseAction, {
      description: 'Case event type to action; `otherwise` for the rest',
    }),
    handler: Type.Optional(
      Type.Object(
        {
          events: Type.Record(Type.String(), ReverseAction, {
            description: 'As `events`, for cases that were handed to this channel to work on',
          }),
        },
        {
          additionalProperties: false,
          description:
            'What the channel is told as a handler 承办方; `handles` of its file says of which units',
        },
      ),
    ),
    manual: Type.Optional(
      Type.Object(
        { text: Field, where: Type.Optional(Field) },
        {
          additionalProperties: false,
          description: 'What a clerk pastes, and where, for a channel of this platform that has no interface',
        },
      ),
    ),
    requests: Type.Optional(Type.Record(Type.String(), ReverseRequest)),
    lookup: Type.Optional(ReverseLookup),
    ways: Type.Optional(
      Type.Record(Type.String(), ReverseWay, {
        description:
          'Other protocols by which a channel of this platform can be told: `reverse.way` of its file',
      }),
    ),
  },
  { additionalProperties: false },
)
export type ReverseMapping = Static<typeof ReverseMapping>

/** A platform's whole mapping, both ways. A channel's overrides are merged over it before it is compiled and versioned. */
export const Mapping = Type.Object(
  {
    platform: Type.String({ pattern: '^[a-z0-9][a-z0-9-]*$' }),
    name: Title,
    issuer: Type.Optional(
      Type.String({ description: "Issuer of this platform's numbers; the channel's id where missing" }),
    ),
    codes: Type.Optional(Type.Record(Type.String(), CodeTable)),
    feeds: Type.Record(Type.String(), FeedMapping),
    reverse: ReverseMapping,
  },
  {
    additionalProperties: false,
    $id: '/schemas/mapping.json',
    title: 'Mapping',
    description: "映射: what a channel's fields and codes mean, both ways",
  },
)
export type Mapping = Static<typeof Mapping>
