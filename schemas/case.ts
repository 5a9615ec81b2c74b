import Type, { type Static } from 'typebox'
import {
  Attachment,
  CaseNumber,
  Code,
  Instant,
  LongText,
  Reference,
  ShortText,
  TimeLimit,
  Uuid,
} from './primitives.ts'
import { Evaluation, Solved } from './message.ts'
import { Location, ReportKind, Urgency } from './report.ts'

export const CaseState = Type.Enum(
  [
    'received',
    'checking',
    'registered',
    'rejected',
    'answered',
    'dispatched',
    'signed',
    'processing',
    'resolved',
    'verified',
    'followed_up',
    'closed',
    'suspended',
    'reopened',
  ],
  {
    description:
      '预受理 · 核实 · 受理/立案 · 不予受理 · 直接答复 · 已派遣 · 已签收 · 处置中 · 办结 · 已核查 · 已回访 · 结案归档 · 挂起 · 重办',
  },
)
export type CaseState = Static<typeof CaseState>

/** 简易 | 一般 */
export const Flow = Type.Enum(['simple', 'general'], { description: '简易 · 一般' })
export type Flow = Static<typeof Flow>

/** Events that move the state. `returned` 退回 puts the case back to registered; `resumed` back to where it was suspended. */
export const StateEventType = Type.Enum([...CaseState.enum, 'returned', 'resumed'])
export type StateEventType = Static<typeof StateEventType>

/** Events that change no state. */
export const PlainEventType = Type.Enum(
  [
    'linked',
    'merged',
    'split',
    'supplemented',
    'urged',
    'withdrawn',
    'transferred',
    'extended',
    'escalated',
    'noted',
    'evaluated',
  ],
  { description: '关联 · 并案 · 拆案 · 补充 · 催办 · 撤诉 · 转派 · 延期 · 督办 · 进展 · 评价' },
)
export type PlainEventType = Static<typeof PlainEventType>

/** One list, so that a wrong type is answered with all that there are. */
export const CaseEventType = Type.Enum([...StateEventType.enum, ...PlainEventType.enum])
export type CaseEventType = Static<typeof CaseEventType>

/** Reason code of a note by the gateway: a stored record was read otherwise; nobody said anything, so no party is told. */
export const REMAPPED = 'remapped'

/** Of a state said anew by the gateway, for sources that came back to the case. The others know it. */
export const RESTATED = 'restated'
/** Of a `returned` by the gateway: a joining was undone that had withdrawn the case's assignments. */
export const UNJOINED = 'merge-undone'
/** Of a note: the case follows a closed one, `otherCase`, in its chain from now on. */
export const CHAINED = 'chained'

/** Who did it: never a person's name. */
export const Actor = Type.Object(
  {
    kind: Type.Enum(['gateway', 'dispatch', 'unit', 'clerk', 'channel'], {
      description: 'channel: the source or its citizen said so',
    }),
    id: Type.Optional(Type.String({ maxLength: 200, description: 'Key name, channel id or clerk number' })),
    unitCode: Type.Optional(Code),
  },
  { additionalProperties: false },
)
export type Actor = Static<typeof Actor>

/** 承办: the lead unit 主办 or a co-handler 协办 with its own clock and state. */
export const Assignment = Type.Object(
  {
    unitCode: Code,
    role: Type.Enum(['lead', 'co'], { description: '主办 · 协办' }),
    state: Type.Enum(['dispatched', 'signed', 'processing', 'resolved', 'returned', 'withdrawn']),
    limit: Type.Optional(TimeLimit),
    dueAt: Type.Optional(Instant),
    dispatchedAt: Type.Optional(Instant),
    signedAt: Type.Optional(Instant),
    resolvedAt: Type.Optional(Instant),
    returnedAt: Type.Optional(Instant),
  },
  {
    additionalProperties: false,
    $id: '/schemas/assignment.json',
    title: 'Assignment',
    description: '派单: one unit and its part of the case',
  },
)
export type Assignment = Static<typeof Assignment>

