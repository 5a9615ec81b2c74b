import type { AreaShape, Polygon, Ring } from '../../mapping/area-shapes.ts'

export interface LonLat {
  readonly longitude: number
  readonly latitude: number
}

interface Box {
  readonly west: number
  readonly south: number
  readonly east: number
  readonly north: number
}

interface BoxedPolygon {
  readonly code: string
  readonly box: Box
  readonly polygon: Polygon
}

/** Shapes with their bounding boxes, so that most are passed over by four comparisons. */
export interface ShapeIndex {
  readonly polygons: readonly BoxedPolygon[]
}

export function shapeIndexOf(shapes: readonly AreaShape[]): ShapeIndex {
  return {
    polygons: shapes.flatMap(({ code, polygons }) =>
      polygons.map((polygon) => ({ code, polygon, box: boxOf(polygon[0] ?? []) })),
    ),
  }
}

function boxOf(ring: Ring): Box {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [longitude, latitude] of ring) {
    west = Math.min(west, longitude)
    east = Math.max(east, longitude)
    south = Math.min(south, latitude)
    north = Math.max(north, latitude)
  }
  return { west, south, east, north }
}

/** Codes of all shapes that hold a point, ascending. A point on an edge, also on that of a hole, lies in every shape of that edge. */
export function codesAt(index: ShapeIndex, point: LonLat): string[] {
  const { longitude, latitude } = point
  const codes = new Set<string>()
  for (const { code, box, polygon } of index.polygons) {
    if (longitude < box.west || longitude > box.east || latitude < box.south || latitude > box.north) continue
    if (!codes.has(code) && isInPolygon(point, polygon)) codes.add(code)
  }
  return [...codes].toSorted()
}

/** Whether a point lies in a polygon and in none of its holes; edges belong to it. */
export function isInPolygon(point: LonLat, [outer, ...holes]: Polygon): boolean {
  if (outer === undefined || sideOf(point, outer) === 'outside') return false
  return !holes.some((hole) => sideOf(point, hole) === 'inside')
}

/** Even-odd rule: crossings of a ray to the east. Vertices count for the edge that goes up from them, so that each is counted once. */
function sideOf({ longitude, latitude }: LonLat, ring: Ring): 'inside' | 'outside' | 'edge' {
  let isInside = false
  for (let index = 1; index < ring.length; index++) {
    const [x1, y1] = ring[index - 1] ?? [0, 0]
    const [x2, y2] = ring[index] ?? [0, 0]
    const turn = (x2 - x1) * (latitude - y1) - (longitude - x1) * (y2 - y1)
    if (Math.abs(turn) < onEdge && isBetween(longitude, x1, x2) && isBetween(latitude, y1, y2)) return 'edge'
    if (y1 > latitude !== y2 > latitude && longitude < x1 + ((latitude - y1) / (y2 - y1)) * (x2 - x1))
      isInside = !isInside
  }
  return isInside ? 'inside' : 'outside'
}

/** Twice the area, in square degrees, of the triangle that a point on an edge may make with it: rounding, not distance. */
const onEdge = 1e-14

function isBetween(value: number, one: number, other: number): boolean {
  return value >= Math.min(one, other) && value <= Math.max(one, other)
}
