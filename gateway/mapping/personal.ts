import { birthYearOf, readIdentityNumber } from './identity-number.ts'

/** A phone, identity number or e-mail address in free text. */
export interface PersonalMark {
  readonly kind: 'phone' | 'identity' | 'email'
  /** Place in the text, in UTF-16 units; `end` is the first unit after it. */
  readonly start: number
  readonly end: number
  /** As it is compared: digits of a phone, 18 characters of an identity number. */
  readonly value: string
  /** An identity number whose check digit is wrong is lifted from a text and never taken as somebody's. */
  readonly sure: boolean
}

const EMAIL = /[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}/g
const IDENTITY_18 =
  /(?<!\d)[1-9]\d{5}[ -]?(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[ -]?\d{3}[\dXx](?![0-9A-Za-z])/g
const IDENTITY_15 = /(?<!\d)[1-9]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?![0-9A-Za-z])/g
/** 3-4-4, 3-8, 5-6 and 11 digits on end, with +86, 86 or 0086. */
const MOBILE =
  /(?<![\d+])(?<!\d\.)(?:(?:\+|00)?86[ -]?)?(?:1[3-9]\d[ .-]?\d{4}[ .-]?\d{4}|1[3-9]\d{3}[ -]\d{6})(?!\d)/g
/** 010 and 02x have eight digits behind them, the others seven or eight. */
const LANDLINE =
  /(?<![\d+])(?<!\d\.)\(?(?:0(?:10|2\d)\)?[ -]?[2-9]\d{3}[ -]?\d{4}|0[3-9]\d{2}\)?[ -]?[2-9]\d{2,3}[ -]?\d{4})(?!\d)/g
const ABROAD_LANDLINE =
  /(?<!\d)(?:\+|00)86[ -]?(?:\(0\))?(?:(?:10|2\d)[ -]?[2-9]\d{3}[ -]?\d{4}|[3-9]\d{2}[ -]?[2-9]\d{2,3}[ -]?\d{4})(?!\d)/g
