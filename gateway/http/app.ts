import { Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import type { Deps } from '../deps.ts'
import type { Intake } from '../intake/receive.ts'
import { GatewayError } from '../telemetry/errors.ts'
import { addAdminRoutes } from './admin.ts'
import { createApi } from './api.ts'
import { addCatalogRoutes } from './catalog.ts'
import { addChannelRoutes } from './channels.ts'
import { addDeskRoutes } from './desk.ts'
import { addDescriptionRoutes } from './description.ts'
import { addDispatchRoutes } from './dispatch.ts'
import { addFileRoutes } from './files.ts'
import { addHealthRoutes } from './health.ts'
import { createKeyRing } from './keys.ts'
import { addLinkModelRoutes } from './link-models.ts'
import { respondWithProblem } from './problem.ts'
import { addReplayRoutes } from './replays.ts'
import { addReviewRoutes } from './review.ts'
import { addTopicRoutes } from './topics.ts'
import { usualHeaders } from './usual-headers.ts'
import { addWatchRoutes } from './watch.ts'

export interface AppOptions {
  readonly deps: Deps
  readonly intake: Intake
  readonly maxBodyBytes: number
  readonly stopping: () => boolean
  /** Of the numbers of cases that a split opens. */
  readonly casePrefix: string
}

/** The whole API. Nothing is listened on: `main.ts` serves it, tests call `app.request()`. */
export function createApp({ deps, intake, maxBodyBytes, stopping, casePrefix }: AppOptions): Hono {
  const app = new Hono()
  const api = createApi(app)
  const keys = createKeyRing(deps.db, deps.now)
  const protect = secureHeaders()
  app.use('/docs', protect)
  app.use('/docs/*', protect)
  // Before the answer is made: changing one that exists costs more than the rest of the routing.
  app.use('*', async (context, next) => {
    for (const [name, value] of Object.entries(usualHeaders)) context.header(name, value)
    await next()
  })
  addChannelRoutes(api, { deps, intake, keys, maxBodyBytes })
  addDispatchRoutes(api, { deps, keys, stopping, casePrefix })
  addFileRoutes(api, { deps, keys })
  addAdminRoutes(api, { deps, keys })
  addCatalogRoutes(api, { deps, keys })
  addDeskRoutes(api, { deps, keys })
  addLinkModelRoutes(api, { deps, keys })
  addReplayRoutes(api, { deps, keys })
  addReviewRoutes(api, { deps, keys })
  addWatchRoutes(api, { deps, keys })
  addTopicRoutes(api, { deps, keys })
  addHealthRoutes(api, { deps, stopping })
  addDescriptionRoutes(api)
  app.notFound((context) => {
    const path = new URL(context.req.url).pathname
    const known = api.routes.some((route) =>
      new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
    )
    const error = known
      ? new GatewayError(
          'request.method',
          `${context.req.method} is not answered here. /openapi.json lists what is.`,
        )
      : new GatewayError('request.not-found', 'There is nothing at this address. /docs lists the addresses.')
    return respondWithProblem(context, error, deps.log)
  })
  app.onError((error, context) => respondWithProblem(context, error, deps.log))
  return app
}
