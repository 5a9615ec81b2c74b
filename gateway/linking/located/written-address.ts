/** Reads what a short written address says: street, house numbers, crossing. English and Chinese style. */

export interface HouseNumbers {
  from: number
  to: number
}

export interface WrittenAddress {
  /** All of it in one spelling: equal for two writers of the same address. */
  whole: string
  /** Streets it names, in alphabetical order; two or more for a crossing. */
  streets: readonly string[]
  crossing: boolean
  /** 182-184, or one number twice. Absent for 0, which stands for an unknown number. */
  house?: HouseNumbers
}

const longestAddress = 200

/** Reads an address; undefined where nothing is written. */
export function readAddress(text: string | undefined): WrittenAddress | undefined {
  const written = (text ?? '').slice(0, longestAddress).normalize('NFKC').trim()
  const whole = written
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
  if (whole === '') return undefined
  const read = /\p{Script=Han}/u.test(written) ? readChinese(written) : readEnglish(written.toLowerCase())
  const streets = [...new Set(read.streets)].toSorted()
  return {
    whole,
    streets,
    crossing: streets.length > 1,
    ...(read.house !== undefined && read.house.from > 0 && { house: read.house }),
  }
}

interface Read {
  streets: string[]
  house?: HouseNumbers
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

function readEnglish(written: string): Read {
  const crossing = /^(?:intersection of|corner of|crossing of)\s+/.exec(written)?.[0]
  const rest = crossing === undefined ? written : written.slice(crossing.length)
  const inBrackets = /\(\s*(\d[^)]*)\)/.exec(rest)?.[1]
  const sides = (inBrackets ?? rest).split(crossing === undefined ? /\s+(?:&|@)\s+/ : /\s+(?:&|@|and)\s+/)
  const houses = crossing === undefined && sides.length === 1 ? englishHouse(inBrackets ?? rest) : undefined
  const streets = sides.flatMap((side) => englishStreet(side.replace(/^\d\S*\s+/, '')) ?? [])
  return { streets, ...(houses !== undefined && { house: houses }) }
}

function englishHouse(written: string): HouseNumbers | undefined {
  const found = /^(\d{1,6})[a-z]{0,2}(?:-(\d{1,6})[a-z]{0,2})?(?=\s)/.exec(written)
  return found === null ? undefined : ordered(Number(found[1]), Number(found[2] ?? found[1]))
}

/** Up to the word that says what kind of street it is; the district's name stands behind it, or behind two blanks. */
function englishStreet(side: string): string | undefined {
  const words = (side.trim().split(/\s{2,}|,/)[0] ?? '').split(/[\s.]+/).filter((word) => word !== '')
  const end = words.findIndex((word, index) => index > 0 && streetType.test(word))
  let last = end === -1 ? words.length - 1 : end
  while (end !== -1 && streetType.test(words[last + 1] ?? '')) last++
  const name = words.slice(0, last + 1).map((word) => oneSpelling[word] ?? word)
  return name.length === 0 ? undefined : name.join(' ')
}

const areasBefore = /^(?:\p{Script=Han}{2,9}?(?:省|市|区|县|街道|镇|乡|社区))+(?=.*[路街道巷])/u
const chineseStreet =
  /((?:\p{Script=Han}|(?<![A-Za-z])[A-Z](?=[\p{Script=Han}]))[\p{Script=Han}\d]{0,7}?(?:大道|公路|路|街(?!道)|巷)(?:[东南西北中]段?)?)/gu

function readChinese(written: string): Read {
  const rest = written.replace(areasBefore, '')
  const streets = [...rest.matchAll(chineseStreet)].map(([, name]) =>
    (name ?? '').replace(/^[与和及交跟至到近]+/u, ''),
  )
  const house = /[路街道巷](?:[东南西北中]段?)?(\d{1,6})(?:-\d{1,4})*[号弄]/u.exec(rest)
  const isCrossing = /交[叉汇界]|路口|[与和及/&]/u.test(rest)
  return {
    streets: streets.filter((name) => name.length > 1).slice(0, isCrossing ? 3 : 1),
    ...(house !== null && { house: { from: Number(house[1]), to: Number(house[1]) } }),
  }
}

function ordered(one: number, other: number): HouseNumbers {
  return one <= other ? { from: one, to: other } : { from: other, to: one }
}
