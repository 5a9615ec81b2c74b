/** All channels of one moment, and what follows from having them together. */
import { GatewayError } from '../telemetry/errors.ts'
import type { Catalog, ChannelProblem, ChannelRuntime } from './catalog.ts'
import type { Platforms } from './channel-text.ts'
import { runtimeOf, type MergedChannel, type RuntimeContext } from './runtime.ts'

export interface ChannelSet {
  readonly channels: ReadonlyMap<string, ChannelRuntime>
  readonly list: readonly ChannelRuntime[]
  readonly handlers: ReadonlyMap<string, string>
  readonly problems: readonly ChannelProblem[]
}

/** In order of their names. A problem of one channel stops no other. */
export function channelSetOf(
  runtimes: Iterable<ChannelRuntime>,
  problems: readonly ChannelProblem[],
): ChannelSet {
  const list = [...runtimes].toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const all = [...problems]
  const handlers = handlersOf(list, all)
  return { channels: new Map(list.map((runtime) => [runtime.id, runtime])), list, handlers, problems: all }
}

export const isRunning = ({ state }: Pick<ChannelRuntime, 'state'>): boolean =>
  state === 'live' || state === 'paused'

/** Units to the channel that handles them. A unit works in one system: a second channel that claims it is a problem. */
function handlersOf(channels: readonly ChannelRuntime[], problems: ChannelProblem[]): Map<string, string> {
  const handlers = new Map<string, string>()
  for (const { id, state, file, mapping } of channels) {
    if (!isRunning({ state })) continue
    if (file.handles !== undefined && !mapping.reverse.tellsHandlers)
      problems.push({
        channelId: id,
        detail: `handles: the platform ${file.platform} has no reverse.handler, so nothing can be handed to it`,
      })
    for (const unitCode of file.handles ?? []) {
      const other = handlers.get(unitCode)
      if (other === undefined) handlers.set(unitCode, id)
      else
        problems.push({
          channelId: id,
          detail: `handles: unit ${unitCode} is handled by ${other} already; name it in one channel only`,
        })
    }
  }
  return handlers
}

/** Where a set comes from, and how a newer one is taken. */
export interface ChannelSource {
  readonly current: () => ChannelSet
  readonly reload: Catalog['reload']
  readonly onChange: Catalog['onChange']
}

/** A catalog over whatever set is current. */
export function catalogOver(
  source: ChannelSource,
  context: RuntimeContext,
  { platforms, codes }: Platforms,
): Catalog {
  const { current, reload, onChange } = source
  return {
    platforms,
    codes,
    channel: (id) => {
      const { channels, problems } = current()
      const found = channels.get(id)
      if (found !== undefined) return found
      if (problems.some((problem) => problem.channelId === id)) {
        throw new GatewayError(
          'channel.configuration',
          `Channel ${id} is set up wrongly and takes nothing now. Run \`guiyi doctor\` on the gateway to see what is missing.`,
          { context: { channel: id } },
        )
      }
      throw new GatewayError(
        'channel.unknown',
        `There is no channel "${id}". Look at the address; \`guiyi channel list\` shows the names.`,
        { context: {} },
      )
    },
    find: (id) => current().channels.get(id),
    all: () => current().list,
    handlerOf: (unitCode) => current().handlers.get(unitCode),
    problems: () => current().problems,
    trial: (merged) => runtimeOf(merged, context, 'trial'),
    check: (merged) => checkSettings(merged, context),
    reload,
    onChange,
    close: async () => {
      await Promise.all([...context.https.values()].map((http) => http.close()))
    },
  }
}

/** Long enough for every rule about the length of a secret. */
const anySecret = 'a-secret-that-this-process-does-not-have-'.repeat(3)

function checkSettings(merged: MergedChannel, context: RuntimeContext): { missingSecrets: string[] } {
  const missingSecrets: string[] = []
  const secret = (name: string) => {
    try {
      return context.secret(name)
    } catch {
      missingSecrets.push(name)
      return anySecret
    }
  }
  try {
    runtimeOf(merged, { ...context, secret })
  } catch (cause) {
    // A stand-in may have the wrong form: what is missing is to be said first.
    if (missingSecrets.length === 0) throw cause
  }
  return { missingSecrets }
}
