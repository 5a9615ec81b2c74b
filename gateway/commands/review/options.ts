/** What the words behind `guiyi review` mean; each wrong one is told. */
import { createInterface } from 'node:readline/promises'
import type { ReviewDecision, ReviewFilter } from '../../../schemas/review.ts'
import type { Deps } from '../../deps.ts'
import type { Sight } from '../../linking/review/sight.ts'
import { GatewayError } from '../../telemetry/errors.ts'
import { brackets, underlined } from './columns.ts'
import type { Drawing } from './screen.ts'

export const filterArgs = {
  channel: { type: 'string', description: 'Only reports of this channel' },
  area: { type: 'string', description: 'Only this district, street or community, by code' },
  category: { type: 'string', description: 'Only this category, or those that begin so' },
  'older-than': { type: 'string', description: 'Only those asked so many hours ago or earlier' },
} as const
export const viewArgs = {
  lang: { type: 'string', description: 'zh or en', default: 'zh' },
  confidential: {
    type: 'boolean',
    description: 'Show what confidential callers 举报人保密 wrote; each reading is recorded',
    default: false,
  },
} as const
export const idArg = {
  type: 'positional',
  description: 'Id of the item (list shows them)',
  required: true,
} as const
export const clerkArg = {
  type: 'string',
  description: 'Number of the clerk, no name, such as C-07',
  required: true,
} as const
export const noteArg = { type: 'string', description: 'Why; stays inside' } as const

export interface View {
  readonly lang: string
  readonly confidential: boolean
}

export const sightOf = ({ confidential }: Pick<View, 'confidential'>): Sight => ({
  principal: 'cli',
  confidential: confidential ? 'shown' : 'withheld',
})

/** Throws `request.parameter`. */
export function drawingOf({ lang }: Pick<View, 'lang'>): Drawing {
  if (lang !== 'zh' && lang !== 'en')
    throw new GatewayError('request.parameter', `--lang takes zh or en, not "${lang}".`)
  const coloured = process.stdout.isTTY && process.env['NO_COLOR'] === undefined
  return { language: lang, marks: coloured ? underlined : brackets }
}

export type FilterArgs = { [name in keyof typeof filterArgs]?: string | undefined }

/** Throws `request.parameter`. */
export function filterOf(args: FilterArgs): ReviewFilter {
  const { channel, area, category } = args
  const hours = args['older-than']
  const olderThanH = Number(hours)
  if (hours !== undefined && !(Number.isInteger(olderThanH) && olderThanH >= 1 && olderThanH <= 8760))
    throw new GatewayError(
      'request.parameter',
      `--older-than takes a whole number of hours from 1 to 8760, not "${hours}".`,
    )
  return {
    ...(channel !== undefined && { channel }),
    ...(area !== undefined && { area }),
    ...(category !== undefined && { category }),
    ...(hours !== undefined && { olderThanH }),
  }
}

/** Asked on a terminal; elsewhere it must be given. Throws `request.parameter`. */
export async function clerkOf(given: string | undefined): Promise<string> {
  const asked =
    given ?? (process.stdin.isTTY && process.stdout.isTTY ? await ask('工号 Clerk number: ') : undefined)
  const clerk = asked?.trim()
  if (clerk === undefined || clerk === '' || clerk.length > 100)
    throw new GatewayError(
      'request.parameter',
      'Say who decides, by number: `guiyi review --clerk C-07`. Without a terminal it reads one key a line: l, d, s, n, u, q.',
    )
  return clerk
}

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return await lines.question(question)
  } finally {
    lines.close()
  }
}

const decisions = ['link', 'different', 'later'] as const

/** Throws `request.parameter`. */
export function decisionOf(text: string): ReviewDecision {
  const decision = decisions.find((known) => known === text)
  if (decision === undefined)
    throw new GatewayError(
      'request.parameter',
      `The decision is one of: ${decisions.join(', ')}; not "${text}".`,
    )
  return decision
}

/** Throws `request.parameter`. */
export function untilOf(deps: Deps, days: string | undefined): string | undefined {
  if (days === undefined) return undefined
  const count = Number(days)
  if (!(count > 0 && count <= 30))
    throw new GatewayError('request.parameter', `--days takes a number up to 30, not "${days}".`)
  return new Date(deps.now().getTime() + count * 86_400_000).toISOString()
}
