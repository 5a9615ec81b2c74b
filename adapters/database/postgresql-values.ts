/** What PostgreSQL writes for each type, as plain values. */
import { base64Of, jsonOf, numberOrText, textOf, type Cell } from './cell.ts'
import type { Column } from './session.ts'

/** Object identifiers of types: pg_type.dat. */
const boolean = 16
const bytes = 17
const numbers = new Set([21, 23, 26, 700, 701])
const digits = new Set([20, 1700])
const json = new Set([114, 3802])
const lists = new Map([
  [1000, boolean],
  [1001, bytes],
  [1005, 21],
  [1007, 23],
  [1016, 20],
  [1021, 700],
  [1022, 701],
  [1231, 1700],
  [199, 114],
  [3807, 3802],
  ...[1002, 1003, 1009, 1014, 1015, 1115, 1182, 1183, 1185, 2951, 791].map((list) => [list, 25] as const),
])

export function columnOf({ name, type }: { readonly name: string; readonly type: number }): Column {
  const item = lists.get(type)
  return {
    name,
    isNumeric: numbers.has(type) || digits.has(type),
    read: (sent) =>
      type === bytes
        ? base64Of(hexOf(sent))
        : item === undefined
          ? scalarOf(textOf(sent), type)
          : listOf(textOf(sent), item),
    stored: (sent) => (type === bytes ? hexOf(sent) : sent),
  }
}

/** Numbers that doubles cannot hold, times, money, uuid, intervals, bits and everything unknown stay the text they are. */
function scalarOf(text: string, type: number): Cell {
  if (type === boolean) return text === 't'
  if (numbers.has(type)) return numberOrText(text)
  if (json.has(type)) return jsonOf(text)
  return type === bytes ? base64Of(hexOf(Buffer.from(text))) : text
}

/** `\x0041`, the hex form of bytea. */
function hexOf(sent: Uint8Array): Buffer {
  return Buffer.from(Buffer.from(sent).toString('latin1').slice(2), 'hex')
}

const token = /[{},]|"(?:[^"\\]|\\.)*"|[^{},"]+/gsy

/** `{1,"a,b",{NULL}}`; bounds before it (`[0:1]=`) are left out. */
function listOf(text: string, item: number): Cell {
  const root: Cell[] = []
  const open: Cell[][] = [root]
  token.lastIndex = text.indexOf('{')
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    const [word] = found
    if (word === ',') continue
    if (word === '{') {
      const list: Cell[] = []
      open.at(-1)?.push(list)
      open.push(list)
    } else if (word === '}') open.pop()
    else open.at(-1)?.push(itemOf(word, item))
  }
  return root[0] ?? []
}

function itemOf(word: string, item: number): Cell {
  if (word.startsWith('"')) return scalarOf(word.slice(1, -1).replaceAll(/\\(.)/gs, '$1'), item)
  return word === 'NULL' ? null : scalarOf(word, item)
}
