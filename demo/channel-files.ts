/** Sets the gateway up for a run: one channel file for each partner, one file for each secret. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { Channel } from '../schemas/channel.ts'
import type { ChannelPart, Partner, Secret } from './partners/partner.ts'

export interface PartnerFolders {
  readonly channels: string
  readonly secrets: string
}

const deliveries = { delaysS: [0, 0.2, 0.5, 1, 2, 4, 8, 15, 30, 30, 30], timeoutMs: 2000, concurrency: 12 }

/** Throws where the folder cannot be written. */
export function writeSecret(
  folders: PartnerFolders,
  name: string,
  value = randomBytes(24).toString('base64url'),
): Secret {
  mkdirSync(folders.secrets, { recursive: true, mode: 0o700 })
  writeFileSync(join(folders.secrets, name), value, { mode: 0o600 })
  return { value, reference: { secret: name } }
}

/** Throws where the folder cannot be written. */
export function writeChannelFile(
  folders: PartnerFolders,
  { channel, platform, name }: Partner,
  part: ChannelPart,
): void {
  const file: Channel = {
    channel,
    platform,
    name: { zh: name },
    owner: { department: '平安区政务服务数据管理局' },
    state: 'live',
    privateAddresses: ['127.0.0.0/8'],
    deliveries,
    ...part,
  }
  mkdirSync(folders.channels, { recursive: true })
  writeFileSync(join(folders.channels, `${channel}.yaml`), stringify(file, { lineWidth: 0 }))
}
