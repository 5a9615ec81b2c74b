/** What a match's parts say to clerks, in Chinese and English: `同一小区、楼宇或单位 +4.1`, `14 m apart +2.3`. */
import { detailInChinese } from './detail-words.ts'
import { levelWords } from './level-words.ts'

export type Language = 'zh' | 'en'

/** A part of a match as it is stored; fields and levels that are not known here speak by their own `detail`. */
export interface WordedPart {
  readonly field: string
  readonly level: string
  readonly weight: number
  readonly detail: string
}

/** Bits with sign and one decimal: `+4.1`, `−1.2`, `0.0`. */
export function bitsInWords(weight: number): string {
  const rounded = Math.round(weight * 10) / 10
  if (rounded === 0) return '0.0'
  return `${rounded > 0 ? '+' : '−'}${Math.abs(rounded).toFixed(1)}`
}

/** A part in words, without its bits. What was measured (metres, days, percent) is taken from its `detail`. */
export function phraseOf(part: WordedPart, language: Language): string {
  const isMeasured = /\d/.test(part.detail)
  const detail = language === 'zh' ? detailInChinese(part.detail) : part.detail
  if (isMeasured && detail !== undefined) return detail
  return levelWords[part.field]?.[part.level]?.[language] ?? fallback(part, detail, language)
}

/** A part in words with its bits: `同一诉求人 +2.5`, `same person +2.5`. */
export function wordsOf(part: WordedPart, language: Language): string {
  return `${phraseOf(part, language)} ${bitsInWords(part.weight)}`
}

/** The parts that say something, strongest first; those of less than a twentieth of a bit are left out. */
export function tellingParts<Part extends WordedPart>(parts: readonly Part[]): Part[] {
  return parts
    .filter(({ weight }) => Math.abs(weight) >= 0.05)
    .toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
}

/** All telling parts in one line: `same compound +4.1, 14 m apart +2.3, other category −1.2`. */
export function sentenceOf(parts: readonly WordedPart[], language: Language): string {
  return tellingParts(parts)
    .map((part) => wordsOf(part, language))
    .join(language === 'zh' ? '，' : ', ')
}

function fallback(
  { field, level, detail }: WordedPart,
  translated: string | undefined,
  language: Language,
): string {
  if (detail !== '') return translated ?? detail
  const name = fieldInWords(field, language)
  return language === 'zh' ? `${name}：${level}` : `${name}: ${level}`
}

const fieldNames: { readonly [field: string]: { readonly zh: string; readonly en: string } } = {
  reference: { zh: '编号', en: 'reference' },
  person: { zh: '诉求人', en: 'person' },
  component: { zh: '部件', en: 'component' },
  distance: { zh: '距离', en: 'distance' },
  place: { zh: '地点', en: 'place' },
  address: { zh: '地址', en: 'address' },
  title: { zh: '标题', en: 'title' },
  text: { zh: '正文', en: 'text' },
  category: { zh: '类别', en: 'category' },
  time: { zh: '时间', en: 'time' },
  channel: { zh: '渠道', en: 'channel' },
  setting: { zh: '类别与地点', en: 'category and place' },
  relation: { zh: '类别与距离', en: 'category and distance' },
  addressTime: { zh: '地址与时间', en: 'address and time' },
  categories: { zh: '两类关联', en: 'categories' },
  groups: { zh: '两大类关联', en: 'groups of categories' },
  categoryTime: { zh: '类别的间隔', en: 'time for the category' },
  nearer: { zh: '更近同类', en: 'others nearer' },
  repeated: { zh: '同址同类', en: 'category at the address' },
  categoryPlace: { zh: '类别的距离', en: 'distance for the category' },
  channels: { zh: '两个渠道', en: 'channels' },
  channelTime: { zh: '渠道与时间', en: 'channel and time' },
  nearby: { zh: '附近同类', en: 'others nearby' },
  atAddress: { zh: '同址诉求', en: 'others at the address' },
  writer: { zh: '诉求人', en: 'person' },
  site: { zh: '地点', en: 'place' },
  area: { zh: '所属区', en: 'district' },
  gap: { zh: '间隔', en: 'time between' },
  again: { zh: '再次反映', en: 'reported again' },
  names: { zh: '少见词', en: 'rare words' },
  texts: { zh: '正文少见词', en: "text's rare words" },
  covered: { zh: '标题少见词', en: "title's rare words" },
  own: { zh: '专名', en: 'own names' },
  leastOwn: { zh: '对方专名', en: "other's names" },
  titles: { zh: '标题事项', en: 'titles' },
  words: { zh: '用语', en: 'words' },
  common: { zh: '常用词', en: 'common words' },
  topic: { zh: '事项', en: 'matter' },
  matterHere: { zh: '地点与事项', en: 'matter at the place' },
  across: { zh: '标题与内容', en: 'title and text' },
  umbrella: { zh: '总案', en: 'umbrella case' },
  case: { zh: '案件', en: 'case' },
  others: { zh: '案内其他诉求', en: 'other reports of the case' },
}

/** Names a field for people: `诉求人`, `person`; the field itself where it has no name here. */
export function fieldInWords(field: string, language: Language): string {
  return fieldNames[field]?.[language] ?? field
}
