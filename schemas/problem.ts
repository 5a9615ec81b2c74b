import Type, { type Static } from 'typebox'

/** One fault in the input: where (JSON Pointer), what, and what to do. */
export const FieldError = Type.Object(
  {
    pointer: Type.String({
      maxLength: 500,
      description: 'JSON Pointer (RFC 6901) into the input or the mapped report',
    }),
    detail: Type.String({ maxLength: 1000 }),
    file: Type.Optional(Type.String({ description: 'Of a mapping: which text' })),
    line: Type.Optional(Type.Integer({ minimum: 1, description: 'Of a mapping: its line in the text' })),
  },
  { additionalProperties: false },
)
export type FieldError = Static<typeof FieldError>

/** RFC 9457 problem with a permanent `code`. */
export const Problem = Type.Object(
  {
    type: Type.String({ description: 'Where this code is explained' }),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    code: Type.String({ description: 'Permanent, dotted; switch on this' }),
    detail: Type.Optional(Type.String({ description: 'What happened, why, what to do' })),
    instance: Type.Optional(Type.String()),
    errors: Type.Optional(Type.Array(FieldError)),
    receipt: Type.Optional(Type.String({ description: 'Set where the payload was kept' })),
    allowed: Type.Optional(
      Type.Array(Type.String(), { description: 'For a refused transition: those the flow allows now' }),
    ),
  },
  { $id: '/schemas/problem.json', title: 'Problem', description: 'RFC 9457 problem details' },
)
export type Problem = Static<typeof Problem>
