/** The two data sets as what a channel of the platform `standard` would be sent, oldest first. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'

/** One report: its number in the set, the channel it comes by, when, and the record that is pushed. */
export interface Entry {
  readonly id: string
  readonly channel: string
  readonly at: Date
  readonly record: object
}

/** What cannot be read, said for whoever called the command. */
export class DataError extends Error {
  override readonly name = 'DataError'
}

export interface LinkingSet {
  /** Folder of the gold pairs under DIR. */
  readonly gold: string
  readonly entries: (data: string) => Entry[]
  /** What compares its pairs. */
  readonly table: 'told' | 'located'
  /** The figure that counts as recall, and what the project wants. Shares. */
  readonly recall: string
  readonly goal: { readonly recall: number; readonly falseMerges: number }
  readonly zh: string
  readonly en: string
}

interface Message {
  readonly id: number | string
  readonly user: string
  readonly title?: string
  readonly text: string
  readonly time: string
}

/** Citizens' messages of one board; its users are persons. */
function messages(data: string): Entry[] {
  const path = fileOf(data, 'complaints/messages.jsonl')
  return oldestFirst(
    readJsonLines<Message>(path).map(({ id, user, title, text, time }, index) => ({
      id: String(id),
      channel: 'board',
      at: instantOf(`${time.replace(' ', 'T')}+08:00`, path, index + 1),
      record: { ...(title ? { title: title.slice(0, 500) } : {}), text, user, kind: 'other' },
    })),
  )
}

interface Request {
  readonly case_enquiry_id: string
  readonly open_dt: string
  readonly type: string
  readonly location: string
  readonly latitude: string
  readonly longitude: string
  readonly source: string
  readonly case_title: string
}

/** Service requests of a city, by the channels they came through. Their times are read as UTC. */
function requests(data: string): Entry[] {
  const path = fileOf(data, 'boston311/requests.csv.gz')
  const rows: Request[] = parse(gunzipSync(readFileSync(path)), {
    columns: true,
    skip_empty_lines: true,
    relax_quotes: true,
  })
  return oldestFirst(
    rows.map((row, index) => ({
      id: row.case_enquiry_id,
      channel: slugOf(row.source) || 'unknown',
      at: instantOf(`${row.open_dt.replace(' ', 'T')}Z`, path, index + 2),
      record: { text: row.case_title, kind: 'request', category: slugOf(row.type), location: placeOf(row) },
    })),
  )
}

function placeOf({ location, latitude, longitude }: Request): object {
  const address = location.trim().replaceAll(/\s+/g, ' ')
  const [x, y] = [Number(longitude), Number(latitude)]
  const known = longitude !== '' && latitude !== '' && Number.isFinite(x) && Number.isFinite(y) && x !== 0
  return {
    ...(address === '' ? {} : { address }),
    ...(known ? { point: { system: 'WGS84', x: longitude, y: latitude } } : {}),
  }
}

/** A name as a code: lower case, one hyphen for each run of anything but letters and digits. */
export function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
}

export const linkingSets: { readonly [name: string]: LinkingSet } = {
  text: {
    gold: 'duplicates',
    entries: messages,
    table: 'told',
    recall: 'macro_recall_multi',
    goal: { recall: 0.87, falseMerges: 0.012 },
    zh: '市民来信（文字）',
    en: "citizens' messages: recall over matters of several people",
  },
  '311': {
    gold: 'boston311',
    entries: requests,
    table: 'located',
    recall: 'recall',
    goal: { recall: 0.73, falseMerges: 0.05 },
    zh: '城市部件报障（类别与位置）',
    en: 'service requests of a city: recall',
  },
}

function fileOf(data: string, name: string): string {
  const path = join(data, name)
  if (!existsSync(path))
    throw new DataError(`There is no ${path}. Name the folder that holds ${name} with --data.`)
  return path
}

/** Throws DataError, with the line. */
export function readJsonLines<T>(path: string): T[] {
  if (!existsSync(path)) throw new DataError(`There is no ${path}.`)
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return []
    try {
      return [JSON.parse(line) as T]
    } catch {
      throw new DataError(`${path}, line ${index + 1} is no JSON.`)
    }
  })
}

function instantOf(text: string, path: string, line: number): Date {
  const at = new Date(text)
  if (Number.isNaN(at.getTime())) throw new DataError(`${path}, line ${line}: "${text}" is no time.`)
  return at
}

const oldestFirst = (entries: readonly Entry[]): Entry[] =>
  entries.toSorted((a, b) => a.at.getTime() - b.at.getTime() || (a.id < b.id ? -1 : 1))
