import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { MappingDefinitionError, type DefinitionFault } from './definition-error.ts'

/** A ring of points (longitude, latitude), CGCS2000; its last point is its first. */
export type Ring = readonly (readonly [longitude: number, latitude: number])[]

/** An outer ring and the holes in it. */
export type Polygon = readonly Ring[]

/** Where an area of `areas.yaml` lies: one polygon or several. */
export interface AreaShape {
  readonly code: string
  readonly polygons: readonly Polygon[]
}

/** A GeoJSON file (RFC 7946) as read: its text, and the name that faults carry. */
export interface ShapesDocument {
  readonly file: string
  readonly text: string
}

const mostMebibytes = 64
const mostFeatures = 20_000
const mostFaults = 20

/** The file of shapes that `areas.yaml` names, beside it. Throws MappingDefinitionError where it cannot be read. */
export async function shapesBeside(areas: unknown, directory: string): Promise<{ shapes?: ShapesDocument }> {
  const name = (areas as { shapes?: unknown } | null)?.shapes
  // Another kind of name is a fault of areas.yaml, and said there.
  if (typeof name !== 'string' || basename(name) !== name) return {}
  const faults: DefinitionFault[] = []
  const shapes = await readShapes(join(directory, name), faults)
  if (shapes === undefined) throw new MappingDefinitionError(faults)
  return { shapes }
}

/** A file that is missing or too large becomes a fault. */
async function readShapes(file: string, faults: DefinitionFault[]): Promise<ShapesDocument | undefined> {
  try {
    const text = await readFile(file, 'utf8')
    if (text.length <= mostMebibytes * 1024 * 1024) return { file, text }
    faults.push({
      file,
      path: '',
      detail: `The file has more than ${mostMebibytes} MiB. Simplify its lines.`,
    })
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown'
    const detail = `The file of shapes that areas.yaml names cannot be read (${code}). Put it beside areas.yaml, or take "shapes" out.`
    faults.push({ file, path: '', detail })
  }
  return undefined
}

/**
 * Shapes of a FeatureCollection whose features carry an area's `code` and a Polygon or MultiPolygon. What is wrong with a feature becomes a
 * fault with its JSON Pointer; the others are still returned.
 */
export function shapesOf(
  { file, text }: ShapesDocument,
  isArea: (code: string) => boolean,
  faults: DefinitionFault[],
): AreaShape[] {
  const before = faults.length
  const add = (path: string, detail: string) => {
    if (faults.length - before < mostFaults) faults.push({ file, path, detail })
  }
  const features = featuresOf(text, add)
  const shapes = new Map<string, AreaShape>()
  features.forEach((feature, index) => {
    const at = `/features/${index}`
    const { properties, geometry } = (feature ?? {}) as { properties?: unknown; geometry?: unknown }
    const code = (properties as { code?: unknown } | null | undefined)?.code
    if (typeof code !== 'string' || !isArea(code))
      return add(`${at}/properties/code`, 'This must be the code of an area in areas.yaml, as text.')
    if (shapes.has(code))
      return add(
        `${at}/properties/code`,
        `The area ${code} has a shape already. Make one MultiPolygon of them.`,
      )
    const polygons = polygonsOf(geometry, `${at}/geometry`, add)
    if (polygons !== undefined) shapes.set(code, { code, polygons })
  })
  return [...shapes.values()]
}

type AddFault = (path: string, detail: string) => void

function featuresOf(text: string, add: AddFault): readonly unknown[] {
  let value: unknown
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    add('', 'This is no JSON. The file holds a GeoJSON FeatureCollection.')
    return []
  }
  const { type, features } = (value ?? {}) as { type?: unknown; features?: unknown }
  if (type !== 'FeatureCollection' || !Array.isArray(features)) {
    add('', 'This is no GeoJSON FeatureCollection: "type" and "features" are expected.')
    return []
  }
  if (features.length > mostFeatures) add('/features', `There are more than ${mostFeatures} features.`)
  return features.slice(0, mostFeatures)
}

function polygonsOf(geometry: unknown, at: string, add: AddFault): Polygon[] | undefined {
  const { type, coordinates } = (geometry ?? {}) as { type?: unknown; coordinates?: unknown }
  if (type !== 'Polygon' && type !== 'MultiPolygon') {
    add(`${at}/type`, 'A shape is a Polygon or a MultiPolygon.')
    return undefined
  }
  const polygons: unknown = type === 'Polygon' ? [coordinates] : coordinates
  if (
    !Array.isArray(polygons) ||
    polygons.length === 0 ||
    polygons.some((rings) => !Array.isArray(rings) || rings.length === 0)
  ) {
    add(`${at}/coordinates`, 'A polygon is a list of rings, the outer one first.')
    return undefined
  }
  const fault = (polygons as unknown[][])
    .flat()
    .map(ringFault)
    .find((detail) => detail !== undefined)
  if (fault === undefined) return polygons as Polygon[]
  add(`${at}/coordinates`, fault)
  return undefined
}

function ringFault(ring: unknown): string | undefined {
  if (!Array.isArray(ring) || ring.length < 4)
    return 'A ring has at least four points, the last one equal to the first.'
  for (const point of ring as unknown[])
    if (!isPoint(point))
      return 'A point is [longitude, latitude] in degrees, CGCS2000: numbers up to 180 and 90.'
  const [first] = ring as [number, number][]
  const last = ring.at(-1) as [number, number]
  return first?.[0] === last[0] && first[1] === last[1]
    ? undefined
    : 'A ring is closed: its last point equals its first.'
}

function isPoint(point: unknown): boolean {
  if (!Array.isArray(point) || point.length < 2) return false
  const [longitude, latitude] = point as unknown[]
  return isWithin(longitude, 180) && isWithin(latitude, 90)
}

function isWithin(value: unknown, most: number): boolean {
  return typeof value === 'number' && Math.abs(value) <= most
}
