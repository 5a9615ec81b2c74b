import type { Deps } from '../deps.ts'
import { GatewayError } from '../telemetry/errors.ts'
import type { Example } from './train.ts'

/** Level of a category: the top one, or a leaf. */
export type Level = 1 | 3

/** The newest are learned from where there are more; it bounds time and memory. */
export const maxExamples = 20_000
const maxCategories = 1_200
/** By default a category with fewer is left out: five folds of it would say little. */
export const defaultMinimum = 10

type Codes = Pick<Deps['catalog'], 'codes'>['codes']

/** Examples to learn from, and what was left out of them. */
export interface Selection {
  readonly examples: readonly Example[]
  /** Examples whose category is not known at the level that is learned. */
  readonly unknown: number
  /** Categories with too few examples, and how many. */
  readonly tooFew: readonly { readonly category: string; readonly examples: number }[]
}

/** The code of a category or of what stands above it, at a level; undefined where the code is not listed or not that deep. */
function atLevel(codes: Codes, code: string, level: Level): string | undefined {
  let category = codes.categories.get(code)
  while (category !== undefined && category.level > level)
    category = category.parent === undefined ? undefined : codes.categories.get(category.parent)
  return category?.level === level ? category.code : undefined
}

/**
 * Reports with the category that the dispatch left their case in, newest first. Those of confidential reporters 保密 are left out. Ids grow with
 * time, so that the primary key finds the newest.
 */
async function storedExamples({ db }: Pick<Deps, 'db'>): Promise<Example[]> {
  return await db.once(
    async (sql) =>
      await sql<Example[]>`
      select c.category, p.case_id as "group", p.working->>'title' as title, p.working->>'text' as text
      from reports p join cases c on c.id = p.case_id
      where c.category is not null and not p.confidential and p.working->>'text' is not null
      order by p.id desc limit ${maxExamples}`,
  )
}

/** Stored reports to learn from. Reports of one case are one group. Throws `category.examples` where fewer than two categories have enough. */
export async function selectReports(
  deps: Pick<Deps, 'db' | 'catalog'>,
  { level, minimum }: { level: Level; minimum: number },
): Promise<Selection> {
  const stored = await storedExamples(deps)
  const examples = stored.flatMap((example) => {
    const category = atLevel(deps.catalog.codes, example.category, level)
    return category === undefined ? [] : [{ ...example, category }]
  })
  return enough(
    { examples, unknown: stored.length - examples.length, minimum },
    `${stored.length} stored reports stand in a case with a category, and`,
  )
}

/**
 * Examples of a file to learn from. A category is a code, or a Chinese name that categories.yaml gives to one code only; another is kept as it stands.
 * Throws `category.examples`.
 */
export function selectExamples(
  codes: Codes,
  given: readonly Example[],
  { minimum }: { minimum: number },
): Selection {
  if (given.length > maxExamples)
    throw new GatewayError(
      'category.examples',
      `There are ${given.length} examples; at most ${maxExamples} are learned from. Take a part of them, the newest or by chance.`,
    )
  const codesOfName = Map.groupBy(codes.categories.values(), ({ zh }) => zh)
  const examples = given.map((example) => {
    const [named, ...others] = codes.categories.has(example.category)
      ? []
      : (codesOfName.get(example.category) ?? [])
    return named === undefined || others.length > 0 ? example : { ...example, category: named.code }
  })
  return enough({ examples, unknown: 0, minimum }, `There are ${given.length} examples, and`)
}

function enough(
  { examples, unknown, minimum }: { examples: readonly Example[]; unknown: number; minimum: number },
  found: string,
): Selection {
  const groups = Map.groupBy(examples, ({ category }) => category)
  const kept = examples.filter(({ category }) => (groups.get(category)?.length ?? 0) >= minimum)
  const tooFew = [...groups]
    .filter(([, group]) => group.length < minimum)
    .map(([category, group]) => ({ category, examples: group.length }))
  const categories = groups.size - tooFew.length
  if (categories < 2)
    throw new GatewayError(
      'category.examples',
      `${found} ${categories === 0 ? 'no category has' : 'only one category has'} ${minimum} examples; two categories are the least to tell apart. Sort more cases, ask for fewer examples (--minimum), or train from a file (--file).`,
    )
  if (categories > maxCategories)
    throw new GatewayError(
      'category.examples',
      `There are ${categories} categories; at most ${maxCategories} are told apart. Train at a higher level, or look whether "category" is the right field.`,
    )
  return { examples: kept, unknown, tooFew }
}
