import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { shapesOf } from './area-shapes.ts'
import type { DefinitionFault } from './definition-error.ts'
import { loadReferenceCodes } from './reference.ts'

const ring = [
  [114.3, 22.6],
  [114.4, 22.6],
  [114.4, 22.7],
  [114.3, 22.6],
]
const feature = (code: unknown, geometry: unknown) => ({ type: 'Feature', properties: { code }, geometry })
const polygon = (coordinates: unknown) => ({ type: 'Polygon', coordinates })

function read(text: string) {
  const faults: DefinitionFault[] = []
  const shapes = shapesOf({ file: 'areas.geojson', text }, (code) => code.startsWith('9901'), faults)
  return { shapes, faults }
}

const collection = (...features: unknown[]) => JSON.stringify({ type: 'FeatureCollection', features })

test('a polygon is a multipolygon of one', () => {
  const { shapes, faults } = read(
    collection(
      feature('990100', polygon([ring])),
      feature('990101', { type: 'MultiPolygon', coordinates: [[ring], [ring]] }),
    ),
  )

  expect(faults).toEqual([])
  expect(shapes.map(({ code, polygons }) => [code, polygons.length])).toEqual([
    ['990100', 1],
    ['990101', 2],
  ])
})

test.each([
  ['no JSON', '{', '', /no JSON/],
  ['another kind of file', '{"type":"Topology"}', '', /FeatureCollection/],
  ['null', 'null', '', /FeatureCollection/],
  [
    'a code that areas.yaml does not have',
    collection(feature('1', polygon([ring]))),
    '/features/0/properties/code',
    /areas.yaml/,
  ],
  ['no properties', collection({ geometry: polygon([ring]) }), '/features/0/properties/code', /areas.yaml/],
  ['nothing where a feature should be', collection(null), '/features/0/properties/code', /areas.yaml/],
  [
    'an area twice',
    collection(feature('990100', polygon([ring])), feature('990100', polygon([ring]))),
    '/features/1/properties/code',
    /already/,
  ],
  [
    'a line',
    collection(feature('990100', { type: 'LineString', coordinates: ring })),
    '/features/0/geometry/type',
    /Polygon/,
  ],
  ['no rings', collection(feature('990100', polygon([]))), '/features/0/geometry/coordinates', /rings/],
  [
    'a ring of two points',
    collection(feature('990100', polygon([ring.slice(0, 2)]))),
    '/features/0/geometry/coordinates',
    /four points/,
  ],
  [
    'an open ring',
    collection(feature('990100', polygon([[...ring.slice(0, 3), [1, 1]]]))),
    '/features/0/geometry/coordinates',
    /closed/,
  ],
  [
    'metres',
    collection(feature('990100', polygon([ring.map(() => [500_000, 2_500_000])]))),
    '/features/0/geometry/coordinates',
    /degrees/,
  ],
  [
    'text for numbers',
    collection(feature('990100', polygon([ring.map(() => ['114', '22'])]))),
    '/features/0/geometry/coordinates',
    /degrees/,
  ],
])('%s is a fault with its place', (_name, text, path, detail) => {
  const { faults } = read(text)

  expect(faults).toMatchObject([{ file: 'areas.geojson', path }])
  expect(faults[0]?.detail).toMatch(detail)
})

const sampleCodes = join(import.meta.dirname, '../../mappings/codes')

/** The sample's codes with another name of the file of shapes, and what loading them says. */
async function loadedWith(shapes: string): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'shapes-'))
  await cp(sampleCodes, folder, { recursive: true })
  const areas = await readFile(join(folder, 'areas.yaml'), 'utf8')
  await writeFile(join(folder, 'areas.yaml'), areas.replace(/^shapes: .*$/m, `shapes: ${shapes}`))
  const said = await loadReferenceCodes(folder).catch((error: unknown) => error)
  await rm(folder, { recursive: true })
  return said
}

test('a file that is not there is a fault that says what to do', async () => {
  const said = await loadedWith('nowhere.geojson')

  expect(String(said)).toMatch(/nowhere\.geojson: .*ENOENT.*Put it beside areas\.yaml/)
})

test('a file elsewhere is refused', async () => {
  expect(String(await loadedWith('../areas.geojson'))).toMatch(/areas\.yaml.*\/shapes/)
})

test('every area of the sample has its shape', async () => {
  const { areas, areaShapes } = await loadReferenceCodes(sampleCodes)

  expect(areaShapes.map(({ code }) => code).toSorted()).toEqual([...areas.keys()].toSorted())
})
