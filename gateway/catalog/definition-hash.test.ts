import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { loadPlatforms } from '../mapping/load.ts'
import { mergeChannel } from '../mapping/merge.ts'
import { canonicalJson, sha256 } from '../mapping/value.ts'
import { createDefinitionHash } from './definition-hash.ts'

it('a definition has the hash of its canonical JSON, whatever was hashed before', async () => {
  const folder = fileURLToPath(new URL('../../mappings/platforms', import.meta.url))
  const { platforms } = await loadPlatforms(folder)
  const definitions = [...platforms.values()].flatMap(({ value }) => {
    const channel = { channel: 'a', platform: value.platform, name: { zh: '甲' } }
    const feeds = Object.fromEntries(Object.keys(value.feeds).map((feed) => [feed, { ignores: ['extra'] }]))
    return [value, mergeChannel(value, channel), mergeChannel(value, { ...channel, feeds })]
  })
  const hash = createDefinitionHash()

  const hashes = definitions.map((definition) => hash.of(definition))

  expect(hashes).toEqual(definitions.map((definition) => sha256(canonicalJson(definition))))
})
