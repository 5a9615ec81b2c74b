import { scalarText } from '../mapping/value.ts'
import { findTimeFormats } from './time-formats.ts'
import type { SourceField } from './source-fields.ts'

/** What a field's values look like over all records: shares from 0 to 1. No value is kept but short codes. */
export interface Shape {
  /** Records that have a value, of all. */
  readonly filled: number
  readonly count: number
  readonly distinct: number
  readonly meanLength: number
  readonly longest: number
  readonly han: number
  readonly phones: number
  readonly identities: number
  readonly emails: number
  readonly longitudes: number
  readonly latitudes: number
  /** Degrees with decimals, anywhere on earth. */
  readonly degrees: number
  readonly pairs: number
  readonly metres: number
  readonly addresses: number
  readonly people: number
  readonly urls: number
  /** Of these, those that name a picture, a film, a sound or a document. */
  readonly files: number
  /** Texts without blanks, as numbers of one's own are. */
  readonly tokens: number
  /** Degrees with three decimals or more: some hundred metres. */
  readonly precise: number
  readonly html: number
  readonly codes: number
  readonly masked: number
  /** Values that are lists or objects, which no text target takes. */
  readonly structured: number
  /** Patterns of `as: datetime` that read nine of ten values; empty where there are none. */
  readonly timeFormats: readonly string[]
  /** Different values by how often they come, at most 1,000. */
  readonly frequencies: ReadonlyMap<string, number>
}

const maxDistinct = 1_000
const PHONE = /^(?:(?:\+?0{0,2}86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[- ]?\d{7,8}(?:[-转]\d{1,6})?)$/
const MASKED_PHONE = /^1[3-9]\d\*{3,6}\d{2,4}$/
const IDENTITY = /^[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]$/
const EMAIL = /^[\w.+-]+@[\w-]+(?:\.[\w-]+)+$/
const ADDRESS =
  /(?:路|街|巷|道|里|弄|大道|公路)[东西南北]?\s?\d{0,5}\s?(?:号|弄|栋|幢|附近|口|旁|与)|小区|花园|街道|社区|村|大厦|广场|苑|栋|单元|交叉口|路口|门口/
const PERSON =
  /^(?:[\u4e00-\u9fa5]{1,2}(?:先生|女士|小姐|某|师傅|同志|\*{1,2})|[\u4e00-\u9fa5]\*[\u4e00-\u9fa5]?|[赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜戚谢邹喻柏水章苏潘葛奚范彭郎鲁韦马苗方俞任袁柳史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于傅皮齐康伍余顾孟黄萧尹姚邵汪祁毛狄米明戴宋庞熊纪舒屈项祝董梁杜阮蓝季贾江童颜郭梅盛林钟徐邱骆高夏蔡田樊胡凌霍虞万柯管卢莫房解应丁宣邓洪石崔吉龚程嵇邢裴陆荣翁荀羊甄曲封芮储靳松段富巫乌焦巴弓牧谷车侯宓蓬全班仰秋仲伊宫宁仇祖武符刘景詹龙叶司黎薄印白怀蒲邰鄂索赖卓蔺屠蒙池乔阴闻莘党翟谭贡劳姬申扶堵冉宰雍桑桂牛寿通边扈燕浦尚农温庄晏柴瞿阎充慕连茹习艾鱼容向古易慎戈廖终暨居衡步都耿满弘匡国文寇广东欧利师关游肖涂汤][\u4e00-\u9fa5]{1,2})$/
const URL_TEXT = /^(?:https?:\/\/|part:|cid:)/i
const FILE_TEXT = /\.(?:jpe?g|png|gif|bmp|webp|heic|mp4|mp3|amr|wav|pdf|docx?|xlsx?)(?:$|[?;,|\s])/i
const HTML = /<(?:p|br|div|span|img|a|table|b|strong|font)\b[^<>]*>/i
const CODE = /^[\p{L}\p{N}_.:/\-()（）、 ]{1,40}$/u
const SYSTEM_PAIR = /^-?\d{1,3}\.\d{2,}\s*[,，;\s]\s*-?\d{1,3}\.\d{2,}$/

/** Measures one field. */
export function shapeOfField({ values, rows }: SourceField): Shape {
  const flat = values.flatMap((value) => scalarText(value)?.trim() ?? [])
  const texts = flat.filter((text) => text !== '')
  const share = (holds: (text: string) => boolean): number =>
    texts.length === 0 ? 0 : texts.filter(holds).length / texts.length
  const frequencies = new Map<string, number>()
  for (const text of texts)
    if (frequencies.has(text) || frequencies.size < maxDistinct)
      frequencies.set(text, (frequencies.get(text) ?? 0) + 1)
  const lengths = texts.map(({ length }) => length)
  return {
    filled: rows === 0 ? 0 : values.length / rows,
    count: values.length,
    distinct: new Set(texts).size,
    meanLength: lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length),
    longest: Math.max(0, ...lengths),
    han: share((text) => /\p{Script=Han}/u.test(text)),
    phones: share((text) => PHONE.test(text) || MASKED_PHONE.test(text)),
    identities: share((text) => IDENTITY.test(text)),
    emails: share((text) => EMAIL.test(text)),
    longitudes: share((text) => isDegrees(text, 73, 136)),
    latitudes: share((text) => isDegrees(text, 3, 54)),
    degrees: share((text) => /^-?\d{1,3}\.\d{2,}$/.test(text) && Math.abs(Number(text)) <= 180),
    pairs: share((text) => SYSTEM_PAIR.test(text)),
    metres: share((text) => /^\d{5,8}(?:\.\d+)?$/.test(text)),
    addresses: share((text) => text.length >= 4 && text.length <= 80 && ADDRESS.test(text)),
    people: share((text) => PERSON.test(text)),
    urls: shareHolding(values, (text) => URL_TEXT.test(text) || FILE_TEXT.test(text)),
    files: shareHolding(values, (text) => FILE_TEXT.test(text)),
    tokens: share((text) => /^\S{1,200}$/.test(text)),
    precise: share((text) => /^\d{1,3}\.\d{3,}$/.test(text)),
    html: share((text) => HTML.test(text)),
    codes: share((text) => CODE.test(text)),
    masked: share((text) => text.includes('*')),
    structured: values.length === 0 ? 0 : 1 - flat.length / values.length,
    timeFormats: findTimeFormats(texts),
    frequencies,
  }
}

