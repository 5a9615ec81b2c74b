/** Which topic 热点 a case belongs to: a subject in an area. Pure. */
import type { ReferenceCodes } from '../../mapping/reference.ts'
import { categoryGroup } from '../compare.ts'
import type { Location, Places } from '../types.ts'

export interface TopicOf {
  /** Subject and area; one topic has one. */
  readonly key: string
  /** The group of categories. */
  readonly category: string
  /** Code of the community, street or district; absent where a named place stands for it. */
  readonly area?: string
  readonly name: string
}

/** What says where a case is. */
export interface Whereabouts {
  readonly location: Location | null
  /** The area that linking read in the report, by code. */
  readonly read?: { readonly code: string; readonly level: 'district' | 'street' | 'community' } | undefined
  /** Places that the report is about. */
  readonly focus?: Pick<Places, 'sites' | 'roads'> | undefined
}

/**
 * A case's topic: the group of its category in its community; where that is not known in its street, at the place it names, or
 * in its district. None without a category or without a place.
 */
export function topicOf(
  category: string | null,
  where: Whereabouts,
  { categories, areas }: Pick<ReferenceCodes, 'categories' | 'areas'>,
): TopicOf | undefined {
  if (category === null) return undefined
  const known = categories.get(category)
  const group =
    known?.level === 3 && known.parent !== undefined ? known.parent : (known?.code ?? categoryGroup(category))
  const subject = categories.get(group)?.zh ?? group
  const area = areaOf(where)
  const place = area?.level === 'district' || area === undefined ? placeOf(where) : undefined
  if (place !== undefined) return { key: `${group}@#${place}`, category: group, name: `${place} ${subject}` }
  if (area === undefined) return undefined
  const areaName = areas.get(area.code)?.zh ?? area.code
  return { key: `${group}@${area.code}`, category: group, area: area.code, name: `${areaName} ${subject}` }
}

function areaOf({ location, read }: Whereabouts): { code: string; level: string } | undefined {
  for (const level of ['community', 'street', 'district'] as const) {
    const code = location?.[level] ?? (read?.level === level ? read.code : undefined)
    if (code !== undefined) return { code, level }
  }
  return undefined
}

const longestName = 40

/** The compound, school or other site; a road where there is none. */
function placeOf({ focus }: Whereabouts): string | undefined {
  return (focus?.sites[0] ?? focus?.roads[0])?.slice(0, longestName)
}
