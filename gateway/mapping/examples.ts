import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import Type, { type Static } from 'typebox'
import type { Notice } from '../../schemas/delivery.ts'
import type { CompiledMapping } from './compile.ts'
import { FaultList, MappingDefinitionError } from './definition-error.ts'
import type { ReverseInput } from './reverse.ts'
import type { UnknownValue } from './run.ts'
import { isObject } from './value.ts'
import { compileValidator, explainErrors } from './validation.ts'
import { readYamlDocuments, type YamlDocument } from './yaml-file.ts'

/**
 * Examples beside a platform's mapping (`examples/*.yaml`, one or several documents a file): input and expected output, in both
 * directions. They are the mapping's tests and its documentation.
 */
const Tree = Type.Record(Type.String(), Type.Unknown())
const ForwardExample = Type.Object(
  {
    about: Type.String({ minLength: 1 }),
    feed: Type.String(),
    record: Type.Unknown(),
    receivedAt: Type.Optional(Type.String({ format: 'date-time' })),
    expect: Tree,
  },
  { additionalProperties: false },
)
const Judged = Type.Object(
  {
    status: Type.Integer(),
    headers: Type.Optional(Type.Record(Type.String(), Type.String())),
    body: Type.Optional(Type.Unknown()),
    outcome: Type.Enum(['delivered', 'permanent', 'transient', 'undecided', 'absent', 'unknown']),
  },
  { additionalProperties: false },
)
const ReverseExample = Type.Object(
  {
    about: Type.String({ minLength: 1 }),
    event: Tree,
    case: Type.Optional(Tree),
    source: Type.Optional(Tree),
    party: Type.Optional(Tree),
    reporter: Type.Optional(Tree),
    settings: Type.Optional(Tree),
    progressText: Type.Optional(Type.String()),
    manual: Type.Optional(Type.Boolean({ description: 'As a channel without interface' })),
    way: Type.Optional(Type.String({ description: 'As a channel that is told by this way' })),
    expect: Tree,
    answers: Type.Optional(Type.Array(Judged, { description: 'Answers to the call, and what they mean' })),
    lookups: Type.Optional(
      Type.Array(Judged, { description: 'Answers to the look-up after an ambiguous try' }),
    ),
  },
  { additionalProperties: false },
)
export type ForwardExample = Static<typeof ForwardExample>
export type ReverseExample = Static<typeof ReverseExample>
export type Example = ({ kind: 'forward' } & ForwardExample) | ({ kind: 'reverse' } & ReverseExample)

const validateForward = compileValidator<ForwardExample>(ForwardExample)
const validateReverse = compileValidator<ReverseExample>(ReverseExample)

/** Reads a folder of examples. Throws MappingDefinitionError for one that is no example. */
export async function loadExamples(folder: string): Promise<Example[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).toSorted()
  const documents = await Promise.all(files.map((name) => readYamlDocuments(join(folder, name))))
  return documents.flat().map(readExample)
}

/** Throws MappingDefinitionError where the document is no example. */
export function readExample({ value, place }: YamlDocument): Example {
  const isForward = isObject(value) && 'record' in value
  if (isForward && validateForward(value)) return { kind: 'forward', ...value }
  if (!isForward && validateReverse(value)) return { kind: 'reverse', ...value }
  const faults = new FaultList(place)
  for (const { pointer, detail } of explainErrors(
    (isForward ? validateForward.errors : validateReverse.errors) ?? [],
  ))
    faults.add(pointer, detail)
  throw new MappingDefinitionError(faults.faults)
}

/** An example's expectation beside what the mapping made, cut to the keys that the expectation names. */
export interface ExampleResult {
  readonly expected: unknown
  readonly actual: unknown
}

/** What came out otherwise than expected, or could not be run at all. */
export interface FailedExample extends ExampleResult {
  readonly about: string
}

/** Runs examples; empty where all hold. */
export function failedExamples(mapping: CompiledMapping, examples: readonly Example[]): FailedExample[] {
  return examples.flatMap((example) => {
    const { about } = example
    try {
      const { expected, actual } = runExample(mapping, example)
      return isDeepStrictEqual(plain(expected), plain(actual)) ? [] : [{ about, expected, actual }]
    } catch (cause) {
      return [{ about, expected: example.expect, actual: cause instanceof Error ? cause.message : 'unknown' }]
    }
  })
}

