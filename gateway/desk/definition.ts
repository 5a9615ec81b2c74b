import type { Mapping } from '../../schemas/mapping.ts'
import type { Sql } from '../store/client.ts'
import { GatewayError } from '../telemetry/errors.ts'

/** What a channel's published version means, its platform's part included. Throws `channel.unknown`. */
export async function readDefinition(sql: Sql, channel: string): Promise<Mapping> {
  const [row] = await sql<{ definition: Mapping }[]>`
    select m.definition from channels c join mapping_versions m on m.id = c.mapping_version where c.id = ${channel}`
  if (row !== undefined) return row.definition
  throw new GatewayError(
    'channel.unknown',
    `There is no published channel "${channel}". \`guiyi channel list\` shows the names.`,
  )
}
