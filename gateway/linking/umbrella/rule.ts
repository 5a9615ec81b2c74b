/** What a mass event's umbrella case 总案 takes without comparing: its rule, and whether a report fits it. Pure. */
import Type, { type Static } from 'typebox'
import { Code } from '../../../schemas/primitives.ts'
import { metresBetween } from '../reading/distance.ts'
import { shareName } from '../places.ts'
import type { Features } from '../types.ts'

const Names = Type.Array(Type.String({ minLength: 2, maxLength: 60 }), { minItems: 1, maxItems: 20 })

/** Every part may be missing. A report fits by one part of the place, and by one of the subject where the rule has any. */
export const UmbrellaRule = Type.Object(
  {
    names: Type.Optional({ ...Names, description: 'Places: compounds, roads, lines; any of them' }),
    component: Type.Optional(Type.Object({ type: Code, code: Code }, { additionalProperties: false })),
    areas: Type.Optional(
      Type.Array(Code, { minItems: 1, maxItems: 50, description: 'Codes of streets and communities' }),
    ),
    circle: Type.Optional(
      Type.Object(
        {
          longitude: Type.Number({ minimum: -180, maximum: 180 }),
          latitude: Type.Number({ minimum: -90, maximum: 90 }),
          radiusM: Type.Number({ minimum: 50, maximum: 20_000 }),
        },
        { additionalProperties: false },
      ),
    ),
    categories: Type.Optional(
      Type.Array(Code, {
        minItems: 1,
        maxItems: 20,
        description: 'Categories or groups: beginnings of their codes',
      }),
    ),
    words: Type.Optional({ ...Names, description: 'For reports of no known category' }),
    leastWords: Type.Optional(Type.Integer({ minimum: 1, maximum: 10, description: 'So many of them; 1' })),
  },
  { additionalProperties: false },
)
export type UmbrellaRule = Static<typeof UmbrellaRule>

export const hasPlace = (rule: UmbrellaRule): boolean =>
  rule.names !== undefined ||
  rule.component !== undefined ||
  rule.areas !== undefined ||
  rule.circle !== undefined

export const hasSubject = (rule: UmbrellaRule): boolean =>
  rule.categories !== undefined || rule.words !== undefined

/** What of the rule the report meets, in words; undefined where it does not fit. `area`: a code that was read in it. */
export function fitOf(features: Features, rule: UmbrellaRule, area?: string): string[] | undefined {
  const place = placeFit(features, rule, area)
  if (place === undefined) return undefined
  const subject = subjectFit(features, rule)
  return subject === undefined ? undefined : [...place, ...subject]
}

/** Undefined where nothing of the place is met, or the report gives a place that contradicts the rule. */
function placeFit(features: Features, rule: UmbrellaRule, area?: string): string[] | undefined {
  const met: string[] = []
  for (const part of [componentFit, circleFit, areaFit, nameFit]) {
    const found = part(features, rule, area)
    if (found === 'conflict') return undefined
    if (found !== undefined) met.push(found.met)
  }
  return met.length === 0 ? undefined : met
}

/** In words, or that it contradicts; undefined: it says nothing. */
type Fit = { readonly met: string } | 'conflict' | undefined

function componentFit({ report }: Features, { component }: UmbrellaRule): Fit {
  const own = report.location?.component
  if (component === undefined || own?.code === undefined || own.type !== component.type) return undefined
  return own.code === component.code ? { met: 'same component' } : 'conflict'
}

function circleFit({ report }: Features, { circle }: UmbrellaRule): Fit {
  const point = report.location?.point
  if (circle === undefined || point === undefined) return undefined
  const distanceM = metresBetween(point, circle)
  return distanceM <= circle.radiusM ? { met: `${Math.round(distanceM)} m from the middle` } : 'conflict'
}

function areaFit({ report }: Features, { areas }: UmbrellaRule, read?: string): Fit {
  const { community, street } = report.location ?? {}
  // The area that was read stands where no community is stated.
  const own = [community, street, community === undefined ? read : undefined].filter(
    (code) => code !== undefined,
  )
  if (areas === undefined || own.length === 0) return undefined
  if (own.some((code) => areas.includes(code))) return { met: 'in the area' }
  // A community's code begins with its street's: a report that names only the street may be of the community.
  return own.some((code) => areas.some((area) => area.startsWith(code))) ? undefined : 'conflict'
}

const isNumbered = (name: string): boolean => /\d+(?:班|路|号线)$/.test(name)

/** A name that the rule lists. One that it does not list contradicts only what nothing else of the place supports. */
function nameFit({ focus, places, words }: Features, { names }: UmbrellaRule): Fit {
  if (names === undefined) return undefined
  const lines = names.filter(isNumbered)
  if (lines.length > 0 && focus.numbers.length > 0)
    return focus.numbers.some((number) => lines.includes(number)) ? { met: 'same line' } : 'conflict'
  const own = [...focus.sites, ...focus.roads]
  if (shareName(own, names)) return { met: 'named place' }
  if (focus.sites.length > 0) return undefined
  const mentioned =
    shareName([...places.sites, ...places.roads], names) ||
    names.some((name) => !isNumbered(name) && name.length >= 3 && words.includes(name))
  return mentioned ? { met: 'named place' } : undefined
}

function subjectFit({ report, words }: Features, rule: UmbrellaRule): string[] | undefined {
  if (!hasSubject(rule)) return []
  const { category } = report
  if (category !== undefined && rule.categories !== undefined)
    return rule.categories.some((code) => category.startsWith(code)) ? ['same category'] : undefined
  const said = (rule.words ?? []).filter((word) => words.includes(word))
  return said.length >= Math.min(rule.leastWords ?? 1, rule.words?.length ?? 1)
    ? [`says ${said.join(', ')}`]
    : undefined
}
