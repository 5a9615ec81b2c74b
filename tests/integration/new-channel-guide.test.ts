/** docs/new-channel.md, step by step: its files are written, its commands run, and what it says they print is printed. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startHouse, until, type House } from '../support/house.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const guide = readFileSync(join(root, 'docs/new-channel.md'), 'utf8')
const blocks = [...guide.matchAll(/```(\w+)([^\n]*)\n([\s\S]*?)```/g)].map(
  ([, language = '', info = '', text = '']) => ({ language, info: info.trim(), text }),
)

let house: House
let folder: string

beforeAll(async () => {
  house = await startHouse([])
  folder = mkdtempSync(join(tmpdir(), 'guiyi-guide-'))
  symlinkSync(join(root, 'guiyi'), join(folder, 'guiyi'))
  writeFileSync(join(folder, 'variables'), '')
})

afterAll(async () => {
  await house.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Variables live on from one block to the next, as in the reader's shell. */
async function run(script: string): Promise<{ failed: boolean; output: string }> {
  const text = script.replaceAll('http://127.0.0.1:8148', house.gateway.url)
  const shell = `set -a; . ./variables; ${text}\ndeclare -p KEY > variables 2>/dev/null || true`
  // The reader's shell is not one that npm has opened.
  const own = Object.entries(process.env).filter(([name]) => !/^npm_|^INIT_CWD$/.test(name))
  const env = { ...Object.fromEntries(own), ...house.environment }
  return await new Promise((resolve) => {
    execFile('bash', ['-eu', '-c', shell], { cwd: folder, env }, (error, stdout, stderr) =>
      resolve({ failed: error !== null, output: `${stdout}${stderr}` }),
    )
  })
}

const squeezed = (text: string) => text.replaceAll(/\s+/g, ' ')

test(
  'the guide is followed word by word from a sample to a published channel, and each step prints what it says',
  { timeout: 240_000 },
  async () => {
    let output = ''
    const notPrinted: string[] = []
    for (const { language, info, text } of blocks) {
      if (info.startsWith('file=')) writeFileSync(join(folder, info.slice('file='.length)), text)
      else if (language === 'sh') {
        const done = await run(text)
        output = done.output
        if (done.failed !== (info === 'fails')) throw new Error(`${text}\n${output}`)
        await until('replays are through', async () => {
          const [row] = await house.gateway.deps.db
            .sql`select count(*)::int as n from replays where state = 'running'`
          return row?.['n'] === 0
        })
      } else if (language === 'text')
        for (const line of text.trim().split('\n'))
          if (!squeezed(output).includes(squeezed(line))) notPrinted.push(line)
    }
    const [version] = await house.gateway.deps.db.sql`
    select number, note from channel_versions where channel_id = 'pingan-app' and state = 'published'`
    const reports = await house.gateway.deps.db.sql`
    select external_id, case_id is not null as in_case from reports where channel_id = 'pingan-app' order by 1`

    expect(notPrinted).toEqual([])
    expect(version).toEqual({ number: 4, note: '井盖按破损处理' })
    expect(reports.map((row) => [row['external_id'], row['in_case']])).toEqual([
      ['PA-1017', false],
      ['PA-1018', false],
      ['PA-1019', false],
      ['PA-1020', true],
    ])
  },
)
