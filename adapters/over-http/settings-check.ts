import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import type { Static, TSchema } from 'typebox'

const checks = new WeakMap<TSchema, ValidateFunction>()

/** Whether what a mapping wrote for a request is what its protocol asks for. The check is compiled when it is first needed. */
export function isSettingsOf<S extends TSchema>(schema: S, value: unknown): value is Static<S> {
  const check = checks.get(schema) ?? new Ajv2020({ strict: false, validateSchema: false }).compile(schema)
  checks.set(schema, check)
  return check(value)
}
