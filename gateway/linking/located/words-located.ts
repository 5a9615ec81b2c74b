import type { LocatedField, Relation } from './levels.ts'

const detailOfAddress: { readonly [level: string]: string } = {
  sameAddress: 'same address',
  sameCrossing: 'same crossing',
  sameHouse: 'same house',
  sameStreetOnly: 'same street, no number',
  onCrossing: 'one stands at a crossing of the street of the other',
  streetOfCrossing: 'one names a street of the crossing of the other',
  crossingsMeet: 'two crossings of one street',
  noNumber: 'same street, a number is missing',
  otherStreet: 'other street',
  unknown: 'no address on both sides',
}

/** What a level means, in words that name no person. */
export function detailOf(field: LocatedField, level: string, found: Relation): string {
  const address = detailOfAddress[found.address] ?? 'another house of the same street'
  const categories = detailOfRelation[found.related]
  switch (field) {
    case 'component':
      return level === 'same' ? 'same component' : 'different component of the same type'
    case 'person':
      return level === 'sameOfMany' ? 'same person of many reports' : 'same person'
    case 'distance':
      return distanceWords(found.distanceM)
    case 'address':
      return address
    case 'time':
      return timeWords(found.hours)
    case 'addressTime':
      return `${address}, ${timeWords(found.hours)}`
    case 'category':
      return found.related === 'same' ? 'how often this category is reported twice' : 'other category'
    case 'categories':
      return 'how often these categories are one matter'
    case 'groups':
      return 'how often these groups of categories are one matter'
    case 'categoryTime':
      return `what ${timeWords(found.hours)} says for this category`
    case 'categoryPlace':
      return `what ${distanceWords(found.distanceM)} says for this category`
    case 'relation':
      return `${categories}, ${distanceWords(found.distanceM)}`
    case 'channels':
      return 'how often these channels report one matter'
    case 'channelTime':
      return `${level.startsWith('other/') ? 'another channel' : 'the same channel'}, ${timeWords(found.hours)}`
    case 'nearby':
      return `reports of this category nearby: ${countWords(level)}`
    case 'atAddress':
      return `reports at this address: ${countWords(level)}`
    case 'nearer':
      return `reports of this category that are nearer: ${countWords(level.split('/')[1] ?? '')}`
    case 'repeated':
      return level.endsWith('yes')
        ? 'this category was reported at this address in two weeks'
        : 'this category was not reported at this address in two weeks'
    default:
      return field satisfies never
  }
}

const detailOfRelation: { readonly [related in Relation['related']]: string } = {
  same: 'same category',
  group: 'same group of categories',
  different: 'other category',
  unknown: 'category not known on both sides',
}

function distanceWords(distanceM: number | undefined): string {
  if (distanceM === undefined) return 'distance not known'
  return distanceM < 1000 ? `${Math.round(distanceM)} m apart` : `${(distanceM / 1000).toFixed(1)} km apart`
}

function timeWords(hours: number): string {
  if (hours < 1) return `${Math.round(hours * 60)} min apart`
  return hours < 48 ? `${Math.round(hours)} h apart` : `${Math.round(hours / 24)} days apart`
}

function countWords(level: string): string {
  if (level === 'many') return 'more than eight'
  if (level.startsWith('from')) return `at least ${level.slice(4)}`
  return level.startsWith('upTo') ? `up to ${level.slice(4)}` : level === 'elsewhere' ? 'none' : level
}
