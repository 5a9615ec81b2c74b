/** What a like matter weighs beside the place: of one place two matters are told, and one matter is told of two places. */
import type { PlaceComparison } from '../compare-places.ts'
import type { Step } from './steps.ts'

type Place = PlaceComparison['place']

const levels = {
  here: { apart: 'hereApart', far: 'hereFar', near: 'hereNear', alike: 'hereAlike' },
  around: { apart: 'aroundApart', far: 'aroundFar', near: 'aroundNear', alike: 'aroundAlike' },
  elsewhere: {
    apart: 'elsewhereApart',
    far: 'elsewhereFar',
    near: 'elsewhereNear',
    alike: 'elsewhereAlike',
  },
} as const

const whereOf: { readonly [place in Place]: keyof typeof levels } = {
  sameSite: 'here',
  mentionedSite: 'here',
  sameRoad: 'here',
  mentionedRoad: 'around',
  sameCommunity: 'around',
  sameStreet: 'around',
  sameDistrict: 'around',
  unknown: 'around',
  conflicting: 'elsewhere',
}

const nearnessOf: { readonly [topic in Step]: keyof (typeof levels)['here'] } = {
  none: 'apart',
  trace: 'apart',
  faint: 'apart',
  slight: 'far',
  low: 'far',
  some: 'near',
  middle: 'near',
  much: 'alike',
  high: 'alike',
  most: 'alike',
  same: 'alike',
}

/** By the level of the place and that of the topic. */
export function matterHereLevel(place: Place, topic: Step): string {
  return levels[whereOf[place]][nearnessOf[topic]]
}

export const detailOfMatterHere: { readonly [level: string]: string } = {
  hereApart: 'another matter at the same place',
  hereFar: 'hardly the same matter at the same place',
  hereNear: 'a like matter at the same place',
  hereAlike: 'the same matter at the same place',
  aroundApart: 'another matter, the place is not sure',
  aroundFar: 'hardly the same matter, the place is not sure',
  aroundNear: 'a like matter, the place is not sure',
  aroundAlike: 'the same matter, the place is not sure',
  elsewhereApart: 'another matter at another place',
  elsewhereFar: 'hardly the same matter at another place',
  elsewhereNear: 'a like matter at another place',
  elsewhereAlike: 'the same matter at another place',
}
