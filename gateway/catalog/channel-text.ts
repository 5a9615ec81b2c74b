/** A channel as its author writes it: one YAML text, the channel first, then its examples. */
import type { Channel } from '../../schemas/channel.ts'
import type { Mapping } from '../../schemas/mapping.ts'
import { compileMapping } from '../mapping/compile.ts'
import { MappingDefinitionError, type DefinitionPlace } from '../mapping/definition-error.ts'
import { readExample, type Example } from '../mapping/examples.ts'
import { platformOf, readChannel, requireName, type Definition } from '../mapping/load.ts'
import { mergeChannel } from '../mapping/merge.ts'
import type { ReferenceCodes } from '../mapping/reference.ts'
import { canonicalJson, sha256 } from '../mapping/value.ts'
import { parseYaml } from '../mapping/yaml-file.ts'
import type { MergedChannel } from './runtime.ts'

/** A channel of some 30 lines has 2 KB; one with its own tables and examples seldom 100. */
const maxTextBytes = 1024 * 1024

export interface ChannelText {
  readonly text: string
  readonly file: Channel
  readonly examples: readonly Example[]
  readonly place: DefinitionPlace
}

export interface Platforms {
  readonly platforms: ReadonlyMap<string, Definition<Mapping>>
  readonly codes: ReferenceCodes
}

/** Throws MappingDefinitionError with line and remedy. `name`: the file, or what stands for it in messages. */
export function readChannelText(text: string, name: string, channelId?: string): ChannelText {
  if (Buffer.byteLength(text) > maxTextBytes)
    throw new MappingDefinitionError([
      {
        file: name,
        path: '',
        detail: `The text is larger than ${maxTextBytes} bytes. Move large code tables into the platform.`,
      },
    ])
  const [document, ...rest] = parseYaml(text, name)
  if (document === undefined)
    throw new MappingDefinitionError([
      { file: name, path: '', detail: 'The text is empty. It begins with "channel:".' },
    ])
  const file = readChannel(document)
  if (channelId !== undefined) requireName(file.channel, channelId, '/channel', document.place)
  return {
    text,
    file,
    examples: rest.filter(({ value }) => value !== null).map(readExample),
    place: document.place,
  }
}

/** Over its platform, compiled. Throws MappingDefinitionError. */
export function mergeChannelText(
  { file, place }: ChannelText,
  { platforms, codes }: Platforms,
): MergedChannel {
  const definition = mergeChannel(platformOf(file, platforms, place).value, file, place)
  return mergedOf(file, definition, { place, codes })
}

/** The name of the version that a text makes, without compiling it. Throws MappingDefinitionError. */
export function versionOf({ file, place }: ChannelText, { platforms }: Platforms): string {
  const definition = mergeChannel(platformOf(file, platforms, place).value, file, place)
  return versionName(file, sha256(canonicalJson(definition)))
}

/** The version's name says what is in it: the same definition has the same name in every process. */
const versionName = (file: Channel, hash: string): string => `${file.channel}@${hash.slice(0, 12)}`

export function mergedOf(
  file: Channel,
  definition: Mapping,
  { place, codes }: { place: DefinitionPlace; codes: ReferenceCodes },
): MergedChannel {
  const mapping = compileMapping(definition, place)
  void codes
  return { file, definition, mapping, mappingVersion: versionName(file, mapping.hash) }
}
