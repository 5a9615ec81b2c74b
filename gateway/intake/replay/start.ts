/** Starts a replay 重放: what it takes is settled then, in one statement. */
import type { Replay, ReplaySelection } from '../../../schemas/replay.ts'
import type { Deps } from '../../deps.ts'
import type { Tx } from '../../store/client.ts'
import { GatewayError } from '../../telemetry/errors.ts'
import { blockName } from '../entry.ts'
import { replayOf, type ReplayRow } from './rows.ts'

export interface ReplayRequest {
  readonly channel: string
  /** Where empty: everything of the channel that lies in quarantine. */
  readonly select?: ReplaySelection
  /** A clerk number, no name. */
  readonly by: string
  readonly note?: string
}

/** A million records are selected in some seconds. */
const deadlineMs = 60_000

/** Quarantine, unless the selection names what it means: then wherever that ended. */
function endsOf(select: ReplaySelection): readonly string[] | undefined {
  if (select.ends !== undefined) return select.ends
  const isNamed =
    select.receipts !== undefined || select.records !== undefined || select.mappingVersion !== undefined
  return isNamed && select.blockedBy === undefined ? undefined : ['quarantined']
}

/** Conditions are written only where they are asked for, so that the planner sees what it may use an index for. */
function chosenRecords(tx: Tx, channelId: string, select: ReplaySelection) {
  const { blockedBy, receipts, records, from, to, mappingVersion } = select
  const ends = endsOf(select)
  const none = tx``
  return tx`
    select r.id, r.receipt_id, row_number() over (order by r.created_at, r.receipt_id, r.index)::int as position
    from records r where r.channel_id = ${channelId}
      ${ends === undefined ? none : tx`and r."end" = any(${ends as string[]})`}
      ${blockedBy === undefined ? none : tx`and r.blocked_by @> array[${blockName(blockedBy)}]::text[]`}
      ${receipts === undefined ? none : tx`and r.receipt_id = any(${receipts}::uuid[])`}
      ${records === undefined ? none : tx`and r.id = any(${records}::uuid[])`}
      ${from === undefined ? none : tx`and r.created_at >= ${from}`}
      ${to === undefined ? none : tx`and r.created_at < ${to}`}
      ${mappingVersion === undefined ? none : tx`and r.mapping_version = ${mappingVersion}`}`
}

/**
 * Takes what fits now, in received order; what arrives later is not taken. Nothing that fits makes a replay that is done
 * already. The channel need not run in this process. Throws `channel.unknown`.
 */
export async function startReplay(deps: Deps, request: ReplayRequest): Promise<Replay> {
  const { select = {}, by, note = '' } = request
  const channel = await publishedChannel(deps, request.channel)
  const id = deps.newId()
  const now = deps.now()
  const row = await deps.db.transaction(
    async (tx) => {
      await tx`select set_config('statement_timeout', ${String(deadlineMs)}, true)`
      const [made] = await tx<ReplayRow[]>`
        with chosen as (${chosenRecords(tx, channel.id, select)}),
        items as (
          insert into replay_items (replay_id, position, record_id, receipt_id)
          select ${id}::uuid, position, id, receipt_id from chosen returning 1
        ),
        counted as (select count(*)::int as total from items)
        insert into replays (id, channel_id, selection, state, total, counts, author, note, created_at, ended_at)
        select ${id}, ${channel.id}, ${tx.json(select)}, case when total = 0 then 'done' else 'running' end, total, '{}', ${by}, ${note}, ${now},
          case when total = 0 then ${now}::timestamptz end
        from counted returning *`
      return made as ReplayRow
    },
    { deadlineMs },
  )
  deps.log.info({
    event: 'replay.started',
    replay: id,
    channel: channel.id,
    count: row.total,
    principal: by,
    version: channel.mapping_version,
  })
  deps.signals.wake('replay')
  return replayOf(row)
}

async function publishedChannel(deps: Deps, name: string): Promise<{ id: string; mapping_version: string }> {
  const [channel] = await deps.db.sql<{ id: string; mapping_version: string }[]>`
    select id, mapping_version from channels where id = ${name}`
  if (channel === undefined)
    throw new GatewayError(
      'channel.unknown',
      `There is no channel "${name.slice(0, 63)}". \`guiyi channel list\` shows the names.`,
    )
  return channel
}
