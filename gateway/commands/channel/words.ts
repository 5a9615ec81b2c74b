/** What several commands about channels share. */
import type { Published } from '../../catalog/publish.ts'

export const channelArg = { type: 'positional', description: 'Name of the channel', required: true } as const
export const byArg = {
  type: 'string',
  description: 'Who does it: a clerk number, no name; the user of this shell where missing',
} as const
export const noteArg = { type: 'string', description: 'What is different, for those who come after' } as const

export const byOf = (by: string | undefined): string => by ?? `cli:${process.env['USER'] ?? 'unknown'}`

/** One line, and what must be seen to. */
export function printPublished({ channel, version, mapping, changed, missingSecrets }: Published): void {
  console.log(
    changed
      ? `Channel ${channel} is at version ${version} (${mapping}). Running gateways take it within a second.`
      : `Nothing is different: channel ${channel} stays at version ${version}.`,
  )
  if (missingSecrets.length > 0)
    console.error(
      `This process does not have the secret${missingSecrets.length === 1 ? '' : 's'} ${missingSecrets.join(', ')}. A gateway without ${missingSecrets.length === 1 ? 'it' : 'them'} keeps to the version before.`,
    )
}
