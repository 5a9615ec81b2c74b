/**
 * Takes over the channel files that changed since the last start, and platforms that changed: each as a version with its number.
 * What people published since is never overwritten by an older or another file: that is said.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Config } from '../config/config.ts'
import type { Channel } from '../../schemas/channel.ts'
import type { Mapping } from '../../schemas/mapping.ts'
import { MappingDefinitionError } from '../mapping/definition-error.ts'
import { failedExamples } from '../mapping/examples.ts'
import { listChannelFiles, loadPlatforms, platformOf } from '../mapping/load.ts'
import { mergeChannel } from '../mapping/merge.ts'
import { loadReferenceCodes } from '../mapping/reference.ts'
import type { Database, Tx } from '../store/client.ts'
import type { ChannelProblem } from './catalog.ts'
import { mergeChannelText, readChannelText, versionName, type Platforms } from './channel-text.ts'
import { createDefinitionHash, type DefinitionHash } from './definition-hash.ts'
import { problemOf } from './load-catalog.ts'
import type { MergedChannel } from './runtime.ts'
import { insertFirstVersions, insertVersion, type NewVersion } from './versions.ts'

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
  readonly file: Channel
  readonly file_sha256: string | null
  readonly mapping_version: string
  readonly version: number
  readonly text: string | null
  readonly author: string | null
}

/** What was made on the way, by mapping version: nobody needs to read or compile it again. */
export interface Taken {
  readonly merged: ReadonlyMap<string, MergedChannel>
  /** Their parts are the platforms' own, so that what 148 channels share lies in memory once. */
  readonly definitions: ReadonlyMap<string, Mapping>
}

interface Taking {
  readonly tx: Tx
  readonly platforms: Platforms
  readonly now: Date
  readonly hash: DefinitionHash
  readonly merged: Map<string, MergedChannel>
  readonly definitions: Map<string, Mapping>
}

interface File {
  readonly path: string
  readonly text: string
  readonly name: string
  readonly sha256: string
}

/** Whether a file and its platform are as they were: then nothing is read or written. Throws MappingDefinitionError. */
function isAsBefore(taking: Omit<Taking, 'tx'>, row: StoredRow, file: File | undefined): boolean {
  if (row.text === null || row.version === 0) return false
  return (file === undefined || file.sha256 === row.file_sha256) && hasItsPlatform(taking, row)
}

/** Whether the platform still makes the version that is published out of the channel's text. Throws MappingDefinitionError. */
function hasItsPlatform(
  taking: Omit<Taking, 'tx'>,
  { id, file, mapping_version: version }: StoredRow,
): boolean {
  const place = { file: `channel ${id}` }
  const definition = mergeChannel(platformOf(file, taking.platforms.platforms, place).value, file, place)
  if (versionName(file, taking.hash.of(definition)) !== version) return false
  taking.definitions.set(version, definition)
  return true
}

async function takeFile(taking: Taking, file: File, stored: StoredRow | undefined): Promise<void> {
  const { sha256 } = file
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
  await insertVersion(taking.tx, versionOfFile(taking, file))
}

/** Throws MappingDefinitionError, and an Error for an example that fails. */
function versionOfFile(taking: Omit<Taking, 'tx'>, file: File): NewVersion {
  const source = readChannelText(file.text, file.path, file.name)
  const merged = mergeChannelText(source, taking.platforms)
  taking.merged.set(merged.mappingVersion, merged)
  const failed = failedExamples(merged.mapping, source.examples)
  if (failed[0] !== undefined)
    throw new Error(
      `${file.path}: its example "${failed[0].about}" fails. \`guiyi channel try ${file.path}\` says how.`,
    )
  const { text, path, sha256: fileSha256 } = file
  return { merged, text, by: 'file', note: basename(path), origin: 'file', fileSha256, now: taking.now }
}

/** The same text over a platform that changed is another mapping, and so another version. */
async function takePlatform(taking: Taking, stored: StoredRow): Promise<void> {
  const { tx, platforms, now } = taking
  if (stored.text === null || hasItsPlatform(taking, stored)) return
  const source = readChannelText(stored.text, `channel ${stored.id}`, stored.id)
  const merged = mergeChannelText(source, platforms)
  const note = `the platform ${source.file.platform} changed`
  await insertVersion(tx, { merged, text: stored.text, by: 'file', note, origin: 'platform', now })
}

/** One process at a time. Answers with what could not be taken over: that stops no other channel. */
export async function takeFiles(
  db: Database,
  platforms: Platforms,
  { channelsDir, now }: { channelsDir: string; now: Date },
): Promise<Taken & { problems: ChannelProblem[] }> {
  const files = await readFiles(channelsDir)
  const problems: ChannelProblem[] = []
  const made = {
    merged: new Map<string, MergedChannel>(),
    definitions: new Map<string, Mapping>(),
    hash: createDefinitionHash(),
  }
  await db.transaction(
    async (tx) => {
      await tx`select pg_advisory_xact_lock(hashtextextended('take-files', 0))`
      const rows = await tx<StoredRow[]>`
        select c.id, c.file, c.file_sha256, c.mapping_version, c.version, v.text, v.author from channels c
        left join channel_versions v on v.channel_id = c.id and v.number = c.version`
      const stored = new Map(rows.map((row) => [row.id, row]))
      const taking = { platforms, now, ...made }
      const fresh: NewVersion[] = []
      const attempt = async (channelId: string, file: File | undefined) => {
        const row = stored.get(channelId)
        try {
          if (row !== undefined && isAsBefore(taking, row, file)) return
          if (row === undefined && file !== undefined) return void fresh.push(versionOfFile(taking, file))
          await tx.savepoint(async (part) => {
            if (file !== undefined) await takeFile({ ...taking, tx: part }, file, row)
            else if (row !== undefined) await takePlatform({ ...taking, tx: part }, row)
          })
        } catch (cause) {
          if (isDatabaseFault(cause)) throw cause
          problems.push(problemOf(channelId, cause))
        }
      }
      for (const file of files) await attempt(file.name, file)
      const named = new Set(files.map(({ name }) => name))
      for (const { id } of rows) if (!named.has(id)) await attempt(id, undefined)
      await insertFirstVersions(tx, fresh)
    },
    { deadlineMs: 60_000 },
  )
  const taken = { problems, merged: new Map(made.merged), definitions: new Map(made.definitions) }
  // postgres.js keeps where a statement was first written, and with it all that its function can see.
  made.hash.forget()
  made.merged.clear()
  made.definitions.clear()
  return taken
}

async function readFiles(channelsDir: string): Promise<File[]> {
  return await Promise.all(
    (await listChannelFiles(channelsDir)).map(async (path) => {
      const text = await readFile(path, 'utf8')
      return { path, name: basename(path, '.yaml'), text, sha256: sha256Of(text) }
    }),
  )
}

/** What PostgreSQL says has a severity; what a file says has none. */
const isDatabaseFault = (cause: unknown): boolean =>
  cause instanceof Error && ('severity' in cause || 'errno' in cause)
