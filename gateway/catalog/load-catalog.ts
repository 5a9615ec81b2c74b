/** A catalog of channel files alone, without a database: what `guiyi doctor` and tests look at. */
import type { Mapping } from '../../schemas/mapping.ts'
import type { Config } from '../config/config.ts'
import { loadMappings } from '../mapping/load.ts'
import { loadReferenceCodes } from '../mapping/reference.ts'
import { mergeChannel } from '../mapping/merge.ts'
import { compileMapping } from '../mapping/compile.ts'
import type { Catalog, ChannelProblem, ChannelRuntime } from './catalog.ts'
import { catalogOver, channelSetOf } from './channel-set.ts'
import { mergedOf } from './channel-text.ts'
import { createRuntimeContext, runtimeOf } from './runtime.ts'

export interface FileCatalog extends Catalog {
  readonly definitions: ReadonlyMap<string, Mapping>
}

/**
 * Reads all channel files. Throws MappingDefinitionError for a file that is wrong; a channel whose settings or secrets are
 * wrong is listed in `problems`.
 */
export async function loadCatalog(
  config: Pick<Config, 'platformsDir' | 'channelsDir' | 'codesDir'>,
  edges: { secret: (name: string) => string; now: () => Date },
): Promise<FileCatalog> {
  const [{ platforms, channels: files }, codes] = await Promise.all([
    loadMappings({ platforms: config.platformsDir, channels: config.channelsDir }),
    loadReferenceCodes(config.codesDir),
  ])
  const context = createRuntimeContext(edges)
  const runtimes: ChannelRuntime[] = []
  const definitions = new Map<string, Mapping>()
  const problems: ChannelProblem[] = []
  for (const { value, place } of platforms.values()) compileMapping(value, place, codes)
  for (const { value: file, place } of files.values()) {
    const platform = platforms.get(file.platform)
    if (platform === undefined) continue
    const merged = mergedOf(file, mergeChannel(platform.value, file, place), { place, codes })
    definitions.set(file.channel, merged.definition)
    try {
      runtimes.push(runtimeOf(merged, context))
    } catch (cause) {
      problems.push(problemOf(file.channel, cause))
    }
  }
  const set = channelSetOf(runtimes, problems)
  const source = { current: () => set, reload: async () => false, onChange: () => () => undefined }
  return { ...catalogOver(source, context, { platforms, codes }), definitions }
}

export const problemOf = (channelId: string, cause: unknown): ChannelProblem => ({
  channelId,
  detail: cause instanceof Error ? cause.message : 'cannot be set up',
})
