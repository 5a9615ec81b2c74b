/** Our own table of working days, `mappings/codes/calendar.yaml`. Optional: what it lists goes before what is published. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import Type, { type Static } from 'typebox'
import { FaultList, MappingDefinitionError, pointerTo } from '../mapping/definition-error.ts'
import { compileValidator, explainErrors } from '../mapping/validation.ts'
import { readYaml } from '../mapping/yaml-file.ts'
import { createCalendar, usualTable, type CalendarTable, type WorkingCalendar } from './calendar.ts'

const Day = String.raw`\d{4}-\d{2}-\d{2}`
const Days = Type.Array(
  Type.String({
    pattern: `^${Day}(/${Day})?$`,
    description: '2027-02-06, or first and last: 2027-02-05/2027-02-11',
  }),
  { maxItems: 400 },
)
const Clock = Type.String({ pattern: String.raw`^([01]\d|2[0-4]):[0-5]\d$` })
const CalendarFile = Type.Object(
  {
    version: Type.String({ pattern: `^${Day}$` }),
    years: Type.Optional(
      Type.Array(Type.String({ pattern: String.raw`^\d{4}$` }), {
        maxItems: 50,
        description: 'Years whose holidays stand here completely',
      }),
    ),
    holidays: Type.Optional(Days),
    workingDays: Type.Optional(Days),
    officeHours: Type.Optional(
      Type.Array(Type.Object({ from: Clock, to: Clock }, { additionalProperties: false }), {
        minItems: 1,
        maxItems: 6,
      }),
    ),
  },
  { additionalProperties: false },
)
type CalendarFile = Static<typeof CalendarFile>

const isFile = compileValidator<CalendarFile>(CalendarFile)
const dayMs = 24 * 3_600_000
/** No holiday here is longer; a wrong year in an interval is longer. */
const mostDays = 60

/** The days of `2027-02-05/2027-02-11`; null where it is no interval of real days. */
function daysOf(text: string): string[] | null {
  const [first = '', last = first] = text.split('/')
  const from = Date.parse(`${first}T00:00:00Z`)
  const to = Date.parse(`${last}T00:00:00Z`)
  const real = [first, last].every(
    (day) =>
      !Number.isNaN(Date.parse(`${day}T00:00:00Z`)) &&
      new Date(`${day}T00:00:00Z`).toISOString().startsWith(day),
  )
  if (!real || to < from || to - from > mostDays * dayMs) return null
  return Array.from({ length: (to - from) / dayMs + 1 }, (_, n) =>
    new Date(from + n * dayMs).toISOString().slice(0, 10),
  )
}

const minuteOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))

function setOf(file: CalendarFile, name: 'holidays' | 'workingDays', faults: FaultList): Set<string> {
  const days = (file[name] ?? []).flatMap((text, index) => {
    const found = daysOf(text)
    if (found === null)
      faults.add(
        pointerTo(`/${name}`, index),
        `"${text}" is no day and no interval of at most ${mostDays} days. Write 2027-02-06, or first/last: 2027-02-05/2027-02-11.`,
      )
    return found ?? []
  })
  return new Set(days)
}

function tableOf(file: CalendarFile, faults: FaultList): CalendarTable {
  const holidays = setOf(file, 'holidays', faults)
  const workingDays = setOf(file, 'workingDays', faults)
  for (const day of workingDays)
    if (holidays.has(day))
      faults.add('/workingDays', `${day} stands under holidays as well. Name it in one of them only.`)
  const officeHours = file.officeHours?.map(({ from, to }) => ({
    fromMinute: minuteOf(from),
    toMinute: minuteOf(to),
  }))
  for (const [index, { fromMinute, toMinute }] of (officeHours ?? []).entries())
    if (
      toMinute <= fromMinute ||
      toMinute > 24 * 60 ||
      fromMinute < (officeHours?.[index - 1]?.toMinute ?? 0)
    )
      faults.add(
        pointerTo('/officeHours', index),
        'The hours end before they begin, or begin before the ones above end. Write them in the order of the day.',
      )
  return {
    holidays,
    workingDays,
    years: new Set((file.years ?? []).map(Number)),
    officeHours: officeHours ?? usualTable.officeHours,
  }
}

/** The calendar with our own table on top, where `calendar.yaml` is there. Throws MappingDefinitionError with file and line. */
export async function loadCalendar(codesDir: string): Promise<WorkingCalendar> {
  const path = join(codesDir, 'calendar.yaml')
  if (!existsSync(path)) return createCalendar()
  const { value, place } = await readYaml(path)
  const faults = new FaultList(place)
  if (!isFile(value)) {
    for (const { pointer, detail } of explainErrors(isFile.errors ?? [])) faults.add(pointer, detail)
    throw new MappingDefinitionError(faults.faults)
  }
  const table = tableOf(value, faults)
  faults.throwIfAny()
  return createCalendar(table)
}
