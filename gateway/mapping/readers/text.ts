import { maxHtml, readableHtml } from '../../../adapters/reading/html.ts'
import { isAbsent, scalarText } from '../value.ts'
import { absent, narrow, read, unreadable, type Reading, type ReadValue } from './reading.ts'

/** A list that a text is split into, or that comes as one, has at most so many items. */
const MAX_LIST = 1000
/** Characters of a number or a yes, with what stands around it. */
const MAX_SCALAR = 100

export function readText(value: unknown): Reading {
  const text = scalarText(value)
  return text === undefined ? unreadable('text') : read(text)
}

export function readNumber(value: unknown): Reading {
  if (typeof value === 'number') return Number.isFinite(value) ? read(value) : unreadable('a number')
  const given = scalarText(value) ?? ''
  if (given.length > MAX_SCALAR) return unreadable('a number')
  const text = narrow(given).trim()
  const digits = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(text) ? text.replaceAll(',', '') : text
  return /^[+-]?\d{1,15}(\.\d{1,15})?$/.test(digits) ? read(Number(digits)) : unreadable('a number')
}

const TRUE = ['1', 'true', 'yes', 'y', '是', '有']
const FALSE = ['0', 'false', 'no', 'n', '否', '无']

export function compileBooleanReader(whenTrue = TRUE, whenFalse = FALSE): ReadValue {
  const words = new Map<string, Reading>()
  for (const text of whenFalse) words.set(text.toLowerCase(), read(false))
  for (const text of whenTrue) words.set(text.toLowerCase(), read(true))
  const wanted = unreadable(`one of ${[...whenTrue, ...whenFalse].join(', ')}`)
  return (value) => {
    const text = scalarText(value) ?? ''
    if (text.length > MAX_SCALAR) return wanted
    return words.get(text) ?? words.get(narrow(text).trim().toLowerCase()) ?? wanted
  }
}

/** Writes the first of the words given. */
export function compileBooleanWriter(whenTrue?: readonly string[], whenFalse?: readonly string[]): ReadValue {
  return (value) =>
    typeof value === 'boolean'
      ? read((value ? whenTrue?.[0] : whenFalse?.[0]) ?? value)
      : unreadable('true or false')
}

/** Elements that stay open make the parser slow: a tag counts for thirty characters. */
export function costOfHtml(html: string): number {
  let tags = 0
  for (let at = html.indexOf('<'); at >= 0; at = html.indexOf('<', at + 1)) tags++
  return html.length + Math.min(tags, 20_000) * 30
}

export function readHtml(value: unknown): Reading {
  const html = scalarText(value)
  if (html === undefined) return unreadable('HTML text')
  if (html.length > maxHtml) return unreadable(`HTML of at most ${maxHtml} characters`)
  if (!/[<&]/.test(html))
    return html.trim() === '' ? absent : read(html.replaceAll(/[ \t\r\n\f\u200b]+/g, ' ').trim())
  const text = readableHtml(html)
  return text === '' ? absent : read(text)
}

export function compileListReader(separator?: string): ReadValue {
  return (value) => {
    const items = Array.isArray(value) ? value : splitText(scalarText(value), separator)
    if (items === undefined) return unreadable('a list')
    if (items.length > MAX_LIST) return unreadable(`a list of at most ${MAX_LIST} items`)
    const texts = items.map(scalarText)
    if (texts.includes(undefined)) return unreadable('a list of texts')
    const kept = texts.filter((text) => !isAbsent(text)).map((text) => (text ?? '').trim())
    return kept.length === 0 ? absent : read(kept)
  }
}

const splitText = (
  text: string | undefined,
  separator: string | RegExp = /[,，、;；]/,
): string[] | undefined => text?.split(separator, MAX_LIST + 1)
