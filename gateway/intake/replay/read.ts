/** What people see of replays, and how they pause, resume and cancel them. */
import type { Replay, ReplayField, ReplayItem, ReplayOutcome } from '../../../schemas/replay.ts'
import type { Deps } from '../../deps.ts'
import { GatewayError } from '../../telemetry/errors.ts'
import { replayItemOf, replayOf, type ReplayItemRow, type ReplayRow } from './rows.ts'

const unknownReplay = (id: string) =>
  new GatewayError('replay.unknown', `There is no replay ${id}. \`guiyi replay list\` shows them.`, {
    context: { replay: id },
  })

/** Newest first. */
export async function listReplays(
  deps: Pick<Deps, 'db'>,
  filter: { channel?: string | undefined; limit: number },
): Promise<Replay[]> {
  const channel = filter.channel ?? null
  const rows = await deps.db.sql<ReplayRow[]>`
    select * from replays where (${channel}::text is null or channel_id = ${channel}) order by created_at desc, id desc limit ${filter.limit}`
  return rows.map(replayOf)
}

/** Throws `replay.unknown`. */
export async function readReplay(deps: Pick<Deps, 'db'>, id: string): Promise<Replay> {
  const [row] = await deps.db.sql<ReplayRow[]>`select * from replays where id = ${id}`
  if (row === undefined) throw unknownReplay(id)
  return replayOf(row)
}

/** Items in received order after a position; only those of one outcome where it is given. */
export async function readReplayItems(
  deps: Pick<Deps, 'db'>,
  id: string,
  page: { after: number; limit: number; outcome?: ReplayOutcome | undefined },
): Promise<ReplayItem[]> {
  const outcome = page.outcome ?? null
  const rows = await deps.db.sql<ReplayItemRow[]>`
    select position, record_id, receipt_id, outcome, changes, mapping_version, settled_at from replay_items
    where replay_id = ${id} and position > ${page.after} and (${outcome}::text is null or outcome = ${outcome}) order by position limit ${page.limit}`
  return rows.map(replayItemOf)
}

/** Which fields are different now, and in how many records: the most frequent 50. */
export async function readReplayFields(deps: Pick<Deps, 'db'>, id: string): Promise<ReplayField[]> {
  return await deps.db.sql<ReplayField[]>`
    select how, pointer, count(*)::int as count from replay_items i
      cross join lateral (values ('added'), ('removed'), ('changed')) as h(how)
      cross join lateral jsonb_array_elements_text(i.changes -> how) as p(pointer)
    where i.replay_id = ${id} and i.changes is not null group by how, pointer order by count desc, pointer, how limit 50`
}

/** What a person can do with a replay. */
export type ReplayAction = 'pause' | 'resume' | 'cancel'

const possible = {
  pause: { from: ['running'], to: 'paused' },
  resume: { from: ['paused'], to: 'running' },
  cancel: { from: ['running', 'paused'], to: 'cancelled' },
} as const

/**
 * Takes effect after the records that are being worked. What is as it is asked to be stays so. Throws `replay.unknown`,
 * `replay.state`.
 */
export async function setReplayState(
  deps: Deps,
  id: string,
  { action, by }: { action: ReplayAction; by: string },
): Promise<Replay> {
  const { from, to } = possible[action]
  const now = deps.now()
  const row = await deps.db.transaction(async (tx) => {
    const [held] = await tx<ReplayRow[]>`select * from replays where id = ${id} for update`
    if (held === undefined) throw unknownReplay(id)
    if (held.state === to) return held
    if (!from.some((state) => state === held.state))
      throw new GatewayError(
        'replay.state',
        `Replay ${id} is ${held.state}, so it cannot ${action}. ${held.state === 'paused' ? 'Resume or cancel it.' : 'Start another one for what is left.'}`,
        { context: { replay: id } },
      )
    const [changed] = await tx<ReplayRow[]>`
      update replays set state = ${to}, reason = null, ended_at = ${to === 'cancelled' ? now : null} where id = ${id} returning *`
    return changed as ReplayRow
  })
  deps.log.info({
    event: 'replay.state',
    replay: id,
    channel: row.channel_id,
    state: row.state,
    principal: by,
  })
  deps.signals.wake('replay')
  return replayOf(row)
}
