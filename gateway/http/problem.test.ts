import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { AuthenticationError } from '../../adapters/adapter.ts'
import { Problem } from '../../schemas/problem.ts'
import { GatewayError, errorCodes, type ErrorCode } from '../telemetry/errors.ts'
import { problemOf } from './problem.ts'

const validate = new Ajv2020({ strict: false }).compile(Problem)
const codes = Object.keys(errorCodes) as ErrorCode[]

test.each(codes)('%s becomes a problem that fits its schema and is documented', (code) => {
  const problem = problemOf(new GatewayError(code, 'What happened, and what to do.'))

  expect(validate(problem)).toBe(true)
  expect(problem).toMatchObject({ code, status: errorCodes[code][0] })
  expect(readFileSync(join(import.meta.dirname, '../../docs/errors.md'), 'utf8')).toContain(`\`${code}\``)
})

test('an unknown error is a 500 without detail of what it said', () => {
  const problem = problemOf(new Error('relation "reports" of 13912345678'))

  expect(problem).toMatchObject({ status: 500, code: 'gateway.internal' })
  expect(JSON.stringify(problem)).not.toContain('13912345678')
})

test('an adapter’s refusal is a 401 with its own code', () => {
  expect(problemOf(new AuthenticationError('expired', 'too old'))).toMatchObject({
    status: 401,
    code: 'auth.expired',
  })
})
