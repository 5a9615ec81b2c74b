/** Fills `{page}`, `{since}` and their like into a request of ours. */
import { OutgoingError, type OutgoingRequest } from '../adapter.ts'
import { atBase } from './base-url.ts'
import type { RequestTemplate } from './poll-settings.ts'
import type { HttpJsonSettings } from './settings.ts'

export const placeholders = ['cursor', 'page', 'offset', 'since', 'until', 'size', 'afterId', 'day'] as const
/** What stands for each placeholder now; one without value is missing. */
export type Values = Readonly<Partial<Record<(typeof placeholders)[number], string | number>>>

const placeholder = /\{([A-Za-z]+)\}/g

/** Throws OutgoingError `blocked` for settings that make no request. */
export function fillRequest(
  template: RequestTemplate,
  { baseUrl }: HttpJsonSettings,
  given: Values,
): OutgoingRequest {
  const { method = 'GET', path, query = {}, headers = {}, body, size = 100 } = template
  const values: Values = { size, ...given }
  const filledPath = fillText(path, values, encodeURIComponent)
  if (filledPath === undefined)
    throw wrong(
      'The path has a placeholder that has no value in the first request. Put it into query, or set start.',
    )
  const parameters = Object.entries(query).flatMap(([name, text]) => {
    const value = fillText(text, values)
    return value === undefined ? [] : [[name, value] as [string, string]]
  })
  const url = atBase(baseUrl, filledPath, wrong)
  for (const [name, value] of parameters) url.searchParams.append(name, value)
  const text = method === 'GET' || body === undefined ? undefined : JSON.stringify(fillTree(body, values))
  return { method, url: url.href, headers, ...(text !== undefined && { body: text }) }
}

/** Undefined where a placeholder has no value. */
function fillText(
  text: string,
  values: Values,
  encode: (value: string) => string = String,
): string | undefined {
  let isWhole = true
  const filled = text.replace(placeholder, (_, name: string) => {
    const value = valueOf(name, values)
    isWhole &&= value !== undefined
    return encode(String(value))
  })
  return isWhole ? filled : undefined
}

/** A text that is one placeholder keeps its number; what has no value is left out. Braces that name nothing stay. */
function fillTree(tree: unknown, values: Values): unknown {
  if (typeof tree === 'string') {
    const [, name] = /^\{([A-Za-z]+)\}$/.exec(tree) ?? []
    return name !== undefined && isKnown(name) ? values[name] : fillText(tree, values)
  }
  if (Array.isArray(tree))
    return tree.map((item) => fillTree(item, values)).filter((item) => item !== undefined)
  if (typeof tree !== 'object' || tree === null) return tree
  return Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, fillTree(value, values)]))
}

function valueOf(name: string, values: Values): string | number | undefined {
  if (isKnown(name)) return values[name]
  throw wrong(
    `The request has an unknown placeholder. Known are ${placeholders.map((one) => `{${one}}`).join(', ')}.`,
  )
}

function isKnown(name: string): name is keyof Values {
  return (placeholders as readonly string[]).includes(name)
}

function wrong(message: string): OutgoingError {
  return new OutgoingError(message, { sent: 'no', reason: 'blocked' })
}
