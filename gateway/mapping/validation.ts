import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { TSchema } from 'typebox'
import { pointerTo, suggestion } from './definition-error.ts'
import { withSharedParts } from './shared-parts.ts'

/** Our own schemas need no check by the schema of schemas, which costs each Ajv 50 ms. */
const options = { unicode: false, strict: false, logger: false, validateSchema: false } as const

/** Yes or no, stopping at the first error. `unicode: false` counts UTF-16 units: eight times cheaper for Chinese text. */
export function compileCheck<T>(schema: TSchema): ValidateFunction<T> {
  const ajv = new Ajv2020({ ...options, inlineRefs: false })
  formats.default(ajv)
  return ajv.compile<T>(withSharedParts(schema))
}

/**
 * A validator whose errors can be explained. It is compiled when it is first asked, since ajv takes up to 130 ms for one and a
 * process asks few of them; what lists errors, when something is first wrong.
 */
export function compileValidator<T>(schema: TSchema): ValidateFunction<T> {
  const known = validators.get(schema) as ValidateFunction<T> | undefined
  if (known !== undefined) return known
  const made = makeValidator<T>(schema)
  validators.set(schema, made)
  return made
}

const validators = new WeakMap<TSchema, ValidateFunction>()

function makeValidator<T>(schema: TSchema): ValidateFunction<T> {
  let isValid: ValidateFunction<T> | undefined
  let listing: ValidateFunction<T> | undefined
  const validate = (value: unknown): value is T => {
    validate.errors = null
    isValid ??= compileCheck<T>(schema)
    if (isValid(value)) return true
    listing ??= compileListing<T>(schema)
    listing(value)
    validate.errors = listing.errors ?? null
    return false
  }
  validate.errors = null as ErrorObject[] | null
  return Object.assign(validate, { schema }) as ValidateFunction<T>
}

function compileListing<T>(schema: TSchema): ValidateFunction<T> {
  const ajv = new Ajv2020({ ...options, allErrors: true, verbose: true })
  formats.default(ajv)
  return ajv.compile<T>(schema)
}

export interface Explanation {
  readonly pointer: string
  readonly detail: string
}

/** What is explained: a definition that somebody wrote, or content that a mapping made of a record. */
type Subject = 'definition' | 'content'

/** Errors in words that say what to do; of a union only the branch that was meant. At most 50. */
export function explainErrors(
  errors: readonly ErrorObject[],
  subject: Subject = 'definition',
): Explanation[] {
  const seen = new Set<string>()
  const explanations: Explanation[] = []
  for (const error of meantErrors(errors)) {
    const explanation = explain(error, subject)
    const key = `${explanation.pointer} ${explanation.detail}`
    if (seen.has(key)) continue
    seen.add(key)
    explanations.push(explanation)
  }
  return explanations.slice(0, 50)
}

/** Keeps, of each union, the errors of the branch that fits best: one whose constants and type hold, then the one with fewest errors. */
function meantErrors(errors: readonly ErrorObject[], depth = 0): ErrorObject[] {
  const unions = new Map<string, Map<string, ErrorObject[]>>()
  const plain: ErrorObject[] = []
  for (const error of errors) {
    const parts = error.schemaPath.split('/anyOf')
    const union = parts.slice(0, depth + 1).join('/anyOf')
    const branch = /^\/(\d+)/.exec(parts[depth + 1] ?? '')?.[1]
    if (parts.length <= depth + 1) plain.push(error)
    else if (branch !== undefined) {
      const at = `${instanceAt(error, depth)} ${union}`
      const branches = unions.get(at) ?? new Map<string, ErrorObject[]>()
      branches.set(branch, [...(branches.get(branch) ?? []), error])
      unions.set(at, branches)
    }
  }
  const chosen = [...unions.values()].flatMap((branches) => {
    const lists = [...branches.values()]
    const choice = wrongChoice(lists, depth)
    return choice === undefined ? meantErrors(bestBranch(lists, depth), depth + 1) : [choice]
  })
  return [...plain.filter((error) => error.keyword !== 'anyOf'), ...chosen]
}

/** The part of the instance path that belongs to the union: property patterns and items before it, one step each. */
function instanceAt(error: ErrorObject, depth: number): string {
  const prefix = error.schemaPath
    .split('/anyOf')
    .slice(0, depth + 1)
    .join('')
  const steps = prefix.match(/\/(properties|patternProperties)\/[^/]+|\/items/g)?.length ?? 0
  return error.instancePath
    .split('/')
    .slice(0, steps + 1)
    .join('/')
}

function bestBranch(branches: readonly ErrorObject[][], depth: number): ErrorObject[] {
  const score = (errors: ErrorObject[]): number =>
    errors.reduce((sum, error) => sum + weight(error, depth), 0)
  return branches.toSorted((a, b) => score(a) - score(b))[0] ?? []
}