/** What a later report of a case says that was not known before. */
export const CaseFact = Type.Enum(
  ['photo', 'file', 'address', 'house-number', 'point', 'area', 'component', 'category'],
  { description: '照片 · 附件 · 地址 · 门牌号 · 坐标 · 区域 · 部件 · 分类' },
)
export type CaseFact = Static<typeof CaseFact>

/** What an event carries beside its type and times. No person. */
export const CaseEventContent = Type.Object(
  {
    reasonCode: Type.Optional(Code),
    publicText: Type.Optional(Type.String({ maxLength: 20_000, description: 'For the citizen' })),
    internalNote: Type.Optional(
      Type.String({ maxLength: 20_000, description: 'Never sent unless a mapping says so' }),
    ),
    attachments: Type.Optional(Type.Array(Attachment, { maxItems: 50 })),
    answer: Type.Optional(Type.String({ maxLength: 100_000, description: '答复' })),
    substantiated: Type.Optional(Type.Boolean({ description: '是否属实' })),
    solved: Type.Optional(Solved),
    contactedAt: Type.Optional(Instant),
    flow: Type.Optional(Flow),
    leadUnit: Type.Optional(Code),
    coUnits: Type.Optional(Type.Array(Code, { maxItems: 30 })),
    limit: Type.Optional(TimeLimit),
    dueAt: Type.Optional(Instant),
    unitCode: Type.Optional(
      Type.String({
        maxLength: 100,
        description: 'The unit whose assignment this is about; the lead where missing',
      }),
    ),
    part: Type.Optional(
      Type.Boolean({
        description: "Set by the gateway: only one unit's assignment moved, the case stayed where it was",
      }),
    ),
    decision: Type.Optional(Type.Enum(['requested', 'granted', 'refused'])),
    evaluation: Type.Optional(Evaluation),
    report: Type.Optional(Type.String({ maxLength: 60, description: 'The report that this event is about' })),
    otherCase: Type.Optional(
      Type.String({
        maxLength: 60,
        description: 'Of `merged` and `split`: the number of the case that reports came from or went to',
      }),
    ),
    stopped: Type.Optional(
      Type.Array(Code, {
        maxItems: 100,
        description: 'Set by the gateway, of `merged` in the joined case: units that are told to stop 撤单',
      }),
    ),
    continuedBy: Type.Optional(
      Type.Array(Code, {
        maxItems: 100,
        description:
          'Set by the gateway, of `merged` in the joined case: its units that are at work on the other one too',
      }),
    ),
    category: Type.Optional(Code),
    facts: Type.Optional(
      Type.Array(CaseFact, {
        maxItems: 10,
        description: 'Of `supplemented` by the gateway: what the report adds; the case has taken it over',
      }),
    ),
  },
  { additionalProperties: false },
)
export type CaseEventContent = Static<typeof CaseEventContent>

export const CaseEvent = Type.Object(
  {
    id: Uuid,
    case: CaseNumber,
    sequence: Type.Integer({ minimum: 1 }),
    type: CaseEventType,
    eventId: Type.String({
      minLength: 1,
      maxLength: 200,
      description: "The caller's own id: a repeat is harmless",
    }),
    actor: Actor,
    occurredAt: Instant,
    recordedAt: Instant,
    stateAfter: CaseState,
    content: CaseEventContent,
  },
  {
    additionalProperties: false,
    $id: '/schemas/case-event.json',
    title: 'CaseEvent',
    description: '流转记录: append-only; the only way a case changes',
  },
)
export type CaseEvent = Static<typeof CaseEvent>

/** What the dispatch sends to append an event. */
export const NewCaseEvent = Type.Object(
  {
    eventId: Type.String({ minLength: 1, maxLength: 200 }),
    type: CaseEventType,
    occurredAt: Instant,
    unitCode: Type.Optional(Type.String({ maxLength: 100, description: 'The acting unit' })),
    expectedSequence: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Refused with 409 when the case has moved on' }),
    ),
    content: Type.Optional(CaseEventContent),
  },
  { additionalProperties: false, $id: '/schemas/new-case-event.json', title: 'NewCaseEvent' },
)
export type NewCaseEvent = Static<typeof NewCaseEvent>

