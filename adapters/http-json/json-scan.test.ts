import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { scanJson } from './json-scan.ts'

it('what it lets pass is exactly what JSON.parse takes', () => {
  const nearlyJson = fc
    .tuple(
      fc.json(),
      fc.nat(),
      fc.constantFrom('', '"', ',', '{', ']', '\\', '0', '-', '.', 'e', '\u0001', 'tru', ' '),
    )
    .map(([text, at, extra]) => {
      const place = at % (text.length + 1)
      return text.slice(0, place) + extra + text.slice(place + (at % 2))
    })

  fc.assert(
    fc.property(fc.oneof(fc.json(), nearlyJson, fc.string()), (text) => {
      expect(scanJson(text, 64).kind === 'ok').toBe(isJson(text))
    }),
    { numRuns: 5_000 },
  )
})

it('every start of a JSON object lacks its end', () => {
  const text = JSON.stringify({ a: [1.25, 1e-7, -2, true, false, null, { b: 'x"\\\u0001井' }], c: {} })

  const kinds = Array.from({ length: text.length }, (_, length) => scanJson(text.slice(0, length), 64).kind)

  expect(kinds.filter((kind) => kind !== 'cut-off')).toEqual([])
})

it.each([
  ['{"a":1,}', 'a name in double quotes is expected', 7],
  ['{"a" 1}', 'a ":" is expected after a name', 5],
  ['[1 2]', '"," or "]" is expected', 3],
  ['{"a":1]', '"," or "}" is expected', 6],
  ['{} {}', 'something follows the end of the value', 3],
  [
    '["a\nb"]',
    'a string holds a raw line break, tab or other control character; write it as \\n, \\t or \\u00xx',
    3,
  ],
  ['["\\x"]', 'a string holds an unknown escape after "\\"', 2],
  ['[01]', '"," or "]" is expected', 2],
  ["{'a':1}", 'a name in double quotes is expected', 1],
  ['[NaN]', 'a value is expected', 1],
])('%j says what is wrong, and where', (text, what, at) => {
  expect(scanJson(text, 64)).toEqual({ kind: 'not-json', at, what })
})

it('counts objects and lists alike, and allows exactly the bound', () => {
  expect(scanJson('[{"a":[]}]', 3).kind).toBe('ok')
  expect(scanJson('[{"a":[[]]}]', 3)).toMatchObject({ kind: 'too-deep', at: 7 })
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