/** Without area code only behind a word that says so. */
const LOCAL = /(?<![\d.+-])[2-9]\d{2,3}[ -]?\d{4}(?![\d.-])/g
const EXTENSION = /^\s?(?:转|分机|ext\.?|-|#)\s?(\d{1,6})(?!\d)/i

const PHONE_WORD =
  /(?:电话|手机|座机|固话|联系方式|致电|拨打|回电|来电|tel|phone|mobile|call)(?:号码?)?(?:为|是)?[\s:.,]{0,3}$/i
const IDENTITY_WORD = /(?:身份证|身份号码|证件|居民证)(?:件)?(?:编?号码?)?(?:为|是)?[\s:.,]{0,3}$/
/** Words before a number that is a thing's, not a person's. */
const ORDER_WORD =
  /(?:编号|[单案件文序]号|(?:流水|受理|任务|合同|发票|设备|订单|工单|运单|快递|档案|车架|批次)号?|(?:order|case|ticket)[ _-]?(?:no|id)?|no\.)(?:码)?(?:为|是)?[\s:.#=]{0,3}$/i
const PHONE_LETTERS = /(?:^|[^A-Za-z])(?:tel|phone|mobile|mob|cell|call|wx|vx|weixin|qq|v|t|m|p)[.:]?$/i
/** A birth this late, with a wrong check digit, is an area code with a day's running number. */
const LATEST_UNSURE_BIRTH = 2015

/** Full-width forms as ASCII, unit for unit: places in the text stay what they are. */
const halfWidth = (text: string): string =>
  text
    .replaceAll(/[\uff01-\uff5e]/g, (unit) => String.fromCharCode(unit.charCodeAt(0) - 0xfee0))
    .replaceAll(/[\u3000\u00a0]/g, ' ')
    .replaceAll(/[\u2010-\u2015\u2212]/g, '-')

/** Every phone, identity number and e-mail address of a text, in its order. Linear in the text. */
export function findPersonal(original: string): PersonalMark[] {
  const text = halfWidth(original)
  const marks: PersonalMark[] = []
  const add = (mark: PersonalMark): void => addApart(marks, mark)
  if (text.includes('@'))
    for (const found of text.matchAll(EMAIL))
      add({ ...placeOf(found), kind: 'email', value: found[0], sure: true })
  if (/\d{4}/.test(text)) {
    for (const pattern of [IDENTITY_18, IDENTITY_15])
      for (const found of text.matchAll(pattern)) addIdentity(text, found, add)
    for (const pattern of [MOBILE, ABROAD_LANDLINE, LANDLINE, LOCAL])
      for (const found of text.matchAll(pattern)) addPhone(text, found, { add, local: pattern === LOCAL })
  }
  return marks
}

/** Keeps the marks in order; one that overlaps an earlier find is left out. */
function addApart(marks: PersonalMark[], mark: PersonalMark): void {
  let [low, high] = [0, marks.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((marks[middle]?.start ?? 0) < mark.start) low = middle + 1
    else high = middle
  }
  const [previous, next] = [marks[low - 1], marks[low]]
  if ((previous?.end ?? 0) > mark.start || (next !== undefined && next.start < mark.end)) return
  marks.splice(low, 0, mark)
}

const placeOf = (found: RegExpExecArray): { start: number; end: number } => ({
  start: found.index,
  end: found.index + found[0].length,
})

const before = (text: string, at: number): string => text.slice(Math.max(0, at - 16), at)

function addIdentity(text: string, found: RegExpExecArray, add: (mark: PersonalMark) => void): void {
  const bare = found[0].replaceAll(/[ -]/g, '')
  const reading = readIdentityNumber(bare)
  if (reading.kind === 'none') return
  const place = placeOf(found)
  const words = before(text, place.start)
  const named = IDENTITY_WORD.test(words)
  if (!named && (ORDER_WORD.test(words) || isPartOfCode(text, place))) return
  const year = birthYearOf(bare)
  const sure = reading.kind === 'identity' && (bare.length === 18 || named || (year >= 1930 && year <= 1999))
  if (!sure && !named && (bare.length === 15 || year > LATEST_UNSURE_BIRTH)) return
  add({ ...place, kind: 'identity', value: reading.kind === 'identity' ? reading.number : bare, sure })
}

function addPhone(
  text: string,
  found: RegExpExecArray,
  { add, local }: { add: (mark: PersonalMark) => void; local: boolean },
): void {
  const { start, end } = placeOf(found)
  const words = before(text, start)
  if (local && !PHONE_WORD.test(words)) return
  if (ORDER_WORD.test(words) || isPartOfCode(text, { start, end })) return
  const number = phoneDigits(found[0])
  const isMobile = number.length === 11 && number.startsWith('1')
  const extension = isMobile ? null : EXTENSION.exec(text.slice(end, end + 16))
  add({
    start,
    end: end + (extension?.[0].length ?? 0),
    kind: 'phone',
    value: extension === null ? number : `${number}-${extension[1]}`,
    sure: true,
  })
}

/** Digits without country code; a landline keeps, or gets, the 0 of its area. */
function phoneDigits(written: string): string {
  const digits = written.replaceAll(/\D/g, '')
  const bare = digits.replace(/^(?:00)?86(?=[1-9]\d{8})/, '')
  return bare.length < digits.length && !/^1[3-9]\d{9}$/.test(bare) ? `0${bare}` : bare
}

/** Whether capitals or further digits, joined by a hyphen, make it a part of a longer number. */
function isPartOfCode(text: string, { start, end }: { start: number; end: number }): boolean {
  const words = before(text, start)
  const after = text.slice(end, end + 16)
  if (/[A-Z_]$/.test(words) && !PHONE_LETTERS.test(words)) return true
  const joined = /([A-Z0-9]+)[-_/]$/.exec(words)?.[1]
  if (joined !== undefined && !/^(?:(?:00)?86|1[3-9]\d{9}|\d{7,8}|TEL|PHONE|MOBILE)$/.test(joined))
    return true
  return /^(?:[A-Za-z_]|-(?!1[3-9]\d{9}(?!\d)|\d{1,6}(?!\d))[A-Za-z\d]|号(?:工单|订单|案|文))/.test(after)
}
