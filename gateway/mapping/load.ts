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
import { readYaml, type YamlDocument } from './yaml-file.ts'

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
  const faults: DefinitionFault[] = []
  const platforms = new Map<string, Definition<Mapping>>()
  for (const folder of await listFolders(folders.platforms)) {
    await gather(faults, async () => {
      const document = await readYaml(join(folders.platforms, folder, 'platform.yaml'))
      const mapping = readMapping(document)
      requireName(mapping.platform, folder, '/platform', document.place)
      platforms.set(mapping.platform, { value: mapping, place: document.place })
    })
  }
  const channels = new Map<string, Definition<Channel>>()
  for (const file of await listFiles(folders.channels)) {
    await gather(faults, async () => {
      const document = await readYaml(file)
      const channel = readChannel(document)
      requireName(channel.channel, basename(file, '.yaml'), '/channel', document.place)
      channels.set(channel.channel, { value: channel, place: document.place })
      if (!platforms.has(channel.platform) && faults.length === 0)
        throw unknownPlatform(channel, platforms.keys(), document.place)
    })
  }
  if (faults.length > 0) throw new MappingDefinitionError(faults)
  return { platforms, channels }
}

async function gather(faults: DefinitionFault[], read: () => Promise<void>): Promise<void> {
  try {
    await read()
  } catch (error) {
    if (!(error instanceof MappingDefinitionError)) throw error
    faults.push(...error.faults)
  }
}

function requireName(name: string, expected: string, path: string, place: DefinitionPlace): void {
  if (name === expected) return
  const faults = new FaultList(place)
  faults.add(path, `The name "${name}" differs from the file's, "${expected}". Make them equal.`)
  faults.throwIfAny()
}

function unknownPlatform(
  channel: Channel,
  known: Iterable<string>,
  place: DefinitionPlace,
): MappingDefinitionError {
  const faults = new FaultList(place)
  faults.add('/platform', `There is no platform "${channel.platform}".${suggestion(channel.platform, known)}`)
  return new MappingDefinitionError(faults.faults)
}

async function listFolders(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(emptyWhereMissing)
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted()
}

async function listFiles(directory: string): Promise<string[]> {
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
