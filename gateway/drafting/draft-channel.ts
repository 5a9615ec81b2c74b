import type { Field, ForwardRule, Mapping } from '../../schemas/mapping.ts'
import { compileMapping } from '../mapping/compile.ts'
import { MappingDefinitionError } from '../mapping/definition-error.ts'
import type { MappedRecord } from '../mapping/feed.ts'
import { readChannel } from '../mapping/load.ts'
import { mergeChannel } from '../mapping/merge.ts'
import { parsePath, readPath } from '../mapping/path.ts'
import type { ReferenceCodes } from '../mapping/reference.ts'
import { isAbsent, isObject } from '../mapping/value.ts'
import { parseYaml } from '../mapping/yaml-file.ts'
import { exampleRecord } from './example-record.ts'
import { fieldLines, type FieldLine } from './field-lines.ts'
import { knownCodes } from './known-codes.ts'
import type { DraftTarget } from './lexicon.ts'
import { matchFields, type MatchedField } from './match-fields.ts'
import type { Sample } from './sample.ts'
import { describeShape } from './shapes.ts'
import { looksPersonal, sourceFields } from './source-fields.ts'
import { writeChannel, writeExample, type DraftParts } from './write-draft.ts'

/** One field of the source taken for one target. `rule` is null where a person must first say what no value shows. */
export interface Proposal {
  readonly source: string
  readonly target: string
  /** 0 to 1. */
  readonly confidence: number
  readonly reason: string
  readonly rule: Field | null
}

/** A field that no target was found for: how its values look, never a value. */
export interface UnmatchedField {
  readonly source: string
  readonly shape: string
}

export interface ChannelDraft {
  readonly yaml: string
  readonly proposals: readonly Proposal[]
  readonly unmatched: readonly UnmatchedField[]
  /** Required targets for which no field was found: `externalId`, `text`, `kind`, `submittedAt`. */
  readonly missing: readonly string[]
}

export interface DraftOptions {
  /** The channel's name: lower case, digits, hyphens. */
  readonly channel: string
  readonly title?: string
  readonly reference: ReferenceCodes
  /** The platform over which the draft is laid: one with a feed `push` of reports in JSON. */
  readonly platform: Mapping
}

const required = ['externalId', 'text', 'kind', 'submittedAt'] as const

/** Proposes a channel file for a source from a sample of its records. Pure: it reads and writes nothing. */
export function draftChannel(sample: Sample, options: DraftOptions): ChannelDraft {
  const { channel, title = channel, reference, platform } = options
  const known = knownCodes(reference)
  const matched = matchFields(sourceFields(sample.records), known)
  const { lines, tables } = withText(fieldLines(matched, known))
  const targets = new Set(lines.filter(({ off }) => off !== true).map(({ target }) => target))
  const rule = platform.feeds['push']?.forward.find(({ into }) => into === 'report')
  const ownType = sample.records.some((record) => Object.hasOwn(record, 'type'))
  const parts: DraftParts = {
    channel,
    title,
    sample,
    lines,
    tables,
    matched,
    identity: matched.find(({ match }) => match?.target === 'externalId')?.field.path,
    missing: required.filter((target) => !targets.has(target)),
    removed: ownType ? [] : readByChance(sample, rule, lines),
    ownType,
    platform,
    reference,
  }
  const text = writeChannel(parts)
  return {
    yaml: text + exampleOf(text, parts),
    proposals: proposalsOf(matched, lines),
    unmatched: matched
      .filter(({ match }) => match === undefined)
      .map(({ field, shape }) => ({
        source: looksPersonal(field.name) ? '(not shown)' : field.name.slice(0, 100),
        shape: describeShape(shape),
      })),
    missing: parts.missing,
  }
}

/** A source with a title alone says all it has to say there. */
function withText({ lines, tables }: ReturnType<typeof fieldLines>): ReturnType<typeof fieldLines> {
  const title = lines.find(({ target }) => target === 'title')
  if (title === undefined || lines.some(({ target }) => target === 'text')) return { lines, tables }
  const text: FieldLine = { ...title, target: 'text', comment: `没有找到正文，先用标题：${title.comment}` }
  return { lines: [text, ...lines], tables }
}

/**
 * Targets of the platform's report that would read a value of this source, which means something else here; and the platform's
 * own list of references where the draft names references one by one.
 */
function readByChance(
  { records }: Sample,
  rule: ForwardRule | undefined,
  lines: readonly FieldLine[],
): string[] {
  const targets = new Set(lines.map(({ target }) => target))
  const holds = (text: string): boolean => {
    const parsed = parsePath(text)
    return parsed.kind === 'path' && records.some((record) => !isAbsent(readPath(record, parsed.path)))
  }
  return Object.entries(rule?.fields ?? {})
    .filter(([target, field]) =>
      targets.has(target)
        ? target === 'references'
        : !(required as readonly string[]).includes(target) && pathsOf(field).some(holds),
    )
    .map(([target]) => target)
}

function pathsOf(field: Field): string[] {
  if (typeof field === 'string') return [field]
  const options: { readonly [name: string]: unknown } = isObject(field.as) ? { ...field.as } : {}
  const paths: unknown[] = [field.from ?? [], options['x'], options['y']].flat()
  return paths.filter((path) => typeof path === 'string')
}

/** Expects what the draft makes of the record; where a person must first fill a table, only that it becomes a report. */
function exampleOf(
  text: string,
  { sample, matched, lines, tables, platform, reference }: DraftParts,
): string {
  const record = exampleRecord(sample.records, matched, { lines, tables })
  const made = mapped(text, record, { platform, reference })
  const expect =
    made?.kind === 'report'
      ? {
          kind: 'report',
          identity: made.identity,
          content: made.content,
          ...(made.unknown.length > 0 && { unknown: made.unknown }),
        }
      : { kind: 'report' }
  return writeExample({ about: '样例改写的一条 (made from the sample)', feed: 'push', record, expect })
}

/** What the written draft makes of the example's record; undefined where it cannot be compiled as it stands. */
function mapped(
  text: string,
  record: unknown,
  { platform, reference }: Pick<DraftOptions, 'platform' | 'reference'>,
): MappedRecord | undefined {
  try {
    const [document] = parseYaml(text, 'draft')
    if (document === undefined) return undefined
    const merged = mergeChannel(platform, readChannel(document), document.place)
    const feed = compileMapping(merged, document.place, reference).feeds['push']
    return feed?.map(record, {
      channelId: 'sample',
      feed: 'push',
      receivedAt: new Date('2026-11-22T04:00:00Z'),
    })
  } catch (error) {
    if (error instanceof MappingDefinitionError) return undefined
    throw error
  }
}

function proposalsOf(matched: readonly MatchedField[], lines: readonly FieldLine[]): Proposal[] {
  return matched.flatMap(({ field, match }) => {
    if (match === undefined) return []
    const target = targetName(match.target)
    const line = lines.find((one) => one.target === target || target.startsWith(`${one.target}[`))
    const rule = line === undefined || line.off === true ? null : line.rule
    return [{ source: field.name, target, confidence: match.confidence, reason: match.reason, rule }]
  })
}

function targetName(target: DraftTarget): string {
  if (target.startsWith('references.')) return 'references[0].number'
  return target.startsWith('location.point') ? 'location.point' : target
}
