/** Reading requests: bounded bytes, checked JSON, checked parameters. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { ValidateFunction } from 'ajv'
import type { Context } from 'hono'
import type { Static, TSchema } from 'typebox'
import { GatewayError } from '../telemetry/errors.ts'

const ajv = new Ajv2020({ strict: false, allErrors: true, unicodeRegExp: true })
addFormats.default(ajv)

/** The body's bytes. Reading stops at the limit. Throws `request.too-large`. */
export async function readBytes(context: Context, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = () =>
    new GatewayError(
      'request.too-large',
      `The body is larger than ${maxBytes} bytes. Nothing was stored. Send it in smaller parts, batches of fewer records.`,
    )
  const length = context.req.header('content-length')
  const declared = Number(length ?? '0')
  if (declared > maxBytes) throw tooLarge()
  // The server takes no more than was declared; only a body without a length is read piece by piece.
  if (length !== undefined && Number.isInteger(declared)) {
    const whole = new Uint8Array(await context.req.arrayBuffer())
    if (whole.length > maxBytes) throw tooLarge()
    return whole
  }
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = context.req.raw.body?.getReader()
  if (reader === undefined) return new Uint8Array()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.length
    if (size > maxBytes) {
      await reader.cancel().catch(() => undefined)
      throw tooLarge()
    }
    chunks.push(value)
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
}

const validators = new WeakMap<object, ValidateFunction>()

const jsonBodyBytes = 1024 * 1024

/** The body as a value of the schema. Throws `request.media-type`, `request.body`, `request.invalid` with pointers. */
export async function readJson<S extends TSchema>(context: Context, schema: S): Promise<Static<S>> {
  const type = context.req.header('content-type') ?? ''
  if (!/^application\/(?:[\w.+-]+\+)?json\b/i.test(type))
    throw new GatewayError(
      'request.media-type',
      'Send the body as JSON with "Content-Type: application/json".',
    )
  const bytes = await readBytes(context, jsonBodyBytes)
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new GatewayError('request.body', 'The body is no JSON in UTF-8. Look whether it was cut off.')
  }
  const validate = validators.get(schema) ?? ajv.compile(schema)
  validators.set(schema, validate)
  if (validate(value)) return value as Static<S>
  const errors = (validate.errors ?? []).slice(0, 20).map((error) => {
    const extra =
      error.keyword === 'additionalProperties'
        ? ` (${String(error.params['additionalProperty']).slice(0, 60)})`
        : error.keyword === 'enum'
          ? ` (${(error.params['allowedValues'] as unknown[]).join(', ')})`
          : ''
    return { pointer: error.instancePath, detail: `${error.message ?? 'is wrong'}${extra}` }
  })
  const first = errors[0]
  throw new GatewayError(
    'request.invalid',
    `The body does not fit: ${first === undefined ? '' : `${first.pointer === '' ? 'it' : first.pointer} ${first.detail}`}. See /openapi.json.`,
    { extra: { errors } },
  )
}

/** A required query parameter. Throws `request.parameter`. */
export function requiredQuery(context: Context, name: string, hint: string): string {
  const value = context.req.query(name)
  if (value === undefined || value === '')
    throw new GatewayError('request.parameter', `The parameter "${name}" is missing: ${hint}`)
  return value
}

/** A whole number in a range; the fallback where it is missing. Throws `request.parameter`. */
export function integerQuery(
  context: Context,
  name: string,
  range: { min: number; max: number; fallback: number },
): number {
  const text = context.req.query(name)
  if (text === undefined || text === '') return range.fallback
  const value = Number(text)
  if (!Number.isInteger(value) || value < range.min || value > range.max)
    throw new GatewayError(
      'request.parameter',
      `"${name}" is a whole number from ${range.min} to ${range.max}.`,
    )
  return value
}

/** Seconds of `Prefer: wait=2` (RFC 7240), at most 30. */
export function preferredWaitMs(context: Context): number {
  const seconds = /(?:^|[,;\s])wait=(\d{1,3})(?:$|[,;\s])/.exec(context.req.header('prefer') ?? '')?.[1]
  return seconds === undefined ? 0 : Math.min(30, Number(seconds)) * 1000
}

/** The Idempotency-Key, bare or as an sf-string (draft-ietf-httpapi-idempotency-key-header). Throws `idempotency.invalid`. */
export function idempotencyKeyOf(context: Context): string | undefined {
  const header = context.req.header('idempotency-key')
  if (header === undefined) return undefined
  const key =
    /^"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/
      .exec(header.trim())?.[1]
      ?.replaceAll(/\\(["\\])/g, '$1') ?? header.trim()
  if (!/^[\x20-\x7e]{1,255}$/.test(key))
    throw new GatewayError(
      'idempotency.invalid',
      'The Idempotency-Key is 1 to 255 printable ASCII characters, such as a UUID.',
    )
  return key
}
