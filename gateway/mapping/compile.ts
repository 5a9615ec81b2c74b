import { Mapping } from '../../schemas/mapping.ts'
import { compileTables } from './code-table.ts'
import { FaultList, pointerTo, type DefinitionPlace } from './definition-error.ts'
import { compileFeed, type CompiledFeed } from './feed.ts'
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
const validateMapping = compileValidator<Mapping>(Mapping)

/** Compiles a mapping into closures. Throws MappingDefinitionError with every fault it finds. */
export function compileMapping(mapping: Mapping, where: DefinitionPlace): CompiledMapping {
  const faults = new FaultList(where)
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
    feeds[name] = compileFeed(name, feed, { at: pointerTo('/feeds', name), tables, faults })
  }
  const reverse = compileReverse(mapping.reverse, tables, faults)
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

function checkShape(mapping: Mapping, faults: FaultList): void {
  if (validateMapping(mapping)) return
  for (const { pointer, detail } of explainErrors(validateMapping.errors ?? [])) faults.add(pointer, detail)
}
