/**
 * Every file of a folder of hostile inputs through every adapter: each must give records or say why not, soon, and never crash.
 *
 *   npm run eval -- --set hostile --data DIR
 *
 * DIR holds `hostile/*.tar.gz` and loose files. The last line is one JSON object.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { DecodeError } from '../../adapters/adapter.ts'
import { adapterNamed } from '../../adapters/registry.ts'
import { channelWith } from '../support/adapter-channel.ts'
import { adapterFixtures, type AdapterFixture } from '../support/adapter-fixtures.ts'

/** Longer than this, one payload would hold up the others of its gateway. */
const longestMs = 5_000

interface Tally {
  readonly adapter: string
  readonly ends: Map<string, number>
  readonly crashes: string[]
  slowest: { readonly ms: number; readonly file: string }
}

/** Bytes by file name, archives unpacked. */
function inputs(folder: string): Map<string, Buffer> {
  const scratch = mkdtempSync(join(tmpdir(), 'guiyi-hostile-'))
  try {
    const found = new Map<string, Buffer>()
    for (const name of globSync('*', { cwd: folder })) {
      if (!name.endsWith('.tar.gz')) found.set(name, readFileSync(join(folder, name)))
      else
        execFileSync('tar', ['-xzf', join(folder, name), '-C', scratch], {
          stdio: ['ignore', 'ignore', 'inherit'],
        })
    }
    for (const name of globSync('**/*', { cwd: scratch })) {
      const file = join(scratch, name)
      if (statSync(file).isFile()) found.set(name, readFileSync(file))
    }
    return found
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

async function endOf(fixture: AdapterFixture, bytes: Uint8Array): Promise<string> {
  const adapter = adapterNamed(fixture.protocol)
  try {
    const records = await Array.fromAsync(
      adapter.decode(fixture.genuine(bytes), channelWith<unknown>(fixture.settings)),
    )
    return records.every(({ kind }) => kind === 'record') ? 'records' : 'some unreadable'
  } catch (error) {
    if (error instanceof DecodeError) return error.code
    throw error
  }
}

async function feed(fixture: AdapterFixture, files: ReadonlyMap<string, Uint8Array>): Promise<Tally> {
  const tally: Tally = {
    adapter: fixture.protocol,
    ends: new Map(),
    crashes: [],
    slowest: { ms: 0, file: '' },
  }
  for (const [file, bytes] of files) {
    const startedAt = performance.now()
    try {
      const end = await endOf(fixture, bytes)
      tally.ends.set(end, (tally.ends.get(end) ?? 0) + 1)
    } catch (error) {
      tally.crashes.push(`${file}: ${error instanceof Error ? error.name : typeof error}`)
    }
    const ms = performance.now() - startedAt
    if (ms > tally.slowest.ms) tally.slowest = { ms, file }
  }
  return tally
}

/** Exit code. */
export async function evalHostile(data: string): Promise<number> {
  const folder = join(resolve(process.env['GUIYI_CWD'] ?? '.', data), 'hostile')
  if (!existsSync(folder)) {
    console.error(`There is no ${folder}. Name the folder that holds hostile/ with --data.`)
    return 2
  }
  const files = inputs(folder)
  const tallies: Tally[] = []
  for (const fixture of adapterFixtures) {
    const tally = await feed(fixture, files)
    tallies.push(tally)
    const ends = [...tally.ends].toSorted(([, a], [, b]) => b - a).map(([end, count]) => `${end} ${count}`)
    console.log(
      `${tally.adapter.padEnd(10)} slowest ${Math.round(tally.slowest.ms)} ms (${tally.slowest.file}); ${ends.join(', ')}`,
    )
    for (const crash of tally.crashes) console.log(`  crashed over ${crash}`)
  }
  const crashes = tallies.reduce((sum, { crashes: list }) => sum + list.length, 0)
  const slowestMs = Math.round(Math.max(...tallies.map(({ slowest }) => slowest.ms)))
  console.log(JSON.stringify({ files: files.size, adapters: tallies.length, crashes, slowest_ms: slowestMs }))
  return crashes === 0 && slowestMs <= longestMs ? 0 : 1
}
