/** What a source's own query shows: the state and the progress nodes in public wording. */
import type { CaseEvent, CaseState } from '../../schemas/case.ts'
import type { Progress } from '../../schemas/delivery.ts'
import type { ChannelRuntime } from '../catalog/catalog.ts'
import type { Deps } from '../deps.ts'
import { progressTextOf } from '../mapping/reference.ts'
import { GatewayError } from '../telemetry/errors.ts'
import { eventOf, type EventRow } from './append.ts'

interface ReportRow {
  readonly id: string
  readonly received_at: Date
  readonly case_id: string | null
  readonly number: string | null
  readonly state: CaseState | null
}

/** Events of a shared case that are about another source, or about how others came and went, are not this source's news. */
const concerns = ({ type, content }: CaseEvent, reportId: string) =>
  type !== 'merged' && type !== 'split' && (content.report === undefined || content.report === reportId)

/** Throws `report.unknown`. */
export async function readProgress(
  deps: Deps,
  channel: ChannelRuntime,
  externalId: string,
): Promise<Progress> {
  const [report] = await deps.db.sql<ReportRow[]>`
    select p.id, p.received_at, p.case_id, c.number, c.state from reports p left join cases c on c.id = p.case_id
    where p.channel_id = ${channel.id} and p.external_id = ${externalId}`
  if (report === undefined)
    throw new GatewayError(
      'report.unknown',
      `Channel ${channel.id} sent no report with this number. Look whether it was quarantined: the answer to its push says so.`,
      { context: { channel: channel.id } },
    )
  const { progress } = deps.catalog.codes
  const rows =
    report.case_id === null
      ? []
      : await deps.db.sql<
          EventRow[]
        >`select e.*, ${report.number} as number from case_events e where case_id = ${report.case_id} order by sequence`
  const events = rows.map(eventOf).filter((event) => concerns(event, report.id))
  const titles = new Map(progress.nodes.map((node) => [node.node, node.zh]))
  const nodes = events.flatMap((event) => {
    const node = progress.events.get(event.type)?.node
    return node === undefined
      ? []
      : [
          {
            at: event.occurredAt,
            type: event.type,
            title: titles.get(node) ?? node,
            text: progressTextOf(deps.catalog.codes, event),
          },
        ]
  })
  const last = nodes.at(-1)
  const code = events
    .map((event) => channel.mapping.reverse.codeOf(event.type))
    .findLast((found) => found !== undefined)
  return {
    externalId,
    report: report.id,
    ...(report.number === null ? {} : { case: report.number }),
    ...(report.state === null ? {} : { state: report.state }),
    stateText: last?.title ?? '已收到',
    ...(code === undefined ? {} : { code }),
    receivedAt: report.received_at.toISOString(),
    nodes,
  }
}
