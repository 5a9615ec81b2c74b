import { isEnglish, readEnglish } from './address-english.ts'
import { addNumber, addRelative, addRoad, advance, flushName, place, put, type Scan } from './address-scan.ts'
import { digitsOf, numeralSigns } from './address-numerals.ts'
import { goesOnWith, levelOfEnding, longestEnding, provinceAt, unitLevels } from './address-words.ts'
import type { NameLevel, NumberLevel } from './address-words.ts'

/** A name without its ending, and the ending as written: 竹影湾 and 花园; a name that no ending closes has the ending ''. */
export interface AddressName {
  name: string
  ending: string
}

/** 210弄, 15-21号, 附3号, 12-16 in front of an English street: `to` where a range is written, whatever follows a sign, 之1 or -8, counts as its end. */
export interface AddressNumber {
  value: string
  to?: string
  unit: string
}

/** A written address, cut by level. Names are normalised: lower case, half width, numerals as digits (三期 → 3). */
export interface Address {
  /** The whole text, normalised; one blank for each run of separators. */
  text: string
  province?: string
  city?: string
  district?: string
  street?: string
  community?: string
  /** In order of writing, without repeats; 12乡道, s101 and 听涛北路. */
  roads: string[]
  /** Two of the roads, or more, where the text says that they cross. */
  crossing?: string[]
  numbers: AddressNumber[]
  /** Of them, the one that stands right behind a road, or in front of an English street. */
  house?: AddressNumber
  /** Compounds, buildings with a name, schools, companies, shops; as written, at most eight. */
  sites: AddressName[]
  phase?: string
  building?: string
  unit?: string
  floor?: string
  room?: string
  group?: string
  /** What is named last, whole: mostly what the address is written for. */
  final?: { level: NameLevel; name: string; ending: string }
  /** 附近, 对面, 西北200米, 南门. */
  relative: string[]
}

const longestText = 200

const units = unitLevels.map(([unit]) => unit).join('|')
const levelOfUnit = new Map<string, NumberLevel>(unitLevels)
// A unit that goes on as another word is none: 一社区, 两组团, 三号线, 二楼盘.
const unitEnd = `(?!线|域|产|织|盘|面|委|民|外|租|务)(?<!社)(?![社]区)`
const numbered = new RegExp(
  `([附临甲乙丙丁])?(?:([a-z]{0,2}\\d{1,6}[a-z]?|[甲乙丙丁](?=栋|幢|座|单元)|[a-z]\\d{0,4}|[${numeralSigns}]{1,6}|[东南西北中](?=区|座|单元|栋|楼(?!大|路|街)))` +
    `(?:(?:-|~|至|到|之|,|/)([a-z]?\\d{1,5}[a-z]?))?(?:(?:-|~|,|/)\\d{1,5}){0,4}(${units})${unitEnd}|(\\d{1,6})#(?:楼)?)`,
  'y',
)
const bareNumber = /[a-z]?\d{1,6}[a-z]?(?:-\d{1,5}){0,3}/y
const relativeHere =
  /(?:往|向|约|正)*[东南西北]{0,2}(?:侧|边|面|方向|行|走)?约?\d{1,5}(?:米|m|公里)(?:路[东南西北])?|(?:附近|旁边|旁|对面|对过|斜对面|隔壁|门口|门前|门面|楼下|里面|路口|交叉口|交叉|交汇处|交汇口|交汇|交界处|交口|十字路口|丁字路口|[东南西北前后侧正]{1,2}\d?门|入口|出口|[东南西北]{1,2}(?:侧|角|面|边|端)|中段|内(?=[ )]|$))/y
const sectionHere = /(?:([一二三四五六七八九\d])|[东南西北中])段/y
const crossingWord = /交|路口/
const namedRoad = /(?:[gsxy](\d{1,4})(?!\d)|(\d{1,4})(国道|省道|县道|乡道))/y
const classOfRoad: { readonly [letter: string]: string } = { g: '国道', s: '省道', x: '县道', y: '乡道' }