/** One report's own entry, as the dispatch sees it: no person. */
export const Source = Type.Object(
  {
    report: Uuid,
    channel: Type.String(),
    channelName: Type.Optional(Type.String()),
    externalId: Type.String(),
    submittedAt: Instant,
    kind: ReportKind,
    title: Type.Optional(Type.String()),
    text: Type.String({ description: 'Working text: phones and identity numbers lifted out' }),
    version: Type.Integer({ minimum: 1 }),
    /** The source's own time limit, by which it is measured. */
    dueAt: Type.Optional(Instant),
    references: Type.Optional(Type.Array(Reference)),
    attachments: Type.Optional(
      Type.Array(Attachment, {
        description: 'With neutral names; GET /v1/dispatch/files/{id} has the bytes',
      }),
    ),
  },
  { additionalProperties: false },
)
export type Source = Static<typeof Source>

/** 人、渠道、诉求分开计数. */
export const CaseCounts = Type.Object(
  {
    reports: Type.Integer({ minimum: 0, description: '诉求数' }),
    channels: Type.Integer({ minimum: 0, description: '渠道数' }),
    people: Type.Integer({ minimum: 0, description: '人数: known persons, each once' }),
    unknownPeople: Type.Integer({
      minimum: 0,
      description: 'Reports of whose reporter nothing is known: how many people they are cannot be said',
    }),
  },
  { additionalProperties: false },
)
export type CaseCounts = Static<typeof CaseCounts>

export const Case = Type.Object(
  {
    number: CaseNumber,
    chain: Type.String({ maxLength: 60 }),
    predecessor: Type.Optional(CaseNumber),
    /** 并案: the case that took over its reports. It takes no events itself. */
    mergedInto: Type.Optional(CaseNumber),
    flow: Type.Optional(Flow),
    state: CaseState,
    sequence: Type.Integer({ minimum: 1 }),
    kind: ReportKind,
    category: Type.Optional(Code),
    title: Type.Optional(ShortText),
    text: LongText,
    location: Type.Optional(Location),
    urgency: Urgency,
    sensitive: Type.Boolean(),
    confidential: Type.Boolean({ description: 'A source asked for confidentiality: contacts are withheld' }),
    tags: Type.Array(Code),
    openedAt: Instant,
    closedAt: Type.Optional(Instant),
    /** The strictest of its sources' own time limits. */
    dueAt: Type.Optional(Instant),
    counts: CaseCounts,
    assignments: Type.Array(Assignment),
    sources: Type.Array(Source, {
      description:
        'In the list of news the newest fifty, and the one that the event is about; in a case read by its number all. `counts` has how many there are.',
    }),
  },
  {
    additionalProperties: false,
    $id: '/schemas/case.json',
    title: 'Case',
    description: '事件 / 案件: the one matter that is dispatched',
  },
)
export type Case = Static<typeof Case>

/** A case handed to the dispatch, and what made it appear in the list. */
export const DispatchItem = Type.Object(
  { cursor: Type.String(), event: CaseEvent, case: Case, allowed: Type.Array(Type.String()) },
  { additionalProperties: false, $id: '/schemas/dispatch-item.json', title: 'DispatchItem' },
)
export type DispatchItem = Static<typeof DispatchItem>

/** Who to call about a case. Withheld whole where confidential; each reading is recorded. */
export const Contact = Type.Object(
  {
    report: Uuid,
    channel: Type.String(),
    withheld: Type.Boolean(),
    reason: Type.Optional(Type.String()),
    name: Type.Optional(Type.String()),
    phone: Type.Optional(Type.String()),
    email: Type.Optional(Type.String()),
  },
  { additionalProperties: false, $id: '/schemas/contact.json', title: 'Contact' },
)
export type Contact = Static<typeof Contact>
