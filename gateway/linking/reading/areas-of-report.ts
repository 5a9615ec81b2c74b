import type { Area } from '../../mapping/reference.ts'
import type { LinkableReport } from '../types.ts'
import { areasAt, findAreas, isWithin, type FoundArea, type Gazetteer } from './areas.ts'

export type AreaOrigin = 'stated' | 'point' | 'address' | 'text'

/** The area that a report is about, and how it is known. */
export interface ReportArea {
  readonly code: string
  readonly level: Area['level']
  /** 0 to 1. */
  readonly confidence: number
  readonly from: AreaOrigin
  /** What says another area: a clerk should look. */
  readonly contradicts: readonly { readonly code: string; readonly from: AreaOrigin }[]
}

interface Reading {
  readonly area: Area
  readonly confidence: number
  readonly from: AreaOrigin
}

// How far each origin is to be trusted by itself. A stated code is mostly chosen from a list by someone who knew.
const trust = { stated: 0.95, point: 0.9, address: 0.85, text: 0.7 } as const
const stemTrust = 0.6
/** What is left of the confidence for each origin that contradicts. */
const contradicted = 0.6

/**
 * The area of a report: by its stated code, then its point, address and text. A later origin that names a finer area inside makes the area finer, one that agrees
 * makes it surer, and one that names another area makes it less sure and is told. Undefined where nothing says one.
 */
export function areaOf(
  report: Pick<LinkableReport, 'location' | 'title' | 'text'>,
  gazetteer: Gazetteer,
): ReportArea | undefined {
  const [first, ...others] = readingsOf(report, gazetteer)
  if (first === undefined) return undefined
  let { area, from, confidence } = first
  const contradicts: { code: string; from: AreaOrigin }[] = []
  for (const other of others) {
    if (isWithin(other.area.code, area.code, gazetteer.areas)) {
      // As sure as the finer one by itself, and as the two together where they say the same.
      const isSame = other.area.code === area.code
      confidence = isSame ? either(confidence, other.confidence) : other.confidence
      if (!isSame) ({ area, from } = other)
    } else if (isWithin(area.code, other.area.code, gazetteer.areas)) {
      confidence = either(confidence, other.confidence / 2)
    } else {
      confidence *= contradicted
      contradicts.push({ code: other.area.code, from: other.from })
    }
  }
  const rounded = Math.round(confidence * 100) / 100
  return { code: area.code, level: area.level, confidence: rounded, from, contradicts }
}

/** Two origins that agree are wrong together only where both are wrong. */
function either(one: number, other: number): number {
  return Math.min(0.99, 1 - (1 - one) * (1 - other))
}

function readingsOf(
  { location, title, text }: Pick<LinkableReport, 'location' | 'title' | 'text'>,
  gazetteer: Gazetteer,
): Reading[] {
  const stated = [location?.community, location?.street, location?.district]
    .flatMap((code) => gazetteer.areas.get(code ?? '') ?? [])
    .at(0)
  const at = location?.point === undefined ? undefined : areasAt(location.point, gazetteer).at(0)
  return [
    ...(stated === undefined ? [] : [{ area: stated, confidence: trust.stated, from: 'stated' } as const]),
    ...(at === undefined ? [] : [{ area: at, confidence: trust.point, from: 'point' } as const]),
    ...named(findAreas(location?.address ?? '', gazetteer), 'address', gazetteer),
    ...named(findAreas(`${title ?? ''}\n${text}`, gazetteer), 'text', gazetteer),
  ]
}

/** The finest area of those a text names; where they lie apart, the one that holds them all, and nothing where that is the district. */
function named(found: readonly FoundArea[], from: 'address' | 'text', { areas }: Gazetteer): Reading[] {
  const [first, ...others] = found
  if (first === undefined) return []
  let area = first.area
  let isStem = first.isStem
  let isApart = false
  for (const other of others) {
    if (isWithin(other.area.code, area.code, areas)) {
      if (other.area.code !== area.code) isStem = other.isStem
      area = isApart ? area : other.area
    } else if (!isWithin(area.code, other.area.code, areas)) {
      area = commonOf(area, other.area, areas) ?? area
      isApart = true
    }
  }
  if (isApart && area.parent === undefined) return []
  return [{ area, from, confidence: isStem ? stemTrust * trust[from] : trust[from] }]
}

function commonOf(a: Area, b: Area, areas: ReadonlyMap<string, Area>): Area | undefined {
  for (let each: Area | undefined = a; each !== undefined; each = areas.get(each.parent ?? ''))
    if (isWithin(b.code, each.code, areas)) return each
  return undefined
}
