/** A channel as its author writes it: one YAML text, the channel first, then its examples. */
import type { Channel } from '../../schemas/channel.ts'
import type { Mapping } from '../../schemas/mapping.ts'
import { compileMapping } from '../mapping/compile.ts'
import { MappingDefinitionError, type DefinitionPlace } from '../mapping/definition-error.ts'
import { readExample, type Example } from '../mapping/examples.ts'
import { platformOf, readChannel, requireName, type Definition } from '../mapping/load.ts'
import { mergeChannel } from '../mapping/merge.ts'
import type { ReferenceCodes } from '../mapping/reference.ts'
import { isObject } from '../mapping/value.ts'
import { parseYaml } from '../mapping/yaml-file.ts'
import type { MergedChannel } from './runtime.ts'

/** A channel of some 30 lines has 2 KB; one with its own tables and examples seldom 100. */
const maxTextBytes = 512 * 1024

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
  const platform = platformOf(file, platforms, place)
  const definition = mergeChannel(platform.value, file, place)
  const locate = (pointer: string) => {
    const own = ownPointer(file, pointer)
    return own === undefined ? { place: platform.place, pointer } : { place, pointer: own }
  }
  return mergedOf(file, definition, { place: { ...place, locate }, codes })
}

/** Where the channel's own text says what stands at a place of the merged definition; undefined: its platform says it. */
function ownPointer(file: Channel, pointer: string): string | undefined {
  const laid = /^(\/feeds\/[^/]+)\/forward\/\d+(\/fields\/.+)$/.exec(pointer)
  const own = laid === null ? undefined : `${laid[1]}${laid[2]}`
  return [own, pointer].find(
    (candidate) => candidate !== undefined && says(file, candidate.split('/').slice(1)),
  )
}

/** Whether a text names the way to a place, its last steps apart: a fault may be about what is missing there. */
function says(value: unknown, [step, ...rest]: readonly string[]): boolean {
  if (step === undefined || !isObject(value)) return true
  const name = step.replaceAll('~1', '/').replaceAll('~0', '~')
  return Object.hasOwn(value, name) ? says(value[name], rest) : false
}

/** The version's name says what is in it: the same definition has the same name in every process. */
export const versionName = (file: Channel, hash: string): string => `${file.channel}@${hash.slice(0, 12)}`

export function mergedOf(
  file: Channel,
  definition: Mapping,
  { place, codes }: { place: DefinitionPlace; codes: ReferenceCodes },
): MergedChannel {
  const mapping = compileMapping(definition, place, codes)
  return { file, definition, mapping, mappingVersion: versionName(file, mapping.hash) }
}
