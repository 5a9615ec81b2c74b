import type { AddressNumber } from './address.ts'

/** What a short English address names: streets in order of writing, and the number of the house with the end of its range. */
export interface EnglishAddress {
  readonly streets: readonly string[]
  readonly house?: AddressNumber
}

const streetType =
  /^(?:street|st|avenue|ave|road|rd|parkway|pkwy|highway|hwy|terrace|ter|place|pl|court|ct|park|square|sq|lane|ln|way|boulevard|blvd|drive|dr|plaza|plz|circle|cir|cirt|row|wharf|whf|bridge|brg|alley|aly|path|mall|green|grn|entrance|freeway|fwy|extension|ext|crescent|cres)$/
const oneSpelling: { readonly [word: string]: string } = {
  street: 'st',
  avenue: 'ave',
  road: 'rd',
  parkway: 'pkwy',
  highway: 'hwy',
  terrace: 'ter',
  place: 'pl',
  court: 'ct',
  square: 'sq',
  lane: 'ln',
  boulevard: 'blvd',
  drive: 'dr',
  plaza: 'plz',
  circle: 'cir',
  alley: 'aly',
}

/** Whether a text is to be read as English: words, and none of them Chinese. */
export function isEnglish(text: string): boolean {
  return /[a-z]{2}/i.test(text) && !/\p{Script=Han}/u.test(text)
}

/** Reads an address in lower case with its signs: brackets, commas and double blanks part street and district. */
export function readEnglish(written: string): EnglishAddress {
  const crossing = /^(?:intersection of|corner of|crossing of)\s+/.exec(written)?.[0]
  const rest = crossing === undefined ? written : written.slice(crossing.length)
  const inBrackets = /\(\s*(\d[^)]*)\)/.exec(rest)?.[1]
  const sides = (inBrackets ?? rest).split(crossing === undefined ? /\s+(?:&|@)\s+/ : /\s+(?:&|@|and)\s+/)
  const house = crossing === undefined && sides.length === 1 ? houseIn(inBrackets ?? rest) : undefined
  const streets = new Set(sides.flatMap((side) => streetIn(side.replace(/^\d\S*\s+/, '')) ?? []))
  return { streets: [...streets], ...(house !== undefined && { house }) }
}

function houseIn(written: string): AddressNumber | undefined {
  const [whole, value, to] = /^(\d{1,6})[a-z]{0,2}(?:-(\d{1,6})[a-z]{0,2})?(?=\s)/.exec(written) ?? []
  if (whole === undefined || value === undefined) return undefined
  return { value, unit: '', ...(to !== undefined && { to }) }
}

/** Up to the word that says what kind of street it is; the district's name stands behind it, or behind two blanks. */
function streetIn(side: string): string | undefined {
  const words = (side.trim().split(/\s{2,}|,/)[0] ?? '').split(/[\s.]+/).filter((word) => word !== '')
  const end = words.findIndex((word, index) => index > 0 && streetType.test(word))
  let last = end === -1 ? words.length - 1 : end
  while (end !== -1 && streetType.test(words[last + 1] ?? '')) last++
  const name = words.slice(0, last + 1).map((word) => oneSpelling[word] ?? word)
  return name.length === 0 ? undefined : name.join(' ')
}
