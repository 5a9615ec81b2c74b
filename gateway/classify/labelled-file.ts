import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { GatewayError } from '../telemetry/errors.ts'
import type { ClassifiedText } from './features.ts'
import type { Example } from './train.ts'

const maxFileMiB = 64
/** Characters of a category's name or code. */
const maxCategory = 64

/** What each line of a file must hold, by field. */
type Line = { readonly [field: string]: unknown }

/** Throws `category.examples`, naming the file and, where there is one, the line; never what stands in it. */
function fault(path: string, detail: string): GatewayError {
  return new GatewayError('category.examples', `${basename(path)}${detail}`)
}

function contentOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined || !found.isFile())
    throw new GatewayError(
      'category.examples',
      `There is no file ${path}. Name one with a JSON object in each line: {"title": …, "text": …, "category": …}.`,
    )
  if (found.size > maxFileMiB * 1024 * 1024)
    throw fault(path, ` has more than ${maxFileMiB} MiB. Take a part of it.`)
  return readFileSync(path, 'utf8')
}

function lineOf(path: string, number: number, text: string): Line {
  const where = `, line ${number}: `
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Line
  } catch {
    throw fault(
      path,
      `${where}this is no JSON. Each line holds one object: {"title": …, "text": …, "category": …}.`,
    )
  }
  throw fault(path, `${where}this is no object. Each line holds one: {"title": …, "text": …, "category": …}.`)
}

function textOf(path: string, number: number, { title, text }: Line): ClassifiedText {
  const where = `, line ${number}: `
  if (typeof text !== 'string')
    throw fault(path, `${where}"text" is missing or no text. Every line needs what the citizen wrote.`)
  if (title != null && typeof title !== 'string')
    throw fault(path, `${where}"title" is no text. Give a text, null, or leave it out.`)
  return { title: title ?? null, text }
}

function exampleOf(path: string, number: number, line: Line): Example {
  const { category } = line
  if (typeof category !== 'string' || category.trim() === '')
    throw fault(
      path,
      `, line ${number}: "category" is missing or empty. Every line needs the category it belongs to.`,
    )
  if (category.length > maxCategory)
    throw fault(
      path,
      `, line ${number}: "category" has more than ${maxCategory} characters. Give a code or a name.`,
    )
  return { ...textOf(path, number, line), category: category.trim() }
}

function linesOf<T>(path: string, read: (number: number, line: Line) => T): T[] {
  const lines = contentOf(path)
    .replace(/^\uFEFF/, '')
    .split('\n')
  const found = lines.flatMap((line, index) =>
    line.trim() === '' ? [] : [read(index + 1, lineOf(path, index + 1, line))],
  )
  if (found.length === 0) throw fault(path, ' is empty. It needs one JSON object in each line.')
  return found
}

/** Examples of a JSON Lines file: `text`, `category`, and `title` where there is one. Throws `category.examples` that names the line and field. */
export function readLabelled(path: string): Example[] {
  return linesOf(path, (number, line) => exampleOf(path, number, line))
}

/** Texts of a JSON Lines file: `text`, and `title` where there is one. Throws `category.examples` that names the line and field. */
export function readTexts(path: string): ClassifiedText[] {
  return linesOf(path, (number, line) => textOf(path, number, line))
}
