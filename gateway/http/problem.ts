/** The one place where an error becomes a response (RFC 9457). */
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { AuthenticationError } from '../../adapters/adapter.ts'
import type { Problem } from '../../schemas/problem.ts'
import { MappingDefinitionError } from '../mapping/definition-error.ts'
import { GatewayError, errorCodes, type ErrorCode } from '../telemetry/errors.ts'
import { errorFields, type Logger } from '../telemetry/logger.ts'

const authenticationCodes = {
  missing: 'auth.missing',
  invalid: 'auth.invalid',
  expired: 'auth.expired',
  replayed: 'auth.replayed',
} as const

/** What a client may know of an error. Errors of other code are 500 without detail. */
export function problemOf(error: unknown): Problem {
  if (error instanceof AuthenticationError)
    return problemOf(new GatewayError(authenticationCodes[error.code], error.message))
  if (error instanceof MappingDefinitionError) return problemOf(definitionProblem(error))
  const known = error instanceof GatewayError
  const code: ErrorCode = known ? error.code : 'gateway.internal'
  const [status, title] = errorCodes[code]
  return {
    type: `/docs/errors#${code}`,
    title,
    status,
    code,
    ...(known
      ? { detail: error.message, ...error.extra }
      : {
          detail:
            'The gateway failed here; it was logged. Send the request again; if it keeps failing, tell the operators the time.',
        }),
  }
}

/** Every fault with its line and its place in the text. */
const definitionProblem = ({ message, faults }: MappingDefinitionError): GatewayError =>
  new GatewayError('mapping.invalid', message.slice(0, 4_000), {
    extra: {
      errors: faults.slice(0, 50).map(({ path, detail, line, file }) => ({
        pointer: path,
        detail,
        file,
        ...(line !== undefined && { line }),
      })),
    },
  })

/** What is ours to mend is logged; what a caller did wrong is told to the caller. */
export function logFailure(
  context: Context,
  { problem, cause, log }: { problem: Problem; cause: unknown; log: Logger },
): void {
  if (problem.status < 500) return
  log.error({
    event: 'http.failed',
    method: context.req.method,
    path: context.req.routePath,
    status: problem.status,
    ...errorFields(cause instanceof GatewayError && cause.cause !== undefined ? cause.cause : cause),
    code: problem.code,
  })
}

export function respondWithProblem(context: Context, error: unknown, log: Logger): Response {
  const problem = problemOf(error)
  logFailure(context, { problem, cause: error, log })
  const headers: Record<string, string> = { 'content-type': 'application/problem+json; charset=utf-8' }
  if (problem.status === 401) headers['www-authenticate'] = 'Bearer realm="guiyi"'
  if (problem.status === 503) headers['retry-after'] = '5'
  return context.body(JSON.stringify(problem), problem.status as ContentfulStatusCode, headers)
}
