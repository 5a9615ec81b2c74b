import { Mapping } from '../../schemas/mapping.ts'
import { compileTables } from './code-table.ts'
import { FaultList, pointerTo, type DefinitionPlace } from './definition-error.ts'
import { compileFeed, type CompiledFeed } from './feed.ts'
import type { ReferenceCodes } from './reference.ts'
import { compileReverse, type CompiledReverse } from './reverse.ts'
import { canonicalJson, sha256 } from './value.ts'
import { compileValidator, explainErrors } from './validation.ts'

/** A mapping, ready to run in both directions. Immutable; the same definition has the same hash. */
export interface CompiledMapping {
  readonly platform: string
  /** SHA-256 of the definition's canonical JSON. */
  readonly hash: string
  /** `<platform>@<first 12 of hash>` */
  readonly version: string
  readonly issuer: string | undefined
  readonly feeds: { readonly [name: string]: CompiledFeed }
  readonly reverse: CompiledReverse
}

const MAX_DEFINITION_CHARACTERS = 2_000_000
const MAX_DEFINITION_PARTS = 200_000
const MAX_DEFINITION_DEPTH = 60
const validateMapping = compileValidator<Mapping>(Mapping)

/**
 * Compiles a mapping into closures. With the reference data, built-in tables can be used, and codes that go to categories and
 * areas must be known. Throws MappingDefinitionError with the faults it finds, at most a hundred.
 */
export function compileMapping(
  mapping: Mapping,
  where: DefinitionPlace,
  reference?: ReferenceCodes,
): CompiledMapping {
  const faults = new FaultList(where)
  checkSize(mapping, faults)
  faults.throwIfAny()
  const json = canonicalJson(mapping)
  if (json.length > MAX_DEFINITION_CHARACTERS) {
    faults.add(
      '',
      `The mapping has ${json.length} characters; at most ${MAX_DEFINITION_CHARACTERS} are allowed. Move large code tables into mappings/codes.`,
    )
    faults.throwIfAny()
  }
  checkShape(mapping, faults)
  faults.throwIfAny()
  const tables = compileTables(mapping.codes ?? {}, faults)
  const feeds: { [name: string]: CompiledFeed } = {}
  for (const [name, feed] of Object.entries(mapping.feeds)) {
    feeds[name] = compileFeed(name, feed, { at: pointerTo('/feeds', name), tables, reference, faults })
  }
  const reverse = compileReverse(mapping.reverse, { tables, reference, faults })
  faults.throwIfAny()
  const hash = sha256(json)
  return {
    platform: mapping.platform,
    hash,
    version: mappingVersion(mapping.platform, hash),
    issuer: mapping.issuer,
    feeds,
    reverse,
  }
}

/** The name under which a mapping of this hash is published. */
export const mappingVersion = (platform: string, hash: string): string => `${platform}@${hash.slice(0, 12)}`

/** Before anything walks it: YAML with aliases, or JSON, can be far deeper or larger than its text. */
function checkSize(mapping: unknown, faults: FaultList): void {
  const waiting: (readonly [value: unknown, depth: number])[] = [[mapping, 0]]
  let parts = 0
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [value, depth] = next
    if (typeof value !== 'object' || value === null) continue
    if (depth >= MAX_DEFINITION_DEPTH)
      return faults.add('', `The mapping is more than ${MAX_DEFINITION_DEPTH} levels deep. Make it flatter.`)
    for (const item of Object.values(value)) {
      if (++parts > MAX_DEFINITION_PARTS)
        return faults.add('', `The mapping has more than ${MAX_DEFINITION_PARTS} parts. Make it smaller.`)
      waiting.push([item, depth + 1])
    }
  }
}

function checkShape(mapping: Mapping, faults: FaultList): void {
  if (validateMapping(mapping)) return
  for (const { pointer, detail } of explainErrors(validateMapping.errors ?? [])) faults.add(pointer, detail)
}
