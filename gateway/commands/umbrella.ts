import { defineCommand } from 'citty'
import type { Deps } from '../deps.ts'
import {
  endUmbrella,
  extendUmbrella,
  listUmbrellas,
  openUmbrella,
  type Umbrella,
} from '../linking/umbrella/clerk.ts'
import type { UmbrellaRule } from '../linking/umbrella/rule.ts'
import { umbrellaNote } from '../linking/umbrella/write.ts'
import { GatewayError } from '../telemetry/errors.ts'
import { jsonArg, limitArg, limitOf, printTable, shown, withDeps } from './open.ts'

const listed = (text: string | undefined): string[] =>
  (text ?? '')
    .split(/[,，、]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')

/** A number in a range. Throws `request.parameter`. */
function numberOf(text: string, name: string, { min, max }: { min: number; max: number }): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || value < min || value > max)
    throw new GatewayError(
      'request.parameter',
      `--${name} takes a number from ${min} to ${max}, not "${text}".`,
    )
  return value
}

const hoursOf = (text: string): number => Math.ceil(numberOf(text, 'hours', { min: 1, max: 14 * 24 }))

/** `114.35,22.69` and a radius. Throws `request.parameter`. */
function circleOf(center: string | undefined, radius: string): UmbrellaRule['circle'] {
  if (center === undefined) return undefined
  const [longitude, latitude] = listed(center)
  return {
    longitude: numberOf(longitude ?? '', 'center', { min: -180, max: 180 }),
    latitude: numberOf(latitude ?? '', 'center', { min: -90, max: 90 }),
    radiusM: numberOf(radius, 'radius-m', { min: 50, max: 20_000 }),
  }
}

interface RuleArgs {
  readonly names?: string | undefined
  readonly category?: string | undefined
  readonly area?: string | undefined
  readonly words?: string | undefined
  readonly center?: string | undefined
  readonly 'radius-m': string
}

function ruleOf(args: RuleArgs): UmbrellaRule {
  const [names, categories, areas, words] = [args.names, args.category, args.area, args.words].map(listed)
  const circle = circleOf(args.center, args['radius-m'])
  return {
    ...(names === undefined || names.length === 0 ? {} : { names }),
    ...(categories === undefined || categories.length === 0 ? {} : { categories }),
    ...(areas === undefined || areas.length === 0 ? {} : { areas }),
    ...(words === undefined || words.length === 0 ? {} : { words }),
    ...(circle === undefined ? {} : { circle }),
  }
}

function print(umbrella: Umbrella): void {
  const { rule, until } = umbrella
  const ended = umbrella.endedAt === undefined ? '' : ` (ended ${shown(umbrella.endedAt)})`
  console.log(`${umbrella.case}${ended}: ${umbrellaNote({ rule, until: new Date(until) })}`)
}

async function printUmbrellas(deps: Deps, filter: { open: boolean; limit: number }): Promise<void> {
  printTable(
    ['case', 'opened', 'by', 'until', 'ended', 'joined', 'places', 'categories', 'title'],
    (await listUmbrellas(deps, filter)).map((row) => [
      row.case,
      shown(row.openedAt),
      row.openedBy,
      shown(row.until),
      row.endedAt === undefined ? 'open' : `${shown(row.endedAt)} ${row.endedBy ?? ''}`,
      row.joined,
      row.rule.names?.join('、'),
      row.rule.categories?.join('、'),
      row.title,
    ]),
  )
}

const numberArg = { type: 'positional', description: 'Number of the case', required: true } as const
const clerkArg = { type: 'string', description: 'Number of the clerk who decided', required: true } as const

/** `guiyi umbrella`. */
export const umbrellaCommand = defineCommand({
  meta: { name: 'umbrella', description: 'Umbrella cases 总案 of mass events: open, extend, end, list' },
  subCommands: {
    list: defineCommand({
      meta: { name: 'list', description: 'Umbrella cases, open ones first' },
      args: {
        open: { type: 'boolean', description: 'Only those that are open', default: false },
        limit: limitArg,
        json: jsonArg,
      },
      run: ({ args }) =>
        withDeps(async (deps) => {
          const filter = { open: args.open, limit: limitOf(args.limit) }
          if (!args.json) return await printUmbrellas(deps, filter)
          console.log(JSON.stringify(await listUmbrellas(deps, filter)))
        }),
    }),
    open: defineCommand({
      meta: {
        name: 'open',
        description: 'Open one on a case. What is not given, of place and of subject, the case’s reports say',
      },
      args: {
        number: numberArg,
        clerk: clerkArg,
        hours: { type: 'string', description: 'For so many hours, 1 to 336', default: '6' },
        names: { type: 'string', description: 'Places, with commas: 翠湖花园,锦溪路' },
        category: { type: 'string', description: 'Categories or groups, with commas: 0701' },
        area: { type: 'string', description: 'Codes of streets or communities, with commas' },
        words: { type: 'string', description: 'Words, with commas, for reports without a category' },
        center: { type: 'string', description: 'Middle of a circle: longitude,latitude (CGCS2000)' },
        'radius-m': { type: 'string', description: 'Its radius in metres', default: '500' },
      },
      run: ({ args }) =>
        withDeps(async (deps) =>
          print(
            await openUmbrella(deps, {
              number: args.number,
              clerk: args.clerk,
              hours: hoursOf(args.hours),
              rule: ruleOf(args),
            }),
          ),
        ),
    }),
    extend: defineCommand({
      meta: { name: 'extend', description: 'Keep one open for so many hours more' },
      args: {
        number: numberArg,
        clerk: clerkArg,
        hours: { type: 'string', description: 'So many hours more, 1 to 336', required: true },
      },
      run: ({ args }) =>
        withDeps(async (deps) =>
          print(
            await extendUmbrella(deps, {
              number: args.number,
              clerk: args.clerk,
              hours: hoursOf(args.hours),
            }),
          ),
        ),
    }),
    end: defineCommand({
      meta: { name: 'end', description: 'End one now; no burst opens one on this case again' },
      args: { number: numberArg, clerk: clerkArg },
      run: ({ args }) =>
        withDeps(async (deps) => print(await endUmbrella(deps, { number: args.number, clerk: args.clerk }))),
    }),
  },
})
