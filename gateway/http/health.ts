/** Is the process alive, can it work, how is it doing. */
import Type from 'typebox'
import type { Deps } from '../deps.ts'
import { withDeadline } from '../store/client.ts'
import type { Api } from './api.ts'

export interface Readiness {
  readonly ready: boolean
  /** What is missing, in words; empty where ready and well. */
  readonly missing: readonly string[]
}

/** Not ready without the database; channels that are set up wrongly are named but stop no other. */
export async function readReadiness(deps: Deps, stopping: boolean): Promise<Readiness> {
  const channels = deps.catalog.problems().map(({ channelId, detail }) => `channel ${channelId}: ${detail}`)
  if (stopping) return { ready: false, missing: ['The gateway is stopping.'] }
  try {
    await withDeadline(Promise.resolve(deps.db.sql`select 1`), 2_000, 'readiness')
  } catch {
    return {
      ready: false,
      missing: [
        'The database does not answer. Look whether PostgreSQL runs and DATABASE_URL is right.',
        ...channels,
      ],
    }
  }
  return { ready: true, missing: channels }
}

export function addHealthRoutes(api: Api, { deps, stopping }: { deps: Deps; stopping: () => boolean }): void {
  api.add(
    {
      method: 'get',
      path: '/livez',
      tag: 'Health',
      summary: 'The process answers',
      answer: { status: 200, description: 'ok' },
    },
    (context) => context.text('ok'),
  )
  api.add(
    {
      method: 'get',
      path: '/readyz',
      tag: 'Health',
      summary: 'It can take payloads; else what is missing',
      answer: {
        status: 200,
        description: 'Ready',
        schema: Type.Object({ ready: Type.Boolean(), missing: Type.Array(Type.String()) }),
      },
    },
    async (context) => {
      const readiness = await readReadiness(deps, stopping())
      return context.json(readiness, readiness.ready ? 200 : 503)
    },
  )
  api.add(
    {
      method: 'get',
      path: '/metrics',
      tag: 'Health',
      summary: 'Figures for Prometheus',
      answer: { status: 200, description: 'Text format', mediaType: 'text/plain' },
    },
    async (context) =>
      context.body(await deps.metrics.registry.metrics(), 200, {
        'content-type': deps.metrics.registry.contentType,
      }),
  )
}
