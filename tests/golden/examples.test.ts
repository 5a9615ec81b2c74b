import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { loadCatalog } from '../../gateway/catalog/load-catalog.ts'
import { compileMapping } from '../../gateway/mapping/compile.ts'
import { loadExamples, runExample, type Example } from '../../gateway/mapping/examples.ts'
import type { Channel } from '../../schemas/channel.ts'
import { loadMappings } from '../../gateway/mapping/load.ts'
import { mergeChannel } from '../../gateway/mapping/merge.ts'
import { loadReferenceCodes } from '../../gateway/mapping/reference.ts'

const root = join(import.meta.dirname, '../../mappings')
const folders = { platforms: join(root, 'platforms'), channels: join(root, 'channels') }
const { platforms, channels } = await loadMappings(folders)
const codes = await loadReferenceCodes(join(root, 'codes'))

/** Every platform has examples: they are its tests and its documentation. */
describe.each(readdirSync(folders.platforms))('mapping of platform %s', async (name) => {
  const definition = platforms.get(name)
  if (definition === undefined) throw new Error(`mappings/platforms/${name} has no platform.yaml.`)
  const { value: mapping, place } = definition
  const compiled = compileMapping(mapping, place, codes)
  const channelWith = (reverse: Channel['reverse']) =>
    compileMapping(
      mergeChannel(mapping, { channel: name, platform: name, name: mapping.name, reverse: reverse ?? {} }),
      place,
      codes,
    )
  const told = channelWith({ manual: true })
  const ways = new Map(Object.keys(mapping.reverse.ways ?? {}).map((way) => [way, channelWith({ way })]))
  const mappingOf = (example: Example) => {
    if (example.kind === 'forward') return compiled
    if (example.way !== undefined) return ways.get(example.way) ?? compiled
    return example.manual === true ? told : compiled
  }

  for (const example of await loadExamples(join(folders.platforms, name, 'examples'))) {
    test(`${example.kind}: ${example.about}`, () => {
      const { actual, expected } = runExample(mappingOf(example), example)

      expect(actual).toEqual(expected)
    })
  }

  test('every canonical category and area that its tables give is known', () => {
    const areas = Object.entries(mapping.codes ?? {}).filter(([table]) =>
      ['street', 'community', 'district'].includes(table),
    )
    const categories = Object.entries(mapping.codes ?? {}).filter(([table]) =>
      ['category', 'board'].includes(table),
    )

    const unknown = [
      ...categories
        .flatMap(([, { table }]) => Object.values(table))
        .filter((code) => !codes.categories.has(code)),
      ...areas.flatMap(([, { table }]) => Object.values(table)).filter((code) => !codes.areas.has(code)),
    ]

    expect(unknown).toEqual([])
  })
})

test.each([...channels.values()].map(({ value, place }) => [value.channel, value, place] as const))(
  'channel %s compiles over its platform',
  (_name, channel, place) => {
    const platform = platforms.get(channel.platform)

    const compiled = platform && compileMapping(mergeChannel(platform.value, channel, place), place, codes)

    expect(compiled?.hash).toMatch(/^[0-9a-f]{64}$/)
  },
)

test('every sample channel can run once it is live and its secrets are there', async () => {
  const live = mkdtempSync(join(tmpdir(), 'guiyi-samples-'))
  onTestFinished(() => rmSync(live, { recursive: true }))
  for (const name of readdirSync(folders.channels)) {
    const text = readFileSync(join(folders.channels, name), 'utf8')
    writeFileSync(join(live, name), text.replace(/^state: draft$/m, 'state: live'))
  }

  const catalog = await loadCatalog(
    { platformsDir: folders.platforms, channelsDir: live, codesDir: join(root, 'codes') },
    { secret: (name) => `a-secret-long-enough-for-${name}`, now: () => new Date() },
  )
  onTestFinished(() => catalog.close())

  expect(catalog.problems()).toEqual([])
  expect(catalog.all().map(({ state }) => state)).toEqual(catalog.all().map(() => 'live'))
})
