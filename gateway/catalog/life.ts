/** The life of a channel: draft 草稿 → shadow 试运行 → live 运行 ⇄ paused 暂停 → retired 停用, and who answers for it. */
import type { ChannelState } from '../../schemas/channel.ts'
import { GatewayError } from '../telemetry/errors.ts'
import { setInText } from './edit-text.ts'
import { publishEdited, type CatalogDeps, type Published } from './publish.ts'

/** Where a channel can go from each state. Shadow and draft are left for good once a channel was live: its cases are real. */
const next: { readonly [state in ChannelState]: readonly ChannelState[] } = {
  draft: ['shadow', 'live', 'retired'],
  shadow: ['draft', 'live', 'retired'],
  live: ['paused', 'retired'],
  paused: ['live', 'retired'],
  retired: ['live', 'shadow'],
}

/** As published, also where the channel cannot run here. Throws `channel.unknown`. */
async function stateOf({ db, catalog }: CatalogDeps, channel: string): Promise<ChannelState> {
  const [row] = await db.sql<{ state: ChannelState }[]>`select state from channels where id = ${channel}`
  return row?.state ?? catalog.channel(channel).state
}

/** Throws `channel.unknown`, `channel.state`, and what publishing throws. */
export async function setState(
  deps: CatalogDeps,
  change: { channel: string; state: ChannelState; by: string; note: string; successor?: string | undefined },
): Promise<Published> {
  const { channel, state, by, note, successor } = change
  const from = await stateOf(deps, channel)
  if (from !== state && !next[from].includes(state))
    throw new GatewayError(
      'channel.state',
      `Channel ${channel} is ${from}; from there it can become ${next[from].join(', ')}, not ${state}.`,
      { context: { channel }, extra: { allowed: next[from] } },
    )
  if (successor !== undefined && state !== 'retired')
    throw new GatewayError(
      'request.parameter',
      'A successor is named when a channel is retired: it tells callers where to go. Leave it out here.',
    )
  return await publishEdited(deps, { channel, by, note, origin: 'state' }, (text) => {
    const stated = setInText(text, ['state'], state)
    return successor === undefined ? stated : setInText(stated, ['successor'], successor)
  })
}

/** Hand-over: another department, or another person, answers for the channel from now on. */
export async function handOver(
  deps: CatalogDeps,
  change: {
    channel: string
    department?: string | undefined
    contact?: string | undefined
    by: string
    note: string
  },
): Promise<Published> {
  const { channel, department, contact, by, note } = change
  const owner = deps.catalog.channel(channel).file.owner
  if (department === undefined && (contact === undefined || owner === undefined))
    throw new GatewayError(
      'request.parameter',
      owner === undefined
        ? `Channel ${channel} has no owner yet: name the department, and a contact in it.`
        : 'Name the department, the contact, or both.',
    )
  return await publishEdited(deps, { channel, by, note, origin: 'owner' }, (text) => {
    const placed = department === undefined ? text : setInText(text, ['owner', 'department'], department)
    return contact === undefined ? placed : setInText(placed, ['owner', 'contact'], contact)
  })
}
