import type { Address, AddressNumber } from './address.ts'
import { levelOfEnding, type NameLevel, type NumberLevel } from './address-words.ts'

/** An address while it is read, from left to right. */
export interface Scan {
  readonly words: string
  index: number
  /** Where the name that is being read began. */
  start: number
  readonly address: Address
  /** Level of what was read last in this piece of text. */
  last: NameLevel | NumberLevel | undefined
}

const mostSites = 8
const mostRoads = 6
const mostNumbers = 6

const directions = /^[东南西北中]{1,2}$/

export function place(scan: Scan, name: string, ending: string): void {
  const { address } = scan
  const level = levelOfEnding.get(ending) ?? 'site'
  scan.last = level
  address.final = { level, name, ending }
  switch (level) {
    case 'city':
      if (address.city === undefined) address.city = name
      else if (address.city !== name) address.district ??= name
      return
    case 'district':
      placeDistrict(scan, name, ending)
      return
    case 'street':
      address.street ??= name
      return
    case 'community':
      if (address.community === undefined) address.community = name
      else if (address.community !== name) addSite(scan, name, ending)
      return
    case 'road':
      addRoad(scan, name + ending)
      return
    case 'site':
      if (directions.test(name)) address.phase ??= name
      else addSite(scan, name, ending)
  }
}

function placeDistrict(scan: Scan, name: string, ending: string): void {
  const { address } = scan
  if (ending === '区' && directions.test(name)) address.phase ??= name
  else if (address.district === undefined && name.length <= 8) address.district = name
  else if (address.district !== name) addSite(scan, name, ending)
}

export function addRoad(scan: Scan, road: string): void {
  const { roads } = scan.address
  scan.last = 'road'
  const known = roads.indexOf(road)
  if (known >= 0) roads.push(...roads.splice(known, 1))
  else if (roads.length < mostRoads) roads.push(road)
}

function addSite({ address: { sites } }: Scan, name: string, ending: string): void {
  if (sites.length < mostSites && !sites.some((site) => site.name === name && site.ending === ending))
    sites.push({ name, ending })
}

export function put(scan: Scan, level: NumberLevel, number: AddressNumber): void {
  const { address } = scan
  if (level === 'number') addNumber(scan, number)
  else address[level] ??= number.to === undefined ? number.value : `${number.value}-${number.to}`
}

const endOfRoad = /[路街道巷段]/

export function addNumber({ address, last, words, index }: Scan, number: AddressNumber): void {
  if (last === 'road' && endOfRoad.test(words[index - 1] ?? '')) address.house ??= number
  if (number.unit === '' && (last === 'building' || last === 'unit' || last === 'floor'))
    address.room ??= number.value
  else if (number.unit === '' && last === 'site') address.building ??= number.value
  else if (
    address.numbers.length < mostNumbers &&
    !address.numbers.some(({ value, unit }) => value === number.value && unit === number.unit)
  )
    address.numbers.push(number)
}

/** What no ending closed: 小满理发. */
export function flushName(scan: Scan): void {
  const name = scan.words.slice(scan.start, scan.index)
  if (name.length >= 2 && !/^\d+$/.test(name)) {
    addSite(scan, name, '')
    scan.last = 'site'
    scan.address.final = { level: 'site', name, ending: '' }
  }
  scan.start = scan.index
}

export function advance(scan: Scan, length: number): true {
  scan.index += length
  scan.start = scan.index
  return true
}

export function addRelative({ address: { relative } }: Scan, word: string): void {
  if (relative.length < mostSites) relative.push(word)
}
