import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a citizen wrote. The last four are known of the project's own samples only. */
export interface Message {
  readonly id: string | number
  readonly title: string
  /** `2025-09-03 08:15:00`, Asia/Shanghai. */
  readonly time: string
  readonly text: string
  readonly user: string
  readonly category?: string
  readonly kind?: string
  readonly place?: string
  /** Truth: messages that tell one matter share it. */
  readonly matter?: string
}

export const sampleFile = join(import.meta.dirname, 'samples/messages.jsonl')

/** Reads JSON lines. Throws an Error that names file, line and what is wrong with it. */
export function readMessages(file: string): Message[] {
  if (!existsSync(file)) throw new Error(`There is no file ${file}. --messages takes a file of JSON lines.`)
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.flatMap((line, index) =>
    line.trim() === '' ? [] : [messageOf(line, `${file}, line ${index + 1}`)],
  )
}

function messageOf(line: string, where: string): Message {
  const value = parsed(line, where)
  for (const name of ['title', 'time', 'text', 'user']) {
    if (typeof value[name] !== 'string')
      throw new Error(`${where}: "${name}" must be text. A line holds id, title, time, text and user.`)
  }
  const time = String(value['time']).replaceAll('/', '-')
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(time))
    throw new Error(`${where}: "time" must look like 2025-09-03 08:15:00.`)
  return { ...(value as unknown as Message), time }
}

function parsed(line: string, where: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>
  } catch {
    throw new Error(`${where}: this is no JSON. The file holds one JSON object a line.`)
  }
}
