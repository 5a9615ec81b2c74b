/** One replay, batch after batch, until it is at its end or must be left. */
import type { ChannelRuntime } from '../../catalog/catalog.ts'
import type { Deps } from '../../deps.ts'
import { errorFields } from '../../telemetry/logger.ts'
import { announceFiles } from '../files/write-files.ts'
import { nextGroups } from './load-group.ts'
import { openGroups } from './open-groups.ts'
import { loseItems, settleBatch, type LostTask, type Settled, type Task } from './settle-batch.ts'

export interface RunningReplay {
  readonly id: string
  readonly channel_id: string
  /** Why it stands still, as its row says. */
  readonly reason: string | null
}

/** What a batch means for the next: go on, all of them by another version, or none. */
type Step = 'go-on' | 'again' | 'leave'

/** A pause waits for so many records, and a conflict with live traffic undoes so many. */
const batchRecords = 25
const maxTries = 3
const worthAnotherTry = new Set(['40001', '40P01', '23505'])

/** True where it came to its end here. `holds`: whether this process may still work it. */
export async function workReplay(
  deps: Deps,
  replay: RunningReplay,
  holds: () => Promise<boolean>,
): Promise<boolean> {
  while (await holds()) {
    const channel = runnable(deps, replay)
    if (typeof channel === 'string') {
      await standStill(deps, replay, channel)
      return false
    }
    const groups = await nextGroups(deps.db.sql, replay.id)
    if (groups.length === 0) return await finish(deps, replay)
    const batches = openGroups(deps, { channel, groups, size: batchRecords })
    for await (const batch of batches) {
      if (!(await holds())) return false
      const step = await workBatch(deps, { replay, channel, ...batch })
      if (step === 'leave') return false
      if (step === 'again') break
    }
  }
  return false
}

/** The channel, or why a replay of it must wait. */
function runnable(deps: Deps, { channel_id }: RunningReplay): ChannelRuntime | string {
  const channel = deps.catalog.find(channel_id)
  if (channel === undefined)
    return `Channel ${channel_id} cannot run on this gateway. \`guiyi doctor\` says what is missing; the replay goes on by itself.`
  if (channel.state === 'draft' || channel.state === 'retired')
    return `Channel ${channel_id} is ${channel.state}. The replay goes on by itself when it is live, in shadow or paused; or cancel it.`
  return channel
}

/** Says on the replay's row why it waits, and once in the log. */
export async function standStill(
  deps: Deps,
  { id, channel_id, reason }: RunningReplay,
  why: string,
): Promise<void> {
  if (reason === why) return
  const stuck = await deps.db.sql`
    update replays set reason = ${why} where id = ${id} and state = 'running' and reason is distinct from ${why} returning 1`
  if (stuck.length > 0) deps.log.warn({ event: 'replay.stuck', replay: id, channel: channel_id, reason: why })
}

async function finish(deps: Deps, { id, channel_id }: RunningReplay): Promise<boolean> {
  const [row] = await deps.db.sql<{ counts: { [outcome: string]: number }; total: number }[]>`
    update replays y set state = 'done', ended_at = ${deps.now()}, reason = null
    where id = ${id} and state = 'running' and not exists (select 1 from replay_items i where i.replay_id = y.id and i.outcome is null)
    returning counts, total`
  if (row !== undefined)
    deps.log.info({
      event: 'replay.ended',
      replay: id,
      channel: channel_id,
      count: row.total,
      ends: row.counts,
    })
  return row !== undefined
}

interface BatchWork {
  readonly replay: RunningReplay
  readonly channel: ChannelRuntime
  readonly tasks: readonly Task[]
  readonly lost: readonly LostTask[]
}

async function workBatch(deps: Deps, { replay, channel, tasks, lost }: BatchWork): Promise<Step> {
  const batch = { replayId: replay.id, mappingVersion: channel.mappingVersion }
  // Another version was taken over since the channel was looked at.
  if (tasks.some(({ group }) => group.incoming.channel !== channel)) return 'again'
  if (lost.length > 0) {
    const step = await after(deps, replay, await loseItems(deps, batch, lost))
    if (step !== 'go-on') return step
  }
  return tasks.length === 0 ? 'go-on' : await workTasks(deps, replay, { batch, tasks })
}

interface TaskWork {
  readonly batch: { readonly replayId: string; readonly mappingVersion: string }
  readonly tasks: readonly Task[]
}

/** A record that the database will not take stops only itself. */
async function workTasks(deps: Deps, replay: RunningReplay, work: TaskWork, tries = 1): Promise<Step> {
  const { batch, tasks } = work
  try {
    return await after(deps, replay, await settleBatch(deps, batch, tasks))
  } catch (cause) {
    const code = codeOf(cause)
    if (worthAnotherTry.has(code) && tries < maxTries) return await workTasks(deps, replay, work, tries + 1)
    if (!/^(22|23|54)/.test(code) && !isProgramming(cause)) throw cause
    const [first] = tasks
    if (tasks.length === 1 && first !== undefined) {
      deps.log.error({
        event: 'replay.unstorable',
        replay: replay.id,
        channel: replay.channel_id,
        receipt: first.group.incoming.receiptId,
        ...errorFields(cause),
      })
      const lost = { position: first.position, ...unstorable }
      return await after(deps, replay, await loseItems(deps, batch, [lost]))
    }
    for (const task of tasks) {
      const step = await workTasks(deps, replay, { batch, tasks: [task] })
      if (step !== 'go-on') return step
    }
    return 'go-on'
  }
}

const unstorable = {
  code: 'record.unstorable',
  detail:
    'The record was read, but what was made of it could not be stored. It stays as it is. Tell the operators which receipt.',
}

const codeOf = (cause: unknown): string => {
  const code = cause instanceof Error ? (cause as { code?: unknown }).code : undefined
  return typeof code === 'string' ? code : ''
}

/** An error of ours on this record, which would come again with each try. */
const isProgramming = (cause: unknown): boolean =>
  cause instanceof TypeError || cause instanceof RangeError || cause instanceof SyntaxError

/** Wakes who works on; leaves what another process or a person decides. */
async function after(deps: Deps, replay: RunningReplay, settled: Settled): Promise<Step> {
  switch (settled.kind) {
    case 'halted':
      return 'leave'
    case 'outdated':
      // It was published a moment ago: this process takes it over now. What it cannot run stands in its list of problems.
      await deps.catalog.reload()
      if (await runsPublished(deps, replay.channel_id)) return 'again'
      await standStill(deps, replay, outdated(replay.channel_id))
      return 'leave'
    case 'settled': {
      const { outcomes, ends, files } = settled
      announceFiles(deps, files)
      if (ends.includes('report')) deps.signals.wake('linking')
      if (outcomes.includes('version') || ends.includes('message')) deps.signals.wake('messages')
      return 'go-on'
    }
  }
}

async function runsPublished(deps: Deps, channelId: string): Promise<boolean> {
  const [row] = await deps.db.sql<{ mapping_version: string }[]>`
    select mapping_version from channels where id = ${channelId}`
  return row?.mapping_version === deps.catalog.find(channelId)?.mappingVersion
}

const outdated = (channelId: string) =>
  `This gateway cannot run the published version of channel ${channelId}. \`guiyi doctor\` says why; the replay goes on by itself.`
