/** The model that a linker uses, followed while it runs. */
import type { Deps } from '../../deps.ts'
import { errorFields } from '../../telemetry/logger.ts'
import { shippedModel, type LinkModel } from './link-model.ts'
import { readLinkModel, usedLinkVersion } from './stored-models.ts'

/** A lost signal costs this long, no more. */
const lookAgainMs = 5_000

export interface LiveModel {
  /** Before a batch: the model that it is linked with, the whole batch long. */
  current(): Promise<LinkModel>
  stop(): void
}

/** Follows what admins put to use. A stored model that cannot be read is told once, and the shipped one links meanwhile. */
export function followLinkModel(deps: Pick<Deps, 'db' | 'signals' | 'log'>): LiveModel {
  let model = shippedModel()
  let known: string | undefined
  let lookedAt = Number.NEGATIVE_INFINITY
  const off = deps.signals.on('link-model', () => {
    lookedAt = Number.NEGATIVE_INFINITY
  })
  const look = async () => {
    const version = await usedLinkVersion(deps.db.sql)
    if (version === known) return
    known = version
    try {
      model = await readLinkModel(deps.db.sql, version)
    } catch (cause) {
      model = shippedModel()
      deps.log.error({ event: 'link.model-unreadable', version, ...errorFields(cause) })
    }
  }
  return {
    current: async () => {
      const now = performance.now()
      if (now - lookedAt >= lookAgainMs) {
        lookedAt = now
        await look()
      }
      return model
    },
    stop: off,
  }
}
