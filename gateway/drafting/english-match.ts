import { pinyin } from 'pinyin-pro'
import { englishSynonyms } from './english-words.ts'
import { elsewhere, labels, lexicon, MATTER, PERSON, type DraftTarget } from './lexicon.ts'
import type { NameMatch } from './name-match.ts'

interface Phrase {
  readonly target: NameMatch['target']
  readonly words: readonly string[]
  readonly weight: number
}

const STOP = new Set([
  'the',
  'of',
  'is',
  'has',
  'my',
  'info',
  'data',
  'value',
  'val',
  'f',
  'c',
  't',
  'b',
  'd',
  'src',
  'current',
])
/** What such a word stands with belongs to a later step or to somebody else. */
const OTHERS = new Set([
  'later',
  'reply',
  'handler',
  'department',
  'worker',
  'operator',
  'device',
  'app',
  'unit',
  'callback',
  'audit',
  'parent',
  'old',
  'deadline',
  'visit',
  'satisfaction',
  'by',
  'result',
  'bank',
  'page',
])
const NEUTRAL = new Set(['matter', 'person', 'submit', 'create', 'detail', 'full'])
const TAILS = new Set(['code', 'name', 'id', 'value', 'url', 'list', 'no'])

interface English {
  readonly phrases: readonly Phrase[]
  readonly vocabulary: ReadonlySet<string>
  /** Short pinyin within English names: the `gd` of gd_id, the `lxr` of lxrPhone. */
  readonly pinyinWords: ReadonlyMap<string, string>
}

let english: English | undefined

/** Readings of a name in English, camelCase or snake_case, with the name of the object around it. */
export function matchEnglish(key: string, parents: readonly string[]): NameMatch[] {
  const own = canonical(englishTokens(key))
  const parent = canonical(englishTokens(parents.at(-1) ?? ''))
  const whole = withoutRepeats([...parent, ...own])
  const isOthers = parent.some((word) => OTHERS.has(word))
  return theEnglish().phrases.flatMap(({ target, words, weight }): NameMatch[] => {
    const alone = likeness(own, words) * (isOthers ? 0.2 : parents.length === 0 ? 1 : 0.95)
    const score = Math.max(alone, parents.length === 0 ? 0 : likeness(whole, words)) * weight
    return score < 0.2 ? [] : [{ target, score, why: `英文，意为“${labels[target]}”` }]
  })
}

/** Words of a name as written: `callerPhone_no` is caller, phone, no. */
export function englishTokens(key: string): string[] {
  return key
    .slice(0, 100)
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '' && !/^\d+$/.test(word))
}

function canonical(tokens: readonly string[]): string[] {
  const split = tokens.flatMap(taken)
  const joined: string[] = []
  for (const word of split) {
    const pair = `${joined.at(-1) ?? ''}${word}`
    if (joined.length > 0 && englishSynonyms.has(pair)) joined[joined.length - 1] = pair
    else joined.push(word)
  }
  const { pinyinWords } = theEnglish()
  const plain = joined
    .filter((word) => !STOP.has(word))
    .map(
      (word) => englishSynonyms.get(word) ?? (joined.length > 1 ? pinyinWords.get(word) : undefined) ?? word,
    )
  const words = withoutRepeats(plain)
  return words.at(-1) === 'id' && words.at(-2) === 'phone' ? words.slice(0, -1) : words
}

/** `orderno` is two known words. */
function taken(token: string): string[] {
  const word = token.replace(/\d+$/, '')
  const { vocabulary } = theEnglish()
  if (word === '' || vocabulary.has(word) || word.length > 24) return [word]
  for (let at = word.length - 2; at >= 2; at--) {
    const [first, rest] = [word.slice(0, at), word.slice(at)]
    if (vocabulary.has(first) && vocabulary.has(rest)) return [first, rest]
  }
  return [word]
}

const withoutRepeats = (words: readonly string[]): string[] =>
  words.filter((word, index) => word !== words[index - 1])

/** The same words are best; else the last word decides, and each other word takes some away. */
function likeness(name: readonly string[], words: readonly string[]): number {
  if (name.length === 0) return 0
  if (name.join(' ') === words.join(' ')) return 0.97
  if (!words.every((word) => name.includes(word))) return 0
  const others = name.filter((word) => !words.includes(word))
  const last = name.at(-1) ?? ''
  const base = last === words.at(-1) ? 0.93 : TAILS.has(last) ? 0.88 : 0.5
  const cost = others.reduce((sum, word) => sum + (NEUTRAL.has(word) || TAILS.has(word) ? 0.04 : 0.13), 0)
  const isOthers = others.some((word) => OTHERS.has(word) || (word === 'person' && words.at(-1) === 'id'))
  return Math.max(0, base - cost) * (isOthers ? 0.2 : 1)
}

function theEnglish(): English {
  english ??= buildEnglish()
  return english
}

function buildEnglish(): English {
  const phrases = [
    ...Object.entries(lexicon).flatMap(([target, { en }]) =>
      en.map(([phrase, weight]) => ({ target: target as DraftTarget, phrase, weight })),
    ),
    ...elsewhere.en.map(([phrase, weight]) => ({ target: 'elsewhere' as const, phrase, weight })),
  ].map(({ phrase, ...one }) => ({ ...one, words: phrase.split(' ') }))
  const vocabulary = new Set([...phrases.flatMap(({ words }) => words), ...englishSynonyms.keys(), ...STOP])
  return { phrases, vocabulary, pinyinWords: pinyinWordsOf(vocabulary) }
}

function pinyinWordsOf(vocabulary: ReadonlySet<string>): Map<string, string> {
  const words = new Map<string, string>()
  for (const [list, to] of [
    [MATTER, 'matter'],
    [PERSON, 'person'],
  ] as const)
    for (const term of list.split(' ')) {
      const parts = pinyin(term, { toneType: 'none', type: 'array', v: true })
      for (const word of [parts.join(''), parts.map((part) => part[0]).join('')])
        if (!vocabulary.has(word)) words.set(word, to)
    }
  return words
}
