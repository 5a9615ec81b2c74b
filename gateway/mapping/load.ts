import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Channel } from '../../schemas/channel.ts'
import { Mapping } from '../../schemas/mapping.ts'
import {
  FaultList,
  MappingDefinitionError,
  suggestion,
  type DefinitionFault,
  type DefinitionPlace,
} from './definition-error.ts'
import { compileValidator, explainErrors } from './validation.ts'
import { readYaml, readYamlDocuments, type YamlDocument } from './yaml-file.ts'

/** A definition as its file says it, valid against its schema, not yet compiled. */
export interface Definition<T> {
  readonly value: T
  readonly place: DefinitionPlace
}

export interface LoadedMappings {
  readonly platforms: ReadonlyMap<string, Definition<Mapping>>
  readonly channels: ReadonlyMap<string, Definition<Channel>>
}

const validateMapping = compileValidator<Mapping>(Mapping)
const validateChannel = compileValidator<Channel>(Channel)

/** A mapping out of parsed YAML. Throws MappingDefinitionError. */
export const readMapping = ({ value, place }: YamlDocument): Mapping => checked(validateMapping, value, place)

/** A channel out of parsed YAML. Throws MappingDefinitionError. */
export const readChannel = ({ value, place }: YamlDocument): Channel => checked(validateChannel, value, place)

function checked<T>(
  validate: ReturnType<typeof compileValidator<T>>,
  value: unknown,
  place: DefinitionPlace,
): T {
  if (validate(value)) return value
  const faults = new FaultList(place)
  for (const { pointer, detail } of explainErrors(validate.errors ?? [])) faults.add(pointer, detail)
  throw new MappingDefinitionError(faults.faults)
}

/** `platforms/` holds `<platform>/platform.yaml`, `channels/` holds `<channel>.yaml`. */
export interface MappingFolders {
  readonly platforms: string
  readonly channels: string
}

/** Reads platforms and channels. Throws MappingDefinitionError with the faults of all files together. */
export async function loadMappings(folders: MappingFolders): Promise<LoadedMappings> {
  const { platforms, faults: platformFaults } = await loadPlatforms(folders.platforms)
  const faults = [...platformFaults]
  const channels = new Map<string, Definition<Channel>>()
  for (const file of await listChannelFiles(folders.channels)) {
    await gather(faults, async () => {
      const [document] = await readYamlDocuments(file)
      if (document === undefined) return
      const channel = readChannel(document)
      requireName(channel.channel, basename(file, '.yaml'), '/channel', document.place)
      channels.set(channel.channel, { value: channel, place: document.place })
      if (faults.length === 0) platformOf(channel, platforms, document.place)
    })
  }
  if (faults.length > 0) throw new MappingDefinitionError(faults)
  return { platforms, channels }
}

/** Reads `<platform>/platform.yaml` of each folder; a wrong one is named in `faults` and stops no other. */
export async function loadPlatforms(
  directory: string,
): Promise<{ platforms: Map<string, Definition<Mapping>>; faults: readonly DefinitionFault[] }> {
  const faults: DefinitionFault[] = []
  const platforms = new Map<string, Definition<Mapping>>()
  for (const folder of await listFolders(directory)) {
    await gather(faults, async () => {
      const document = await readYaml(join(directory, folder, 'platform.yaml'))
      const mapping = readMapping(document)
      requireName(mapping.platform, folder, '/platform', document.place)
      platforms.set(mapping.platform, { value: mapping, place: document.place })
    })
  }
  return { platforms, faults }
}

/** Throws MappingDefinitionError, which suggests the nearest known one. */
export function platformOf(
  channel: Channel,
  platforms: ReadonlyMap<string, Definition<Mapping>>,
  place: DefinitionPlace,
): Definition<Mapping> {
  const found = platforms.get(channel.platform)
  if (found !== undefined) return found
  const faults = new FaultList(place)
  faults.add(
    '/platform',
    `There is no platform "${channel.platform}".${suggestion(channel.platform, platforms.keys())}`,
  )
  throw new MappingDefinitionError(faults.faults)
}

async function gather(faults: DefinitionFault[], read: () => Promise<void>): Promise<void> {
  try {
    await read()
  } catch (error) {
    if (!(error instanceof MappingDefinitionError)) throw error
    faults.push(...error.faults)
  }
}

/** Throws MappingDefinitionError. */
export function requireName(name: string, expected: string, path: string, place: DefinitionPlace): void {
  if (name === expected) return
  const faults = new FaultList(place)
  faults.add(path, `The name "${name}" differs from the file's, "${expected}". Make them equal.`)
  faults.throwIfAny()
}

async function listFolders(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(emptyWhereMissing)
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted()
}

/** The channel files of a folder, in order of their names; none where there is no folder. */
export async function listChannelFiles(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(emptyWhereMissing)
  return entries
    .filter(({ name }) => name.endsWith('.yaml'))
    .map(({ name }) => join(directory, name))
    .toSorted()
}

function emptyWhereMissing(error: unknown): [] {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
  throw error
}
