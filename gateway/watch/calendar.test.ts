import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { MappingDefinitionError } from '../mapping/definition-error.ts'
import { loadCalendar } from './calendar-file.ts'
import { createCalendar } from './calendar.ts'

const folder = mkdtempSync(join(tmpdir(), 'guiyi-calendar-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const noon = (day: string) => new Date(`${day}T12:00:00+08:00`)
const at = (text: string) => new Date(`${text}+08:00`)
const hours = (ms: number) => ms / 3_600_000

async function withFile(text: string) {
  writeFileSync(join(folder, 'calendar.yaml'), text)
  return await loadCalendar(folder)
}

test('a public holiday is a day off, and a working weekend 调休 a working day', () => {
  const calendar = createCalendar()

  const days = ['2026-10-01', '2026-10-10', '2026-10-09', '2026-10-11'].map((day) =>
    calendar.isWorkingDay(noon(day)),
  )

  expect(days).toEqual([false, true, true, false])
})

test('a day begins at midnight in Asia/Shanghai', () => {
  const calendar = createCalendar()

  const edges = [at('2026-10-07T23:59:59'), at('2026-10-08T00:00:00')].map((edge) =>
    calendar.isWorkingDay(edge),
  )

  expect(edges).toEqual([false, true])
})

test('working time counts office hours of working days only', () => {
  const calendar = createCalendar()

  const overHolidays = calendar.workingMsBetween(at('2026-09-30T17:00:00'), at('2026-10-08T10:30:00'))
  const overLunch = calendar.workingMsBetween(at('2026-11-23T11:00:00'), at('2026-11-23T15:00:00'))
  const backwards = calendar.workingMsBetween(at('2026-11-23T15:00:00'), at('2026-11-23T11:00:00'))

  expect([overHolidays, overLunch, backwards].map(hours)).toEqual([2.5, 2, 0])
})

test('a year without published holidays is not known, until our own table lists it', async () => {
  const listed = await withFile(
    "version: '2026-11-10'\nyears: ['2027']\nholidays: [2027-02-05/2027-02-11]\nworkingDays: ['2027-02-13']\n",
  )

  expect([createCalendar().knows(2026), createCalendar().knows(2027), listed.knows(2027)]).toEqual([
    true,
    false,
    true,
  ])
  expect(
    ['2027-02-05', '2027-02-11', '2027-02-12', '2027-02-13'].map((d) => listed.isWorkingDay(noon(d))),
  ).toEqual([false, false, true, true])
})

test('our own table goes before the published one, and sets the office hours', async () => {
  const calendar = await withFile(
    "version: '2026-11-10'\nholidays: ['2026-11-23']\nofficeHours: [{ from: '08:30', to: '17:30' }]\n",
  )

  const monday = calendar.workingMsBetween(at('2026-11-23T00:00:00'), at('2026-11-24T00:00:00'))
  const tuesday = calendar.workingMsBetween(at('2026-11-24T00:00:00'), at('2026-11-25T00:00:00'))

  expect([monday, tuesday].map(hours)).toEqual([0, 9])
})

test.each([
  ["version: '2026-11-10'\nholidays: ['2027-02-30']\n", /calendar\.yaml:2 \/holidays\/0: "2027-02-30"/],
  ["version: '2026-11-10'\nholidays: [2027-02-05/2072-02-11]\n", /at most 60 days/],
  ["version: '2026-11-10'\nholidays: ['2027-02-05']\nworkingDays: ['2027-02-05']\n", /one of them only/],
  ["version: '2026-11-10'\nofficeHours: [{ from: '14:00', to: '12:00' }]\n", /order of the day/],
  ["version: '2026-11-10'\nholiday: ['2027-02-05']\n", /holiday/],
])('a wrong table is refused with line and remedy: %s', async (text, message) => {
  const loading = withFile(text)

  await expect(loading).rejects.toThrow(MappingDefinitionError)
  await expect(loading).rejects.toThrow(message)
})

test('the table shown to operators is read', async () => {
  const [, shown = ''] = /```yaml\n(version: [\s\S]*?)```/.exec(readFileSync('docs/operate.md', 'utf8')) ?? []

  const calendar = await withFile(shown)

  expect(['2027-01-01', '2027-02-06', '2027-02-13'].map((day) => calendar.isWorkingDay(noon(day)))).toEqual([
    false,
    false,
    true,
  ])
})

test('without a table of our own the published one stands', async () => {
  rmSync(join(folder, 'calendar.yaml'), { force: true })

  const calendar = await loadCalendar(folder)

  expect(calendar.isWorkingDay(noon('2026-10-01'))).toBe(false)
})