function isDegrees(text: string, from: number, to: number): boolean {
  if (!/^\d{1,3}(?:\.\d+)?$/.test(text)) return false
  const value = Number(text)
  return value >= from && value <= to
}

/** Addresses of files stand alone, in a list, several in one text, or within objects. */
function shareHolding(values: readonly unknown[], holds: (text: string) => boolean): number {
  return values.length === 0 ? 0 : values.filter((value) => isHeld(value, holds, 0)).length / values.length
}

function isHeld(value: unknown, holds: (text: string) => boolean, level: number): boolean {
  if (typeof value === 'string') return value.length <= 5000 && holds(value.trim())
  if (typeof value !== 'object' || value === null || level === 2) return false
  return Object.values(value).some((member) => isHeld(member, holds, level + 1))
}

/** In words, for a field that is not mapped; never a value. */
export function describeShape(shape: Shape): string {
  const { count, distinct, meanLength, structured, timeFormats } = shape
  if (count === 0) return '样例中都是空的'
  if (structured > 0.5) return '列表或对象'
  if (timeFormats.length > 0) return `时间（${timeFormats.join('、')}）`
  if (shape.identities > 0.5) return '像身份证号'
  if (shape.phones > 0.5) return '像电话'
  if (shape.emails > 0.5) return '像邮箱'
  if (shape.files > 0.5) return '文件地址'
  if (shape.urls > 0.5) return '网址'
  if (shape.precise > 0.8 && (shape.longitudes > 0.8 || shape.latitudes > 0.8)) return '像经纬度'
  if (shape.people > 0.6) return '像人名'
  if (distinct === 1) return '只有一个值'
  if (distinct <= 20 && distinct < count / 2 && shape.codes === 1) return `代码，${distinct} 个不同值`
  return `${shape.han > 0.5 ? '中文' : '文字或数字'}，平均 ${Math.round(meanLength)} 个字`
}