/** As JSON has it: what is undefined is not there. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null))

const CHANNEL = 'sample'

export function runExample(mapping: CompiledMapping, example: Example): ExampleResult {
  return example.kind === 'forward' ? runForward(mapping, example) : runReverse(mapping, example)
}

function runForward(mapping: CompiledMapping, example: ForwardExample): ExampleResult {
  const feed = mapping.feeds[example.feed]
  if (feed === undefined)
    throw new Error(`Example "${example.about}" names the feed "${example.feed}", which the mapping has not.`)
  const receivedAt = new Date(example.receivedAt ?? '2026-11-22T04:00:00Z')
  const made = feed.map(example.record, { channelId: CHANNEL, feed: example.feed, receivedAt })
  // What quarantines a record is its reason; of what is taken, everything unknown is said.
  const expected = made.kind === 'quarantined' ? example.expect : { unknown: [], ...example.expect }
  return { expected: withNamed(expected), actual: namedOf(withNamed({ unknown: [], ...made }), expected) }
}

/** An example names unknown values by table and value. */
function withNamed(side: { [key: string]: unknown }): { [key: string]: unknown } {
  if (!Array.isArray(side['unknown'])) return side
  const unknown = (side['unknown'] as UnknownValue[]).map(({ table, value }) => ({ table, value }))
  return { ...side, unknown }
}

/** A report's content is compared whole; of a reason only what is named. */
function namedOf(made: { [key: string]: unknown }, expected: { [key: string]: unknown }): unknown {
  const kept = Object.keys(expected).map((key) => {
    const [value, wanted] = [made[key], expected[key]]
    return [
      key,
      key === 'reason' && isObject(value) && isObject(wanted) ? namedOf(value, wanted) : value,
    ] as const
  })
  return Object.fromEntries(kept)
}

function runReverse(mapping: CompiledMapping, example: ReverseExample): ExampleResult {
  const input = inputOf(example)
  const made = mapping.reverse.act(input)
  const answers = example.answers?.map(({ status, headers = {}, body }) => {
    const outcome =
      made.action === 'call' ? mapping.reverse.judge(made.request, { status, headers, body }) : null
    return outcome?.kind ?? 'undecided'
  })
  const lookup = mapping.reverse.lookup(noticeOf(input, made))
  const lookups = example.lookups?.map(
    ({ status, headers = {}, body }) => lookup?.judge({ status, headers, body }) ?? 'unknown',
  )
  const expected = { missing: [], ...example.expect }
  return {
    expected: {
      ...expected,
      answers: example.answers?.map(({ outcome }) => outcome),
      lookups: example.lookups?.map(({ outcome }) => outcome),
    },
    actual: {
      ...Object.fromEntries(
        Object.keys(expected).map((key) => [
          key,
          'missing' === key && made.action === 'skip' ? [] : { ...made }[key as 'action'],
        ]),
      ),
      answers,
      lookups,
    },
  }
}

/** The example's event over one that has every needed field. */
function inputOf(example: ReverseExample): ReverseInput {
  const event = {
    id: '01a2b3c4-0000-7000-8000-000000000001',
    case: 'PA20261122-000123',
    sequence: 1,
    eventId: 'example',
    actor: { kind: 'dispatch' },
    occurredAt: '2026-11-22T03:00:00.000Z',
    recordedAt: '2026-11-22T03:00:01.000Z',
    stateAfter: 'registered',
    content: {},
    ...example.event,
  }
  return {
    event: event as ReverseInput['event'],
    case: {
      number: 'PA20261122-000123',
      state: event.stateAfter as ReverseInput['case']['state'],
      ...example.case,
    },
    source: { externalId: 'EX-1', references: [], extra: {}, ...example.source },
    party: { kind: 'source', ...example.party },
    ...(example.reporter === undefined ? {} : { reporter: example.reporter }),
    channel: { id: CHANNEL, name: '样例渠道', settings: example.settings ?? {} },
    progressText: example.progressText ?? '',
  }
}

function noticeOf(input: ReverseInput, made: ReturnType<CompiledMapping['reverse']['act']>): Notice {
  return {
    delivery: '01a2b3c4-0000-7000-8000-000000000002',
    idempotencyKey: 'example',
    try: 1,
    channel: input.channel.id,
    case: input.case.number,
    event: input.event,
    source: {
      externalId: input.source.externalId,
      references: [...input.source.references],
      extra: { ...input.source.extra },
    },
    ...(made.code === undefined ? {} : { code: made.code }),
    request: made.action === 'call' ? made.request : '',
    body: made.action === 'call' ? made.body : undefined,
  }
}
