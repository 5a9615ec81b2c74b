/**
 * Writes messages.jsonl from places.yaml, voices.yaml and matters/: the same file each time. `--check` only compares.
 * A matter is one type at one place; some are told by two or three people, who then share `matter` and few words.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { randomFor, type Random } from '../random.ts'

interface Street {
  readonly name: string
  readonly communities: readonly string[]
  readonly sites: readonly string[]
  readonly roads: readonly string[]
  readonly schools: readonly string[]
  readonly markets: readonly string[]
}

interface MatterType {
  readonly id: string
  readonly category: string
  readonly kind: string
  readonly at: 'site' | 'road' | 'school' | 'market' | 'street'
  readonly titles: readonly string[]
  readonly tellings: readonly string[]
  readonly slots?: Readonly<Record<string, readonly string[]>>
}

interface Voices {
  readonly openings: readonly string[]
  readonly asks: Readonly<Record<string, readonly string[]>>
  readonly closings: readonly string[]
}

type Slots = Readonly<Record<string, string>>

const seed = 20_251_101
const wantedMessages = 600
const firstDay = Date.UTC(2025, 8, 1)
const days = 60

const common = {
  side: ['东侧', '西侧', '南侧', '北侧', '公交站后面', '桥下', '路口'],
  pipe: ['污水', '雨水', '电缆', '通信', '自来水'],
  since: ['从上周起', '这半个月来', '这两个月来', '从上个月起', '最近一段时间', '入秋以来', '从放暑假起'],
  n: ['三', '四', '五', '六', '七', '八'],
  b: ['1', '2', '3', '5', '6', '8', '9', '11', '12'],
  bus: ['108', '216', '305', '37', '619', '822', '903'],
}

/** The sample messages, by time. */
export function sampleMessages(): string {
  const random = randomFor(seed, 'samples')
  const { streets } = readYaml('places.yaml') as { streets: Street[] }
  const voices = readYaml('voices.yaml') as Voices
  const types = readdirSync(join(import.meta.dirname, 'matters'))
    .toSorted()
    .flatMap((file) => readYaml(`matters/${file}`) as MatterType[])
  const rows = []
  const seen = new Set<string>()
  for (let turn = 0; rows.length < wantedMessages; turn++) {
    const type = types[turn % types.length]
    if (type === undefined) throw new Error('matters/ is empty.')
    const slots = slotsOf(type, random.pick(streets), random)
    const place = type.at === 'street' ? slots['street'] : slots[type.at]
    const matter = `${type.id}@${place}`
    if (seen.has(matter)) continue
    seen.add(matter)
    rows.push(
      ...told(type, { slots, voices, random }).map((telling) => ({
        ...telling,
        category: type.category,
        kind: type.kind,
        place: `平安区${slots['place']}`,
        matter,
      })),
    )
  }
  const ordered = rows.toSorted((a, b) => (a.time < b.time ? -1 : 1))
  return ordered.map((row, index) => `${JSON.stringify({ id: 500_001 + index, ...row })}\n`).join('')
}

/** One to three people tell one matter: each in another telling, within a few days. */
function told(type: MatterType, { slots, voices, random }: { slots: Slots; voices: Voices; random: Random }) {
  const people = random.chance(0.2) ? (random.chance(0.3) ? 3 : 2) : 1
  const startMs = firstDay + random.below(days * 24 * 60) * 60_000
  return random
    .shuffled([...type.tellings.entries()])
    .slice(0, people)
    .map(([number, telling], index) => {
      const opening = random.chance(0.6) ? random.pick(voices.openings) : ''
      const closing = random.chance(0.4) ? random.pick(voices.closings) : ''
      const ask = random.pick(voices.asks[type.kind] ?? [''])
      return {
        title: filled(type.titles[number] ?? random.pick(type.titles), slots),
        time: new Date(startMs + index * random.below(40) * 3_600_000 + random.below(60) * 1000)
          .toISOString()
          .slice(0, 19)
          .replace('T', ' '),
        text: opening + filled(telling, slots) + ask + closing,
        user: `P${String(100_000 + random.below(900_000))}`,
      }
    })
}

function slotsOf(type: MatterType, street: Street, random: Random): Slots {
  const drawn = {
    ...common,
    ...type.slots,
    community: street.communities,
    site: street.sites,
    road: street.roads,
    school: street.schools,
    market: street.markets,
  }
  const slots = Object.fromEntries(Object.entries(drawn).map(([name, values]) => [name, random.pick(values)]))
  const place = {
    site: `${street.name}${slots['community']}${slots['site']}`,
    road: `${street.name}${slots['road']}与${random.pick(street.roads.filter((road) => road !== slots['road']))}路口`,
    school: `${street.name}${slots['school']}`,
    market: `${street.name}${slots['market']}`,
    street: street.name,
  }[type.at]
  return { ...slots, street: street.name, place }
}

function filled(template: string, slots: Slots): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = slots[name]
    if (value === undefined) throw new Error(`A template names {${name}}, which nothing fills.`)
    return value
  })
}

/** These files lie beside this one; the caller knows their shape. */
function readYaml(file: string): unknown {
  return parse(readFileSync(join(import.meta.dirname, file), 'utf8'))
}

if (import.meta.main) {
  const target = join(import.meta.dirname, 'messages.jsonl')
  const text = sampleMessages()
  if (!process.argv.includes('--check')) writeFileSync(target, text)
  else if (readFileSync(target, 'utf8') !== text) {
    console.error(
      'demo/samples/messages.jsonl is not what generate.ts makes. Run: node demo/samples/generate.ts',
    )
    process.exitCode = 1
  }
}
