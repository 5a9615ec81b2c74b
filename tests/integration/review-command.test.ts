import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { runCommand } from 'citty'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { reviewCommand } from '../../gateway/commands/review/review.ts'
import { columnsOf } from '../../gateway/commands/review/columns.ts'
import type { ReviewLine } from '../../schemas/review.ts'
import type { House } from '../support/house.ts'
import { ask, startDesk, twoCases, type DeskHouse } from '../support/review-desk.ts'

let desks: DeskHouse
let house: House

beforeAll(async () => {
  desks = await startDesk()
  house = desks.house
})
afterAll(async () => await desks.stop())
// What a test left on the desk is not the next one's.
afterEach(async () => await desks.clear())

/** Runs `guiyi review …` without a terminal, with `input` from a pipe. */
async function guiyi(args: readonly string[], input = ''): Promise<{ code: number | null; output: string }> {
  const cli = fileURLToPath(new URL('../../gateway/cli.ts', import.meta.url))
  const env = { ...process.env, ...house.environment }
  const child = spawn(process.execPath, [cli, 'review', ...args], { env })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stdin.end(input)
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, output: Buffer.concat(chunks).toString('utf8') }
}

/** The same without a process of its own, for what reads no keys. */
async function guiyiHere(args: readonly string[]): Promise<{ code: number; output: string }> {
  for (const [name, value] of Object.entries(house.environment)) vi.stubEnv(name, value)
  const lines: string[] = []
  const log = vi
    .spyOn(console, 'log')
    .mockImplementation((text: unknown) => void lines.push(`${String(text)}\n`))
  try {
    await runCommand(reviewCommand, { rawArgs: [...args] })
    return { code: 0, output: lines.join('') }
  } catch (cause) {
    return { code: 1, output: (cause as Error).message }
  } finally {
    log.mockRestore()
    vi.unstubAllEnvs()
  }
}

test('keys from a pipe join, tell apart, put off and pass over, one item after the other', async () => {
  const asked = [
    await desks.question(undefined, 0.5),
    await desks.question(undefined, 0.6),
    await desks.question(undefined, 0.7),
    await desks.question(undefined, 0.8),
  ]

  const { code, output } = await guiyi(['--clerk', 'C-07'], 'n\nl\nx\nd\ns\n')

  expect(output).toContain('同一道路 +4.5，相距14米 +3.0，不同诉求人 −0.3，类别不同 −1.5')
  const outcomes = await Promise.all(
    asked.map(async ({ id }) => (await desks.desk.show(id)).outcome?.decision),
  )
  expect(outcomes).toEqual([undefined, 'link', 'different', 'later'])
  expect(output).toContain('请按 l、d、s、n、u 或 q。')
  expect(output).toContain('没有别的待复核了；跳过的 1 件仍在等待。')
  expect(code).toBe(0)
  const [free] = await desks.desk.take('C-08')
  expect(free?.id).toBe(asked[0]?.id)
})

test('the last answer is taken back with u', async () => {
  const asked = await desks.question()

  const { output } = await guiyi(['--clerk', 'C-07', '--lang', 'en'], 'l\nu\nu\nq\n')

  expect(output).toContain('Nothing waits.')
  expect(output).toContain('Taken back; it waits again.')
  expect(output).toContain('Nothing was decided here that could be taken back.')
  expect(await house.caseOf('hotline-a', asked.first.order)).toBe(asked.other)
  expect((await desks.desk.show(asked.id)).outcome).toBeUndefined()
})

test('both sides stand beside each other within a hundred columns', async () => {
  const long = '门前路灯整晚不亮，老人夜里出行不便，请尽快派人修理'.repeat(20)
  const [first, second] = await twoCases(house, [
    { content: `甲处${long}` },
    { content: `乙处 ${'streetlight '.repeat(30)}` },
  ])
  const asked = await ask(house, { own: second.number, other: first.number })

  const { code, output } = await guiyiHere(['show', asked.id])

  expect(code).toBe(0)
  expect(output).toContain(first.number)
  expect(output).toContain(second.number)
  const lines = output.split('\n')
  expect(lines.filter((text) => columnsOf(text) > 100)).toEqual([])
  expect(lines.some((text) => text.includes(' │ '))).toBe(true)
})

test('list, decide, undo and figures work without a terminal', async () => {
  const asked = await desks.question()

  const list = JSON.parse((await guiyiHere(['list', '--json'])).output) as ReviewLine[]
  const decided = await guiyiHere(['decide', asked.id, 'different', '--clerk', 'C-07', '--note', '另一处'])
  const again = await guiyiHere(['decide', asked.id, 'link', '--clerk', 'C-08'])
  const undone = await guiyiHere(['undo', asked.id, '--clerk', 'C-07'])
  const figures = JSON.parse((await guiyiHere(['figures', '--json'])).output) as { waiting: number }

  expect(list.map(({ id }) => id)).toEqual([asked.id])
  expect(decided).toMatchObject({ code: 0, output: '不是同一件事，永久有效。\n' })
  expect(again.code).toBe(1)
  expect(again.output).toContain('This was decided by C-07 meanwhile')
  expect(undone.code).toBe(0)
  expect(figures.waiting).toBe(1)
})

test('guiyi review without a clerk ends with an error that says what is missing', async () => {
  const wrong = await guiyi([])

  expect(wrong.code).toBe(1)
  expect(wrong.output).toContain('Say who decides, by number')
})

test.each([
  [['decide', randomUUID(), 'maybe', '--clerk', 'C-07'], 'The decision is one of: link, different, later'],
  [['decide', randomUUID(), 'link', '--clerk', 'C-07'], 'There is no item of this id'],
  [['show', 'nonsense'], 'is no id of a review item'],
  [['--clerk', 'C-07', '--older-than', 'long'], '--older-than takes a whole number of hours'],
])('guiyi review %j says what is wrong', async (args, said) => {
  const wrong = await guiyiHere(args)

  expect(wrong.code).toBe(1)
  expect(wrong.output).toContain(said)
})
