/**
 * Takes over the channel files that changed since the last start, and platforms that changed: each as a version with its number.
 * What people published since is never overwritten by an older or another file: that is said.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Config } from '../config/config.ts'
import { MappingDefinitionError } from '../mapping/definition-error.ts'
import { failedExamples } from '../mapping/examples.ts'
import { listChannelFiles, loadPlatforms } from '../mapping/load.ts'
import { loadReferenceCodes } from '../mapping/reference.ts'
import type { Database, Tx } from '../store/client.ts'
import type { ChannelProblem } from './catalog.ts'
import { mergeChannelText, readChannelText, versionOf, type Platforms } from './channel-text.ts'
import { problemOf } from './load-catalog.ts'
import type { MergedChannel } from './runtime.ts'
import { insertVersion } from './versions.ts'

export const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Platforms and reference codes of this process's files. A wrong platform is a problem of its channels. */
export async function readPlatforms(
  config: Pick<Config, 'platformsDir' | 'codesDir'>,
): Promise<Platforms & { readonly faults: readonly string[] }> {
  const [{ platforms, faults }, codes] = await Promise.all([
    loadPlatforms(config.platformsDir),
    loadReferenceCodes(config.codesDir),
  ])
  return { platforms, codes, faults: faults.length === 0 ? [] : [new MappingDefinitionError(faults).message] }
}

interface StoredRow {
  readonly id: string
  readonly file_sha256: string | null
  readonly mapping_version: string
  readonly version: number
  readonly text: string | null
  readonly author: string | null
}

interface Taking {
  readonly tx: Tx
  readonly platforms: Platforms
  readonly now: Date
  /** What was compiled on the way, by mapping version. */
  readonly merged: Map<string, MergedChannel>
}

async function takeFile(
  taking: Taking,
  file: { path: string; text: string; name: string },
  stored: StoredRow | undefined,
): Promise<void> {
  const sha256 = sha256Of(file.text)
  if (stored !== undefined && stored.version > 0) {
    if (stored.file_sha256 === sha256) return await takePlatform(taking, stored)
    if (stored.text === file.text) {
      await taking.tx`update channels set file_sha256 = ${sha256} where id = ${stored.id}`
      return await takePlatform(taking, stored)
    }
    if (stored.text !== null && sha256Of(stored.text) !== stored.file_sha256) {
      await takePlatform(taking, stored)
      throw new Error(
        `${file.path} was changed, and so was the channel: version ${stored.version} was published by ${stored.author}. The file was not taken over. Compare (\`guiyi channel diff ${stored.id} published ${file.path}\`), then publish it (\`guiyi channel import ${file.path} --publish\`) or bring the file up to date (\`guiyi channel export ${stored.id} --out …\`).`,
      )
    }
  }
  const source = readChannelText(file.text, file.path, file.name)
  const merged = mergeChannelText(source, taking.platforms)
  taking.merged.set(merged.mappingVersion, merged)
  const failed = failedExamples(merged.mapping, source.examples)
  if (failed[0] !== undefined)
    throw new Error(
      `${file.path}: its example "${failed[0].about}" fails. \`guiyi channel try ${file.path}\` says how.`,
    )
  const changed = { merged, text: file.text, by: 'file', note: basename(file.path), origin: 'file' as const }
  await insertVersion(taking.tx, { ...changed, fileSha256: sha256, now: taking.now })
}

/** The same text over a platform that changed is another mapping, and so another version. */
async function takePlatform({ tx, platforms, now }: Taking, stored: StoredRow): Promise<void> {
  if (stored.text === null) return
  const source = readChannelText(stored.text, `channel ${stored.id}`, stored.id)
  if (versionOf(source, platforms) === stored.mapping_version) return
  const merged = mergeChannelText(source, platforms)
  const note = `the platform ${source.file.platform} changed`
  await insertVersion(tx, { merged, text: stored.text, by: 'file', note, origin: 'platform', now })
}

/** One process at a time. Answers with what could not be taken over: that stops no other channel. */
export async function takeFiles(
  db: Database,
  platforms: Platforms,
  { channelsDir, now }: { channelsDir: string; now: Date },
): Promise<{ problems: ChannelProblem[]; merged: ReadonlyMap<string, MergedChannel> }> {
  const files = await Promise.all(
    (await listChannelFiles(channelsDir)).map(async (path) => ({
      path,
      name: basename(path, '.yaml'),
      text: await readFile(path, 'utf8'),
    })),
  )
  const problems: ChannelProblem[] = []
  const merged = new Map<string, MergedChannel>()
  await db.transaction(
    async (tx) => {
      await tx`select pg_advisory_xact_lock(hashtextextended('take-files', 0))`
      const rows = await tx<StoredRow[]>`
        select c.id, c.file_sha256, c.mapping_version, c.version, v.text, v.author from channels c
        left join channel_versions v on v.channel_id = c.id and v.number = c.version`
      const stored = new Map(rows.map((row) => [row.id, row]))
      const attempt = async (channelId: string, take: (taking: Taking) => Promise<void>) => {
        try {
          await tx.savepoint((part) => take({ tx: part, platforms, now, merged }))
        } catch (cause) {
          if (isDatabaseFault(cause)) throw cause
          problems.push(problemOf(channelId, cause))
        }
      }
      for (const file of files)
        await attempt(file.name, (taking) => takeFile(taking, file, stored.get(file.name)))
      const named = new Set(files.map(({ name }) => name))
      for (const row of rows)
        if (!named.has(row.id)) await attempt(row.id, (taking) => takePlatform(taking, row))
    },
    { deadlineMs: 60_000 },
  )
  return { problems, merged }
}

/** What PostgreSQL says has a severity; what a file says has none. */
const isDatabaseFault = (cause: unknown): boolean =>
  cause instanceof Error && ('severity' in cause || 'errno' in cause)