/** Where every branch that fits the value's type is told by a constant, and the value has none of them: one error that lists them. */
function wrongChoice(branches: readonly ErrorObject[][], depth: number): ErrorObject | undefined {
  const constants: ErrorObject[] = []
  for (const errors of branches) {
    const constant = errors.find((error) => error.keyword === 'const' && weight(error, depth) >= 10_000)
    if (constant !== undefined) constants.push(constant)
    else if (!errors.some((error) => weight(error, depth) >= 1000)) return undefined
  }
  const [first] = constants
  if (first === undefined || constants.length < 2) return undefined
  if (!constants.every(({ instancePath }) => instancePath === first.instancePath)) return undefined
  const allowedValues = [...new Set(constants.map(({ params }) => params['allowedValue'] as unknown))]
  return { ...first, keyword: 'enum', params: { allowedValues } }
}

/** A wrong constant, or a wrong type of the branch as a whole, says that another branch was meant. */
function weight({ keyword, schemaPath, data }: ErrorObject, depth: number): number {
  const parts = schemaPath.split('/anyOf')
  if (parts.length !== depth + 2) return 1
  if (keyword === 'const') return 10_000
  const ofAll = /^\/\d+\/(?:type|enum)$/.test(parts.at(-1) ?? '')
  return ofAll && (keyword === 'type' || (typeof data === 'object' && data !== null)) ? 1000 : 1
}

function explain(error: ErrorObject, subject: Subject): Explanation {
  const { params, parentSchema, instancePath: pointer } = error
  const misnamed: unknown = error.keyword === 'propertyNames' ? params['propertyName'] : error.propertyName
  if (typeof misnamed === 'string') {
    return {
      pointer: pointerTo(pointer, misnamed.slice(0, 100)),
      detail: `The name "${misnamed.slice(0, 60)}" cannot be used here. Write letters, digits, "_", "-" and ".", beginning with a letter or digit.`,
    }
  }
  switch (error.keyword) {
    case 'required':
      return {
        pointer: pointerTo(pointer, params['missingProperty']),
        detail: `"${params['missingProperty']}" is missing. Add it.`,
      }
    case 'additionalProperties': {
      const name = String(params['additionalProperty'])
      return {
        pointer: pointerTo(pointer, name),
        detail: `"${name.slice(0, 60)}" is not known here.${suggestion(name, Object.keys(parentSchema?.['properties'] ?? {}))}`,
      }
    }
    case 'enum':
      return { pointer, detail: enumWords(error, subject) }
    case 'const':
      return { pointer, detail: `The value must be "${params['allowedValue']}".` }
    case 'type':
      return {
        pointer,
        detail: `The value must be ${params['type']}${typeof error.data === 'number' ? ' (put quotes around a code made of digits)' : ''}.`,
      }
    default:
      return { pointer, detail: limitWords(error, subject) }
  }
}

function enumWords({ data, params }: ErrorObject, subject: Subject): string {
  const remedy = subject === 'content' ? 'Translate it with a code table, or correct it.' : 'Correct it.'
  const near = typeof data === 'string' ? nearestOnly(data, params['allowedValues']) : ''
  return `The value is none of ${listed(params['allowedValues'])}. ${remedy}${near}`
}

function limitWords({ keyword, params, data, message }: ErrorObject, subject: Subject): string {
  const made = subject === 'content'
  switch (keyword) {
    case 'maxLength': {
      const length = typeof data === 'string' ? data.length : 0
      const remedy = made ? 'Nothing was cut: shorten it at the source, or map another field.' : 'Shorten it.'
      return `The text is ${length} characters long; at most ${params['limit']} are allowed. ${remedy}`
    }
    case 'minLength':
      return made
        ? `The text is shorter than ${params['limit']} characters. Map a field that has a value, or leave it out.`
        : `The text is shorter than ${params['limit']} characters. Write it, or leave the key out.`
    case 'maxItems':
      return `The list has more than ${params['limit']} items. ${made ? 'Send fewer.' : 'Make it shorter.'}`
    case 'maxProperties':
      return `There are more than ${params['limit']} entries. Keep fewer, or part them over several.`
    case 'format':
    case 'pattern':
      return `The value does not have the form ${params['format'] ?? params['pattern']}. ${made ? 'Read it with a fitting "as", such as datetime.' : 'Correct it.'}`
    default:
      return `The value ${message ?? 'is not allowed'}.`
  }
}

const listed = (values: unknown): string =>
  Array.isArray(values) ? values.map(String).join(', ').slice(0, 600) : ''

const nearestOnly = (value: string, allowed: unknown): string => {
  const words = Array.isArray(allowed) ? suggestion(value, allowed.map(String)) : ''
  return words.startsWith(' Did') ? words : ''
}
