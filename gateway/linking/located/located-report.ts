import { characterClass } from '../reading/characters.ts'
import type { Features } from '../types.ts'
import { isUnplaced, type LocatedModel } from './model.ts'
import { writtenAddress, type WrittenAddress } from './written-address.ts'

/** What comparing needs of a located report, read once. */
export interface LocatedReport {
  readonly category: string | undefined
  readonly channelId: string
  readonly atMs: number
  /** Absent where the source writes a point that stands for none. */
  readonly point: { latitude: number; longitude: number } | undefined
  readonly address: WrittenAddress | undefined
  readonly component: { type: string; code: string } | undefined
  /** Kind, colon, keyed hash. */
  readonly personKeys: readonly string[]
}

/** More words than these say more than a category and a place do. */
const fewWords = 18

/** Whether a report says what it is by category and place, in hardly any words: then words cannot compare it. */
export function isLocated({ report }: Pick<Features, 'report'>): boolean {
  const { point, address, component } = report.location ?? {}
  const placed = point !== undefined || address !== undefined || component?.code !== undefined
  return report.category !== undefined && placed && hasFewWords(`${report.title ?? ''} ${report.text}`)
}

const isHan = characterClass(/\p{Script=Han}/u)
const isWordCharacter = characterClass(/[\p{L}\p{N}]/u)

/** A Chinese character counts as one word, another word as two. */
function hasFewWords(text: string): boolean {
  let words = 0
  let inWord = false
  for (let index = 0; index < text.length && words <= fewWords;) {
    const code = text.codePointAt(index) as number
    const han = isHan(code)
    const inOther = !han && isWordCharacter(code)
    if (han) words += 1
    else if (inOther && !inWord) words += 2
    inWord = inOther
    index += code > 0xffff ? 2 : 1
  }
  return words <= fewWords
}

const read = new WeakMap<LocatedModel, WeakMap<Features, LocatedReport>>()

/** Reads a report's place, category and time; kept for as long as its features are. */
export function locatedReport(features: Features, model: LocatedModel): LocatedReport {
  let known = read.get(model)
  if (known === undefined) read.set(model, (known = new WeakMap()))
  const found = known.get(features)
  if (found !== undefined) return found
  const located = readLocated(features, model)
  known.set(features, located)
  return located
}

function readLocated({ report, submittedAtMs }: Features, model: LocatedModel): LocatedReport {
  const { point, address, component } = report.location ?? {}
  return {
    category: report.category,
    channelId: report.channelId,
    atMs: submittedAtMs,
    point:
      point === undefined || isUnplaced(model, point)
        ? undefined
        : { latitude: point.latitude, longitude: point.longitude },
    address: writtenAddress(address),
    component: component?.code === undefined ? undefined : { type: component.type, code: component.code },
    personKeys: report.personKeys,
  }
}
