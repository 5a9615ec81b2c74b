/** The registry of error codes: code to HTTP status and title. docs/errors.md is generated from it. */
export const errorCodes = {
  'auth.missing': [401, 'Authentication is missing'],
  'auth.invalid': [401, 'Authentication failed'],
  'auth.expired': [401, 'The signature is too old'],
  'auth.replayed': [401, 'This signature was used before'],
  'auth.scope': [403, 'This key may not do that'],
  'channel.unknown': [404, 'No such channel'],
  'channel.retired': [410, 'This channel was retired'],
  'channel.not-live': [409, 'The channel is not running yet'],
  'channel.configuration': [500, 'The channel is set up wrongly'],
  'channel.changed': [409, 'Another version was published meanwhile'],
  'channel.version-unknown': [404, 'No such version'],
  'channel.draft-unknown': [404, 'No such draft'],
  'channel.draft-changed': [409, 'Another admin saved this draft meanwhile'],
  'channel.examples': [422, 'An example fails'],
  'channel.state': [409, 'The channel cannot go there from where it is'],
  'mapping.invalid': [422, 'The mapping cannot be used'],
  'mapping.value': [422, 'This value cannot be mapped like that'],
  'report.unknown': [404, 'No such report'],
  'case.unknown': [404, 'No such case'],
  'case.transition': [409, 'The case cannot do that now'],
  'case.sequence': [409, 'The case has moved on'],
  'case.event-reused': [409, 'This event id was used for something else'],
  'case.split': [409, 'The report cannot be taken out of the case'],
  'case.merge': [409, 'The cases cannot be joined'],
  'case.merged': [409, 'The case was joined with another'],
  'case.verdict': [409, 'A clerk said that they are not the same'],
  'case.move': [409, 'The move cannot be undone'],
  'case.move-unknown': [404, 'No such move'],
  'case.umbrella': [409, 'The umbrella case cannot do that now'],
  'topic.unknown': [404, 'No such topic'],
  'topic.warning-unknown': [404, 'No such warning'],
  'case.assignment': [409, 'No such assignment on this case'],
  'review.unknown': [404, 'No such item on the review desk'],
  'review.taken': [409, 'Another clerk is looking at this item'],
  'review.decided': [409, 'This item was decided meanwhile'],
  'review.undo': [409, 'There is no answer to take back'],
  'delivery.unknown': [404, 'No such delivery'],
  'delivery.state': [409, 'The delivery cannot do that now'],
  'receipt.unknown': [404, 'No such receipt'],
  'replay.unknown': [404, 'No such replay'],
  'replay.state': [409, 'The replay cannot do that now'],
  'file.unknown': [404, 'No such file'],
  'file.withheld': [403, 'This file is withheld'],
  'file.not-stored': [409, 'The file is not here'],
  'file.erased': [410, 'The file was erased'],
  'sample.unreadable': [422, 'The sample cannot be read'],
  'schema.unknown': [404, 'No such schema'],
  'key.unknown': [404, 'No such key'],
  'category.examples': [422, 'Nothing can be learned from these examples'],
  'category.untrained': [409, 'No classifier has been trained yet'],
  'category.model': [500, 'The classifier cannot be read'],
  'link.model-unknown': [404, 'No such linking model'],
  'link.model': [500, 'The linking model cannot be read'],
  'link.training': [409, 'Another training is running'],
  'link.pairs': [422, 'Too little is stored to learn from'],
  'idempotency.missing': [400, 'Idempotency-Key is missing'],
  'idempotency.invalid': [400, 'Idempotency-Key cannot be read'],
  'idempotency.in-progress': [409, 'The first request with this key is still running'],
  'idempotency.mismatch': [422, 'This key was used for another payload'],
  'request.cursor': [400, 'The cursor cannot be read'],
  'request.parameter': [400, 'A parameter is missing or wrong'],
  'request.body': [400, 'The body cannot be read'],
  'request.invalid': [422, 'The body does not fit its schema'],
  'request.media-type': [415, 'Only JSON is read here'],
  'request.too-large': [413, 'The body is too large'],
  'request.not-found': [404, 'Nothing here'],
  'request.method': [405, 'This method is not answered here'],
  'gateway.unavailable': [503, 'The gateway cannot store anything now'],
  'gateway.configuration': [500, 'The gateway is set up wrongly'],
  'gateway.internal': [500, 'Something went wrong here'],
} as const satisfies { [code: string]: readonly [number, string] }

export type ErrorCode = keyof typeof errorCodes

/**
 * An error with a permanent code. The message says what happened, why and what to do; it never holds a payload, a token or
 * personal information. `context` holds ids; `extra` becomes members of the problem.
 */
export class GatewayError extends Error {
  readonly code: ErrorCode
  readonly context: Readonly<Record<string, string | number>>
  readonly extra: Readonly<Record<string, unknown>>
  constructor(
    code: ErrorCode,
    message: string,
    options: {
      context?: Record<string, string | number>
      extra?: Record<string, unknown>
      cause?: unknown
    } = {},
  ) {
    super(message, { cause: options.cause })
    this.name = 'GatewayError'
    this.code = code
    this.context = options.context ?? {}
    this.extra = options.extra ?? {}
  }
}
