/** Warnings 预警 of topics as clerks read and acknowledge them. */
import type { Deps } from '../../deps.ts'
import { GatewayError } from '../../telemetry/errors.ts'
import type { TopicWarningRow } from './answers.ts'
import type { WarningKind } from './measure.ts'
import type { WarningFigures } from './warnings.ts'

/** PostgreSQL would only say that it is no uuid. */
export const isId = (id: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)

interface Row {
  readonly id: string
  readonly topic_id: string
  readonly name: string
  readonly kind: WarningKind
  readonly raised_at: Date
  readonly ended_at: Date | null
  readonly acknowledged_by: string | null
  readonly figures: WarningFigures
}

const warningRows = `
  select w.id, w.topic_id, t.name, w.kind, w.raised_at, w.ended_at, w.acknowledged_by, w.figures
  from topic_warnings w join topics t on t.id = w.topic_id`

const warningOf = (row: Row): TopicWarningRow => ({
  id: row.id,
  topic: row.topic_id,
  name: row.name,
  kind: row.kind,
  raisedAt: row.raised_at.toISOString(),
  ...(row.ended_at === null ? {} : { endedAt: row.ended_at.toISOString() }),
  ...(row.acknowledged_by === null ? {} : { acknowledgedBy: row.acknowledged_by }),
  ...row.figures,
  channels: [...row.figures.channels],
  reports: [...row.figures.reports],
})

/** Open ones first, then the newest. */
export async function listWarnings(
  { db }: Pick<Deps, 'db'>,
  { topic, open, limit }: { topic?: string; open: boolean; limit: number },
): Promise<TopicWarningRow[]> {
  const rows = await db.sql.unsafe<Row[]>(
    `${warningRows} where ($1::uuid is null or w.topic_id = $1::uuid) and (not $2::boolean or w.ended_at is null)
      order by w.ended_at is null desc, w.raised_at desc limit $3`,
    [topic ?? null, open, limit],
  )
  return rows.map(warningOf)
}

/** A clerk has seen it; the first one stands. Throws `topic.warning-unknown`. */
export async function acknowledgeWarning(
  deps: Pick<Deps, 'db' | 'log'>,
  id: string,
  by: string,
): Promise<TopicWarningRow> {
  const unknown = () =>
    new GatewayError(
      'topic.warning-unknown',
      `There is no warning ${id}. The list of warnings shows their ids.`,
    )
  if (!isId(id)) throw unknown()
  await deps.db.sql`
    update topic_warnings set acknowledged_by = ${`clerk:${by}`} where id = ${id} and acknowledged_by is null`
  const [row] = await deps.db.sql.unsafe<Row[]>(`${warningRows} where w.id = $1::uuid`, [id])
  if (row === undefined) throw unknown()
  deps.log.info({ event: 'topic.acknowledged', key: row.topic_id, code: row.kind, principal: `clerk:${by}` })
  return warningOf(row)
}
