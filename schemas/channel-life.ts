import Type, { type Static } from 'typebox'
import { Instant } from './primitives.ts'

/** What a draft's trial showed: its examples, and the dry run over stored receipts where one was made. */
export const Tried = Type.Object(
  {
    at: Instant,
    by: Type.String(),
    examples: Type.Object({ passed: Type.Integer(), failed: Type.Integer() }),
    dryRun: Type.Optional(
      Type.Object({
        receipts: Type.Integer(),
        records: Type.Integer(),
        unchanged: Type.Integer(),
        changed: Type.Integer(),
        newlyPass: Type.Integer(),
        newlyFail: Type.Integer(),
      }),
    ),
  },
  { description: '试运行结果：样例与真实来件的比对' },
)
export type Tried = Static<typeof Tried>
