import type { Area, ReferenceCodes } from '../../mapping/reference.ts'
import { NameIndex } from './lexicon-index.ts'
import { codesAt, shapeIndexOf, type LonLat, type ShapeIndex } from './polygon.ts'

type GazetteerCodes = Pick<ReferenceCodes, 'areas' | 'areaShapes'>

/** Names that stand for an area, and how surely. */
interface NamedAreas {
  /** More than one where areas share the name. */
  readonly codes: readonly string[]
  /** A name without its ending (望潮 for 望潮社区) can be the beginning of another one. */
  readonly isStem: boolean
}

/** Areas by code, by name and by place. */
export interface Gazetteer {
  readonly areas: ReadonlyMap<string, Area>
  readonly names: NameIndex<NamedAreas>
  readonly shapes: ShapeIndex
}

/** An area that a text names. */
export interface FoundArea {
  readonly area: Area
  /** As written there, and where. */
  readonly name: string
  readonly index: number
  /** Whether it was named without its ending. */
  readonly isStem: boolean
}

const made = new WeakMap<GazetteerCodes, Gazetteer>()

/** The gazetteer of the reference codes; made once for each edition. */
export function gazetteerOf(codes: GazetteerCodes): Gazetteer {
  const known = made.get(codes)
  if (known !== undefined) return known
  const gazetteer = {
    areas: codes.areas,
    names: namesOf(codes.areas),
    shapes: shapeIndexOf(codes.areaShapes),
  }
  made.set(codes, gazetteer)
  return gazetteer
}

// 望潮社区居委会 and 望潮社区 are one name; 村 and 社区 too, since villages became communities.
const office = /(?:居民委员会|居委会|村民委员会|村委会|办事处|街道办)$/
const levelEnding = /(?:街道|社区|镇|乡|村)$/
const shortestStem = 2

function namesOf(areas: ReadonlyMap<string, Area>): NameIndex<NamedAreas> {
  const whole = new Map<string, Set<string>>()
  const stems = new Map<string, Set<string>>()
  for (const { code, zh, aliases, level } of areas.values()) {
    for (const name of [zh, ...aliases]) {
      const plain = name.replace(office, '')
      const stem = plain.replace(levelEnding, '')
      put(whole, name, code)
      // An office may be called after the bare name: 小湾居委会.
      if (stem !== plain) put(whole, plain, code)
      else if (plain === name) continue
      if (level === 'district') continue
      if (level === 'community') for (const ending of ['社区', '村']) put(whole, stem + ending, code)
      if (stem.length >= shortestStem) put(stems, stem, code)
    }
  }
  const names = new NameIndex<NamedAreas>()
  for (const [name, codes] of stems) {
    // A stem of several areas stands for the one that contains the others, else for none.
    const outer = [...codes].find((code) => [...codes].every((other) => isWithin(other, code, areas)))
    if (outer !== undefined) names.set(name, { codes: [outer], isStem: true })
  }
  for (const [name, codes] of whole) names.set(name, { codes: [...codes], isStem: false })
  return names
}

function put(map: Map<string, Set<string>>, name: string, code: string): void {
  map.set(name, (map.get(name) ?? new Set<string>()).add(code))
}

/** Whether an area is another one or lies in it. */
export function isWithin(code: string, outer: string, areas: ReadonlyMap<string, Area>): boolean {
  for (let each: string | undefined = code; each !== undefined; each = areas.get(each)?.parent)
    if (each === outer) return true
  return false
}

const longestRead = 4000
// Behind a stem nothing may follow that makes another name of it: 望潮大道, 望潮小学, 望潮花园.
const stemMayEnd =
  /^(?:$|[^\p{L}\p{N}]|的|这|那|附近|一带|片区|辖区|居委|居民|村民|有|没|在|发生|出现|内|里面|周边|旁)/u
const stemMayNotFollow = /[\p{N}a-zA-Z新老大小上下东西南北前后]/u

/** Areas that a text names, in order; of names that lie in one another the longest. Linear in the text, of which 4,000 characters are read. */
export function findAreas(text: string, gazetteer: Gazetteer): FoundArea[] {
  const words = text.slice(0, longestRead).normalize('NFKC')
  const found: { codes: readonly string[]; name: string; index: number; isStem: boolean }[] = []
  for (let index = 0; index < words.length; index++) {
    const at = gazetteer.names.longestAt(
      words,
      index,
      (name, { isStem }) => !isStem || standsAlone(words, index, name.length),
    )
    if (at === undefined) continue
    found.push({ ...at.value, name: at.name, index })
    index += at.name.length - 1
  }
  return found.flatMap(({ codes, name, index, isStem }) => {
    const area = gazetteer.areas.get(chosen(codes, found, gazetteer) ?? '')
    return area === undefined ? [] : [{ area, name, index, isStem }]
  })
}

function standsAlone(words: string, index: number, length: number): boolean {
  return (
    stemMayEnd.test(words.slice(index + length, index + length + 4)) &&
    !stemMayNotFollow.test(words[index - 1] ?? ' ')
  )
}

/** Of several areas with one name the one that lies in another area the text names. */
function chosen(
  codes: readonly string[],
  found: readonly { codes: readonly string[] }[],
  { areas }: Gazetteer,
): string | undefined {
  if (codes.length === 1) return codes[0]
  const fitting = codes.filter((code) =>
    found.some(
      (other) =>
        other.codes !== codes && other.codes.length === 1 && isWithin(code, other.codes[0] ?? '', areas),
    ),
  )
  return fitting.length === 1 ? fitting[0] : undefined
}

/** The finest areas first that hold a point; on a common edge the one with the smaller code. */
export function areasAt(point: LonLat, { shapes, areas }: Gazetteer): Area[] {
  const found = codesAt(shapes, point).flatMap((code) => areas.get(code) ?? [])
  return found.toSorted((a, b) => fineness[b.level] - fineness[a.level])
}

const fineness = { district: 0, street: 1, community: 2 } as const
