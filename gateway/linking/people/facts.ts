/** What a later report says that its case did not know yet. Pure. */
import type { CaseFact } from '../../../schemas/case.ts'
import type { Attachment } from '../../../schemas/primitives.ts'
import type { WorkingReport } from '../../store/working.ts'
import { placesIn, shareName } from '../places.ts'
import type { Location } from '../types.ts'

/** What a case says of itself. */
export interface CaseFacts {
  readonly category: string | null
  readonly location: Location | null
}

export interface NewFacts {
  readonly facts: readonly CaseFact[]
  readonly category: string | null
  readonly location: Location | null
}

/**
 * The case with what the report adds. Nothing is overwritten by what is vaguer or contradicts it; where the two name different
 * places nothing of the place is taken (`elsewhere`: the comparison said so).
 */
export function newFacts(
  known: CaseFacts,
  report: Pick<WorkingReport, 'category' | 'location'>,
  { elsewhere, attachments }: { elsewhere: boolean; attachments: readonly Attachment[] },
): NewFacts {
  const facts: CaseFact[] = []
  if (attachments.some(isPicture)) facts.push('photo')
  if (attachments.some((attachment) => !isPicture(attachment))) facts.push('file')
  const place =
    elsewhere || report.location === undefined || contradicts(known.location, report.location)
      ? { location: known.location, facts: [] }
      : finer(known.location ?? {}, report.location)
  facts.push(...place.facts)
  const category = known.category ?? report.category ?? null
  if (known.category === null && category !== null) facts.push('category')
  return { facts, category, location: place.location }
}

/** A file still to be fetched has no type yet; what is attached to a complaint is a picture unless it says otherwise. */
const isPicture = ({ mediaType, role }: Attachment): boolean =>
  mediaType === undefined ? role !== 'voice' : mediaType.startsWith('image/')

const levels = ['district', 'street', 'community', 'grid'] as const

function contradicts(known: Location | null, said: Location): boolean {
  if (known === null) return false
  return levels.some(
    (level) => known[level] !== undefined && said[level] !== undefined && known[level] !== said[level],
  )
}

function finer(known: Location, said: Location): { location: Location; facts: CaseFact[] } {
  const facts: CaseFact[] = []
  const location: Location = { ...known }
  const take = (fact: CaseFact, part: Partial<Location>) => {
    if (!facts.includes(fact)) facts.push(fact)
    Object.assign(location, part)
  }
  const address = finerAddress(known.address, said.address)
  if (address !== undefined) take(known.address === undefined ? 'address' : 'house-number', { address })
  if (known.addressCode === undefined && said.addressCode !== undefined)
    take('address', { addressCode: said.addressCode })
  if (known.point === undefined && said.point !== undefined) take('point', { point: said.point })
  for (const level of levels)
    if (known[level] === undefined && said[level] !== undefined) take('area', { [level]: said[level] })
  const component = said.component
  if (component !== undefined && known.component?.code === undefined) {
    const same = known.component === undefined || known.component.type === component.type
    if (same && (known.component === undefined || component.code !== undefined))
      take('component', { component })
  }
  return { location, facts }
}

const numbered = /\d+\s*(?:号|弄|栋|幢|座|单元|室|米|公里)|[A-Za-z]\s*(?:座|栋|区|口)/
const shortestOverlap = 3

/** An address where there was none, or the known one with a number that it lacked; undefined where nothing is finer. */
export function finerAddress(known: string | undefined, said: string | undefined): string | undefined {
  if (said === undefined) return undefined
  if (known === undefined) return said
  if (numbered.test(known) || !numbered.test(said)) return undefined
  if (said.includes(known)) return said
  // 清澜街道翠溪路 and 翠溪路12号: what both hold is written once.
  for (let length = Math.min(known.length, said.length); length >= shortestOverlap; length--)
    if (known.endsWith(said.slice(0, length)) && namesPlace(known, said.slice(0, length)))
      return known + said.slice(length)
  return undefined
}

function namesPlace(known: string, overlap: string): boolean {
  const [own, other] = [placesIn(known), placesIn(overlap)]
  return shareName([...own.roads, ...own.sites], [...other.roads, ...other.sites])
}
