/**
 * Looks over a JSON text once, from left to right, before anything is built from it: bounds its depth, and says where and
 * why it is no JSON without quoting it, which `JSON.parse` cannot. What passes, `JSON.parse` accepts.
 */

export type JsonScan =
  /** `hasLongNumbers`: some number is too long or too large to be sure that it survives as a double. */
  | { readonly kind: 'ok'; readonly hasLongNumbers: boolean }
  | { readonly kind: 'cut-off' | 'not-json' | 'too-deep'; readonly at: number; readonly what: string }

type Expected = 'value' | 'first-item' | 'first-name' | 'name' | 'colon' | 'next' | 'end'

/** Everything but the quote, the backslash and control characters. */
const plainText = /[ !#-[\]-\uffff]*/y
const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const cutNumber = /(?:\.|[eE][+-]?)$/y
const literal = /true|false|null/y
const space = /[ \t\n\r]*/y

export function scanJson(text: string, maxDepth: number): JsonScan {
  return new Scan(text, maxDepth).run()
}

class Scan {
  readonly #text: string
  readonly #maxDepth: number
  /** Closing bracket of every open object and list, outermost first. */
  readonly #open: string[] = []
  #at = 0
  #hasLongNumbers = false

  constructor(text: string, maxDepth: number) {
    this.#text = text
    this.#maxDepth = maxDepth
  }

  run(): JsonScan {
    let expected: Expected = 'value'
    for (;;) {
      if (this.#text.charCodeAt(this.#at) <= 0x20) this.#skip(space)
      const character = this.#text[this.#at]
      if (character === undefined)
        return expected === 'end' ? { kind: 'ok', hasLongNumbers: this.#hasLongNumbers } : this.#cutOff()
      const next = this.#step(expected, character)
      if (typeof next === 'object') return next
      expected = next
    }
  }

  #step(expected: Expected, character: string): Expected | JsonScan {
    switch (expected) {
      case 'first-item':
        return character === ']' ? this.#close() : this.#value(character)
      case 'value':
        return this.#value(character)
      case 'first-name':
        return character === '}' ? this.#close() : this.#name(character)
      case 'name':
        return this.#name(character)
      case 'colon':
        return character === ':' ? this.#pass('value') : this.#wrong('a ":" is expected after a name')
      case 'next':
        if (character === this.#open.at(-1)) return this.#close()
        if (character === ',') return this.#pass(this.#open.at(-1) === '}' ? 'name' : 'value')
        return this.#wrong(`"," or "${this.#open.at(-1)}" is expected`)
      case 'end':
        return this.#wrong('something follows the end of the value')
    }
  }

  #value(character: string): Expected | JsonScan {
    if (character === '{' || character === '[') {
      if (this.#open.length === this.#maxDepth)
        return { kind: 'too-deep', at: this.#at, what: `more than ${this.#maxDepth} levels` }
      this.#open.push(character === '{' ? '}' : ']')
      return this.#pass(character === '{' ? 'first-name' : 'first-item')
    }
    if (character === '"') return this.#string() ?? this.#after()
    const from = this.#at
    if (this.#skip(number)) {
      this.#hasLongNumbers ||= this.#at - from > 15 || /[eE]/.test(this.#text.slice(from, this.#at))
      return this.#skip(cutNumber) ? this.#cutOff() : this.#after()
    }
    if (this.#skip(literal)) return this.#after()
    const rest = this.#text.slice(this.#at, this.#at + 6)
    if (rest === '-' || ['true', 'false', 'null'].some((word) => word.startsWith(rest))) return this.#cutOff()
    return this.#wrong('a value is expected')
  }

  #name(character: string): Expected | JsonScan {
    if (character !== '"') return this.#wrong('a name in double quotes is expected')
    return this.#string() ?? 'colon'
  }

  /** Stands on the opening quote; ends behind the closing one. */
  #string(): JsonScan | null {
    this.#at += 1
    for (;;) {
      this.#skip(plainText)
      const character = this.#text[this.#at]
      if (character === '"') {
        this.#at += 1
        return null
      }
      if (character === undefined) return this.#cutOff('in the middle of a string')
      if (character !== '\\')
        return this.#wrong(
          'a string holds a raw line break, tab or other control character; write it as \\n, \\t or \\u00xx',
        )
      if (!this.#skip(escape)) {
        return /^\\(u[0-9a-fA-F]{0,3})?$/.test(this.#text.slice(this.#at, this.#at + 6))
          ? this.#cutOff('in the middle of a string')
          : this.#wrong('a string holds an unknown escape after "\\"')
      }
    }
  }

  #close(): Expected {
    this.#open.pop()
    this.#at += 1
    return this.#after()
  }

  #after(): Expected {
    return this.#open.length === 0 ? 'end' : 'next'
  }

  #pass(next: Expected): Expected {
    this.#at += 1
    return next
  }

  /** True where the pattern matched something here. */
  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at
    const from = this.#at
    if (pattern.test(this.#text)) this.#at = pattern.lastIndex
    return this.#at > from
  }

  #cutOff(
    where = this.#open.length === 0
      ? 'before its value is complete'
      : this.#open.at(-1) === '}'
        ? 'inside an object'
        : 'inside a list',
  ): JsonScan {
    return { kind: 'cut-off', at: this.#text.length, what: where }
  }

  #wrong(what: string): JsonScan {
    return { kind: 'not-json', at: this.#at, what }
  }
}
