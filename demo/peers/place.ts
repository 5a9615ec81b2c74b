/** Where an invented address lies: the same address is always at the same point. */
import { hashOf } from '../random.ts'

export interface Point {
  /** WGS-84, and to a few centimetres CGCS2000. */
  readonly longitude: number
  readonly latitude: number
}

export function pointOf(place: string): Point {
  const hash = hashOf(place)
  return {
    longitude: 110 + (hash % 4000) / 40_000,
    latitude: 25 + (Math.floor(hash / 4000) % 4000) / 40_000,
  }
}
