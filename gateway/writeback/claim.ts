import type { Notice, PartnerClass } from '../../schemas/delivery.ts'
import type { Adapter, Channel } from '../../adapters/adapter.ts'
import type { ChannelRuntime } from '../catalog/catalog.ts'
import type { Deps } from '../deps.ts'
import { newId } from '../store/ids.ts'
import { CLAIM } from './claim-sql.ts'
import { openContent } from './content.ts'
import { queryOnce } from './query.ts'
import { caseEventOf, type EventRow, type PartyRow } from './rows.ts'

/** One claimed delivery: ours until the lease ends, and only with this token. */
export interface Claim extends EventRow, Pick<PartyRow, 'external_id' | 'references' | 'extra'> {
  readonly delivery_id: string
  readonly attempt_id: string
  readonly channel_id: string
  readonly party_id: string
  readonly report_id: string | null
  readonly request: string | null
  readonly code: string | null
  readonly data_key: Uint8Array | null
  readonly body: Uint8Array | null
  readonly tries: number
  readonly may_be_taken: boolean
  readonly number: string
  readonly token: string
}

/** A channel that can be called now. */
export interface WayBack {
  readonly runtime: ChannelRuntime
  readonly adapter: Adapter<unknown> & Required<Pick<Adapter<unknown>, 'deliver'>>
  readonly channel: Channel<unknown>
}

/** How a channel is called; null: by hand, by its own pull, or not at all. */
export function wayBackOf(runtime: ChannelRuntime | undefined): WayBack | null {
  const back = runtime?.back ?? null
  if (runtime === undefined || back === null || !canDeliver(back.adapter)) return null
  return { runtime, adapter: back.adapter, channel: back.channel }
}

const canDeliver = (adapter: Adapter<unknown>): adapter is WayBack['adapter'] => adapter.deliver !== undefined

/** The partner's class as far as we can act on it: one that we cannot ask is blind. */
export function partnerOf(runtime: ChannelRuntime | undefined): PartnerClass {
  const partner = runtime?.mapping.reverse.partner ?? 'blind'
  return partner === 'queryable' && runtime?.back?.adapter.lookup === undefined ? 'blind' : partner
}

/** A paused channel is told when it goes on. A retired one is told of the cases that it brought. */
const isTold = ({ state }: ChannelRuntime): boolean => state === 'live' || state === 'retired'

/** Claims up to `limit` due deliveries of channels with free slots. */
export async function claimDue(deps: Deps, options: { limit: number; leaseMs: number }): Promise<Claim[]> {
  const ready = deps.catalog.all().filter((runtime) => isTold(runtime) && wayBackOf(runtime) !== null)
  if (ready.length === 0) return []
  const askable = ready.filter((runtime) => partnerOf(runtime) === 'queryable')
  const token = newId()
  const rows = await queryOnce<Omit<Claim, 'token'>>(deps.db, CLAIM, [
    ready.map((runtime) => runtime.id),
    ready.map((runtime) => runtime.deliveries.concurrency),
    deps.now().toISOString(),
    options.limit,
    token,
    options.leaseMs,
    askable.map((runtime) => runtime.id),
    Array.from({ length: options.limit }, () => deps.newId()),
  ])
  return rows.map((row) => ({ ...row, token }))
}

/** What the adapter is given: the same for every try, but for its number. Throws where the content cannot be opened. */
export function noticeOf(deps: Deps, claim: Claim): Notice {
  const content = openContent(deps.envelope, claim)
  const { attachments } = claim.content
  return {
    delivery: claim.delivery_id,
    idempotencyKey: claim.delivery_id,
    try: claim.tries,
    channel: claim.channel_id,
    case: claim.number,
    event: caseEventOf(claim, claim.number),
    source: {
      ...(claim.report_id === null ? {} : { report: claim.report_id }),
      externalId: claim.external_id ?? claim.number,
      references: [...(claim.references ?? [])],
      extra: { ...claim.extra },
    },
    ...(claim.code === null ? {} : { code: claim.code }),
    request: claim.request ?? '',
    body: content.kind === 'call' ? content.body : undefined,
    ...(attachments === undefined ? {} : { attachments }),
  }
}