/** Text of an address in one form: half width, lower case, separators as one blank; at most 200 characters. */
export function addressText(text: string): string {
  return text
    .slice(0, longestText)
    .normalize('NFKC')
    .slice(0, longestText)
    .toLowerCase()
    .replace(/[－—–―‐]/g, '-')
    .replace(/([a-z\d])[,、](?=\d)/g, '$1/')
    .replace(/(?<![\da-z])[-~/]|[-~/](?![\da-z])/g, ' ')
    .replace(/[^\p{L}\p{N}\-~/#]+/gu, ' ')
    .trim()
}

/** Cuts a written address into its parts: all levels of a Chinese one; streets, house and crossing of an English one. Linear in the length; a text that is no address gives few parts, never an error. */
export function readAddress(text: string): Address {
  const words = addressText(text)
  const address: Address = { text: words, roads: [], numbers: [], sites: [], relative: [] }
  if (isEnglish(words)) {
    putEnglish(address, text)
    return address
  }
  const scan: Scan = { words, index: 0, start: 0, address, last: undefined }
  while (scan.index < words.length) step(scan)
  flushName(scan)
  return address
}

function putEnglish(address: Address, text: string): void {
  const { streets, house } = readEnglish(text.slice(0, longestText).normalize('NFKC').trim().toLowerCase())
  address.roads.push(...streets)
  if (streets.length > 1) address.crossing = [...streets]
  if (house === undefined) return
  address.numbers.push(house)
  address.house = house
}

function step(scan: Scan): void {
  const { words, index, start } = scan
  if (words[index] === ' ') {
    flushName(scan)
    scan.start = ++scan.index
    scan.last = undefined
    return
  }
  if (index === start && takeProvince(scan)) return
  if (
    takeSection(scan) ||
    takeJoint(scan) ||
    takeRelative(scan) ||
    takeRoadNumber(scan) ||
    takeNumber(scan) ||
    takeEnding(scan)
  )
    return
  scan.index++
}

function takeProvince(scan: Scan): boolean {
  const found = provinceAt(scan.words, scan.index)
  if (found === undefined) return false
  scan.address.province ??= found.name
  if (found.isCity) scan.address.city ??= found.name
  return advance(scan, found.length)
}

/** 与 and 和 between two roads. */
function takeJoint(scan: Scan): boolean {
  const sign = scan.words[scan.index]
  if (sign !== '与' && sign !== '和') return false
  if (scan.index !== scan.start) {
    if (sign !== '与' || !crossingAhead(scan)) return false
    flushName(scan)
  } else if (scan.last !== 'road') return false
  return advance(scan, 1)
}

/** 青禾里与听涛街交叉口: what stands before 与 is a road by another ending. */
function crossingAhead({ words, index }: Scan): boolean {
  return /^与[^ ]{2,8}交/.test(words.slice(index, index + 12))
}

function takeRelative(scan: Scan): boolean {
  relativeHere.lastIndex = scan.index
  const word = relativeHere.exec(scan.words)?.[0]
  if (word === undefined || (word.endsWith('门') && /[东南西北前后]/.test(word) && !atPieceEnd(scan, word)))
    return false
  flushName(scan)
  const { address } = scan
  addRelative(scan, word)
  const [one, other] = address.roads.slice(-2)
  if (crossingWord.test(word) && one !== undefined && other !== undefined) address.crossing ??= [one, other]
  return advance(scan, word.length)
}

function atPieceEnd({ words, index }: Scan, word: string): boolean {
  const next = words[index + word.length]
  return next === undefined || next === ' '
}

/** 二段 belongs to the road before it. */
function takeSection(scan: Scan): boolean {
  if (scan.last !== 'road' || scan.index !== scan.start) return false
  sectionHere.lastIndex = scan.index
  const [whole, numeral] = sectionHere.exec(scan.words) ?? []
  if (whole === undefined) return false
  const { roads } = scan.address
  if (numeral !== undefined) roads.push(`${roads.pop()}${digitsOf(numeral)}段`)
  return advance(scan, whole.length)
}

/** S101 and 101省道 are one road. */
function takeRoadNumber(scan: Scan): boolean {
  if (scan.index !== scan.start && !/[\d\s]/.test(scan.words[scan.index] ?? '')) return false
  namedRoad.lastIndex = scan.index
  const match = namedRoad.exec(scan.words)
  if (!match) return false
  const [whole, lettered, digits, kind] = match
  flushName(scan)
  addRoad(scan, lettered === undefined ? `${digits}${kind}` : `${lettered}${classOfRoad[whole[0] ?? '']}`)
  return advance(scan, whole.length)
}

function takeNumber(scan: Scan): boolean {
  if (!startsNumber(scan)) return false
  numbered.lastIndex = scan.index
  const match = numbered.exec(scan.words)
  if (match) return takeNumbered(scan, match)
  bareNumber.lastIndex = scan.index
  const bare = bareNumber.exec(scan.words)?.[0]
  if (bare === undefined) return false
  if (scan.index === scan.start && scan.last !== undefined && isBareEnd(scan, bare)) {
    addNumber(scan, { value: bare.replace(/^0+(?=\d)/, ''), unit: '' })
    return advance(scan, bare.length)
  }
  scan.index += bare.length
  return true
}

function startsNumber({ words, index }: Scan): boolean {
  const before = words[index - 1] ?? ' '
  const here = words[index] ?? ' '
  if (/[a-z]/.test(here) && /[a-z]/.test(before)) return false
  return /[a-z\d附临甲乙丙丁东南西北中]/.test(here) || numeralSigns.includes(here)
}

/** A number without unit: at the end, or 听涛路18 before a name; a single digit there is part of the name. */
function isBareEnd({ words, index, last }: Scan, bare: string): boolean {
  const next = words[index + bare.length]
  return next === undefined || next === ' ' || (last === 'road' && bare.length > 1)
}

function takeNumbered(scan: Scan, match: RegExpExecArray): boolean {
  const [whole, prefix = '', from = '', to, unit = '号', hash] = match
  // 三六区: a name of two numerals without ten is no number.
  if (unit === '区' && /^[一二三四五六七八九]{2}$/.test(from)) return false
  flushName(scan)
  const value = prefix + digitsOf(hash ?? from).replace(/^0+(?=\d)/, '')
  const level = hash === undefined ? levelOfUnit.get(unit) : 'building'
  const number = { value, unit, ...(to !== undefined && { to }) }
  put(scan, level ?? 'number', number)
  scan.last = level
  return advance(scan, whole.length)
}

function takeEnding(scan: Scan): boolean {
  const { words, index, start } = scan
  const ending = endingAt(words, index)
  if (ending === undefined || (ending === '市' && /[城街超夜菜闹]/.test(words[index - 1] ?? ''))) return false
  const end = index + ending.length
  if (isWithinName(words, ending, end)) return false
  const name = numeralsAsDigits(words.slice(start, index), ending)
  if (name === '') {
    // "小区3栋" names nothing; 村 and 路 alone begin a name: 村前路.
    if (ending.length === 1) return false
    return advance(scan, ending.length)
  }
  place(scan, name, ending)
  return advance(scan, ending.length)
}

function endingAt(words: string, index: number): string | undefined {
  for (let length = Math.min(longestEnding, words.length - index); length > 0; length--) {
    const word = words.slice(index, index + length)
    if (levelOfEnding.has(word)) return word
  }
  return undefined
}

const roadBehind =
  /(?:[东南西北中前后]|[一二三四五六七八九十\d]{1,3})?(?:路|街|大道|大街|巷|桥)(?!口)|(?:小区|社区|小学|中学|幼儿园|大厦|花园|广场|公寓|工业区|工业园|派出所|医院|市场|超市|酒店|公园|新村|大楼|商场|地铁站|站|店|村|镇|小镇|国际|院)/y

/** Whether the name goes on behind this ending: 花园路, 新村小学, 医院路, 中心小学. */
function isWithinName(words: string, ending: string, end: number): boolean {
  if (goesOnWith[ending]?.includes(words[end] ?? ' ') ?? false) return true
  const level = levelOfEnding.get(ending)
  if (level === 'city' || level === 'district') return false
  roadBehind.lastIndex = end
  const behind = roadBehind.exec(words)?.[0]
  if (behind === undefined) return false
  if (level === 'street') return /(?:路|街|大道|巷|桥|店|站)$/.test(behind) && !/^(?:镇|街)/.test(behind)
  if (level === 'road') return /^(?:店|站|桥|派出所|小学|中学)$/.test(behind)
  return level === 'site' || ending.length === 1 ? true : /(?:路|街|大道|巷)$/.test(behind)
}

const numeralBeforeEnding = new RegExp(`[${numeralSigns}]{1,4}$`)

/** 建设二路 and 建设2路 are one; so are 三村 and 3村. */
function numeralsAsDigits(name: string, ending: string): string {
  const level = levelOfEnding.get(ending)
  return level === 'road' || level === 'community' || ending === '新村' || ending === '社'
    ? name.replace(numeralBeforeEnding, (numeral) => digitsOf(numeral))
    : name
}
