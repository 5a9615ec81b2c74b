import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { loadCatalog, type FileCatalog } from '../../gateway/catalog/load-catalog.ts'
import { writeChannelFile, writeSecret } from '../channel-files.ts'
import { districtWith } from '../district.ts'

const district = districtWith('without-services')
const at = { address: 'http://127.0.0.1:9', ports: {} }
const mappings = join(import.meta.dirname, '../../mappings')

let folder: string
let catalog: FileCatalog

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'guiyi-partners-'))
  const folders = { channels: join(folder, 'channels'), secrets: join(folder, 'secrets') }
  for (const partner of district) {
    const { channelFile } = partner.prepare({
      seed: 1,
      services: {},
      secret: (name, value) => writeSecret(folders, `${partner.channel}-${name}`, value),
    })
    writeChannelFile(folders, partner, channelFile(at))
  }
  catalog = await loadCatalog(
    {
      platformsDir: join(mappings, 'platforms'),
      codesDir: join(mappings, 'codes'),
      channelsDir: folders.channels,
    },
    { secret: (name) => readFileSync(join(folders.secrets, name), 'utf8'), now: () => new Date() },
  )
})

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await catalog.close()
})

it('the gateway takes every channel file of the district', () => {
  expect(catalog.problems()).toEqual([])
  expect(catalog.all().map(({ id }) => id)).toEqual(
    expect.arrayContaining(district.map(({ channel }) => channel)),
  )
})

it.each(district)('$channel counts as told what its mapping says of acceptance and result', (partner) => {
  const events = Object.entries(catalog.definitions.get(partner.channel)?.reverse.events ?? {}).flatMap(
    ([event, actions]) => [actions].flat().map((action) => [event, action] as const),
  )
  const wordsOf = (noticeClass: string) =>
    events.flatMap(([event, action]) =>
      action.action !== 'skip' && action.class === noticeClass ? [event, action.code] : [],
    )

  expect(wordsOf('acceptance')).toEqual(expect.arrayContaining([...partner.codes.accepted]))
  expect(wordsOf('result')).toEqual(expect.arrayContaining([...partner.codes.result]))
})
