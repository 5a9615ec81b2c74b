/** The catalog of a running process: what the database says is published, taken over as it changes. */
import type { Database } from '../store/client.ts'
import type { Signals } from '../store/signals.ts'
import { startWorkerLoop } from '../store/worker-loop.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Catalog, ChannelProblem, ChannelRuntime } from './catalog.ts'
import { catalogOver, channelSetOf, type ChannelSet } from './channel-set.ts'
import { mergedOf, type Platforms } from './channel-text.ts'
import { problemOf } from './load-catalog.ts'
import { createRuntimeContext, runtimeOf, type RuntimeContext } from './runtime.ts'
import type { Taken } from './take-files.ts'
import { readChannelRows, readRevisions, type ChannelRow } from './versions.ts'

/** How often a process looks, beside being told. */
const lookEveryMs = 1_000

interface Known {
  readonly revision: number
  /** Undefined where no version of it could run here. */
  readonly runtime: ChannelRuntime | undefined
  readonly problem: ChannelProblem | undefined
}

/** A version that cannot run here leaves the one before it running: better an old mapping than a deaf channel. */
function knownOf(
  row: ChannelRow,
  before: Known | undefined,
  { context, platforms, ready }: { context: RuntimeContext; platforms: Platforms; ready: Taken },
): Known {
  try {
    const place = { file: `channel ${row.id}` }
    const merged =
      ready.merged.get(row.mapping_version) ??
      mergedOf(row.file, row.definition, { place, codes: platforms.codes })
    // The name is the one of the row: the language may write the same definition otherwise by now.
    const runtime = runtimeOf({ ...merged, file: row.file, mappingVersion: row.mapping_version }, context)
    return { revision: row.revision, runtime, problem: undefined }
  } catch (cause) {
    const problem = problemOf(row.id, cause)
    if (before?.runtime === undefined) return { revision: row.revision, runtime: undefined, problem }
    const detail = `${problem.detail} (${row.mapping_version}; ${before.runtime.mappingVersion} goes on meanwhile)`
    return { revision: row.revision, runtime: before.runtime, problem: { channelId: row.id, detail } }
  }
}

/** Opens the catalog. `problems` are those of files that could not be taken over. */
export async function openCatalog(
  db: Database,
  platforms: Platforms,
  edges: {
    secret: (name: string) => string
    now: () => Date
    problems: readonly ChannelProblem[]
    ready: Taken
  },
): Promise<Catalog> {
  const { problems } = edges
  const context = createRuntimeContext({ secret: edges.secret, now: edges.now })
  const known = new Map<string, Known>()
  const listeners = new Set<() => void>()
  let ready = edges.ready
  let set: ChannelSet = channelSetOf([], problems)
  const take = async (): Promise<boolean> => {
    const revisions = await readRevisions(db.sql)
    const changed = [...revisions].flatMap(([id, revision]) =>
      known.get(id)?.revision === revision ? [] : [id],
    )
    if (changed.length === 0) return false
    for (const row of await readChannelRows(db.sql, changed, ready.definitions))
      known.set(row.id, knownOf(row, known.get(row.id), { context, platforms, ready }))
    const all = [...known.values()]
    set = channelSetOf(
      all.flatMap(({ runtime }) => runtime ?? []),
      [...problems, ...all.flatMap(({ problem }) => problem ?? [])],
    )
    return true
  }
  let running: Promise<unknown> = Promise.resolve()
  /** One after the other: who asks while another looks gets what was published until then. */
  const reload = async (): Promise<boolean> => {
    const next = running.then(take, take)
    running = next.catch(() => undefined)
    const changed = await next
    if (changed) for (const listener of listeners) listener()
    return changed
  }
  await reload()
  ready = { merged: new Map(), definitions: new Map() }
  const onChange = (listener: () => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  return catalogOver({ current: () => set, reload, onChange }, context, platforms)
}

/** Looks whenever another process says so, and each second: a lost notice costs no more than that. */
export function followCatalog(parts: { catalog: Catalog; signals: Signals; log: Logger }): {
  stop(): Promise<void>
} {
  const { catalog, signals, log } = parts
  const said = new Set<string>()
  const pass = async () => {
    if (await catalog.reload()) {
      log.info({ event: 'catalog.changed', count: catalog.all().length })
      for (const { channelId, detail } of catalog.problems()) {
        if (said.has(`${channelId} ${detail}`)) continue
        said.add(`${channelId} ${detail}`)
        log.error({ event: 'channel.problem', channel: channelId, detail })
      }
    }
    return { more: false }
  }
  const loop = startWorkerLoop({ stage: 'catalog', idleMs: lookEveryMs, log, pass })
  const off = signals.on('catalog', () => loop.wake())
  return {
    stop: async () => {
      off()
      await loop.stop()
    },
  }
}
