/** Puts the house together: database, catalog, the four stages, HTTP. Starts and stops them in order. */
import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { serve, type ServerType } from '@hono/node-server'
import pRetry from 'p-retry'
import { followCatalog, openCatalog } from './catalog/live-catalog.ts'
import { readPlatforms, takeFiles } from './catalog/take-files.ts'
import { ConfigurationError, type Config } from './config/config.ts'
import { createSecrets, readMasterKey } from './config/secrets.ts'
import type { Deps } from './deps.ts'
import { startDispatch } from './dispatch/stage.ts'
import { createApp } from './http/app.ts'
import { startIntake } from './intake/stage.ts'
import { startLinking } from './linking/stage.ts'
import { startTopics } from './linking/topics/stage.ts'
import { openDatabase, type Database } from './store/client.ts'
import { startEmbeddedPostgres } from './store/embedded-postgres.ts'
import { createEnvelope } from './store/envelope.ts'
import { checkMasterKey, mendRestoredCursors } from './store/identity.ts'
import { newId } from './store/ids.ts'
import { migrate } from './store/migrate.ts'
import { createSignals } from './store/signals.ts'
import { createKillPoints } from './telemetry/kill-point.ts'
import { createLogger, errorFields, type Logger } from './telemetry/logger.ts'
import { createMetrics } from './telemetry/metrics.ts'
import { loadCalendar } from './watch/calendar-file.ts'
import { startWatch } from './watch/stage.ts'
import { startWriteback } from './writeback/stage.ts'

/** The database that the configuration names, or the embedded one. */
export async function reachDatabase(
  config: Config,
  log: Logger,
): Promise<{ url: string; stop: () => Promise<void> }> {
  if (config.databaseUrl !== undefined) return { url: config.databaseUrl, stop: async () => undefined }
  const embedded = await startEmbeddedPostgres({
    dataDir: join(config.varDir, 'postgres'),
    log: (line) => log.info({ event: 'postgres', detail: line }),
  })
  return { url: embedded.url, stop: embedded.stop }
}

/** A database that starts together with the gateway is waited for; a wrong password or name is told at once. */
async function checkVersion(db: Database): Promise<void> {
  const ask = async () => await db.sql<{ server_version_num: string }[]>`show server_version_num`
  const rows = await pRetry(ask, {
    retries: 6,
    minTimeout: 250,
    maxTimeout: 4_000,
    shouldRetry: ({ error }) =>
      ['ECONNREFUSED', 'ECONNRESET', 'CONNECT_TIMEOUT', '57P03'].includes(
        (error as { code?: string }).code ?? '',
      ),
  }).catch((cause: unknown) => {
    const code = cause instanceof Error ? ((cause as { code?: string }).code ?? cause.name) : 'unknown'
    throw new ConfigurationError(
      'DATABASE_URL',
      `the database does not answer (${code}). Look whether PostgreSQL runs there and whether user and password are right.`,
    )
  })
  if (Number(rows[0]?.server_version_num ?? 0) < 150_000)
    throw new ConfigurationError('DATABASE_URL', 'names a PostgreSQL older than 15. Use 15 or newer.')
}

async function migrateOrExplain(url: string): Promise<void> {
  try {
    await migrate(url)
  } catch (cause) {
    const code =
      (cause as { cause?: { code?: string } }).cause?.code ?? (cause as { code?: string }).code ?? 'unknown'
    throw new ConfigurationError(
      'DATABASE_URL',
      `the tables could not be brought up to date (PostgreSQL error ${code}). Look whether the database belongs to this version of the gateway and the user may create tables in it; nothing was changed.`,
    )
  }
}

/** Everything but HTTP and the running stages: what commands need too. Only a gateway takes changed channel files over. */
export async function openDeps(
  config: Config,
  options: { log?: Logger; takeFiles?: boolean } = {},
): Promise<{ deps: Deps; close: () => Promise<void> }> {
  const log = options.log ?? createLogger({ level: config.logLevel })
  const envelope = createEnvelope(readMasterKey(config))
  // Read while the database is waited for; what is wrong with them is said below.
  const reading = readPlatforms(config)
  reading.catch(() => undefined)
  const database = await reachDatabase(config, log)
  const db = openDatabase({
    url: database.url,
    maxConnections: config.maxConnections,
    onRebuild: (cause) => log.error({ event: 'database.rebuilt', ...errorFields(cause) }),
  })
  try {
    await checkVersion(db)
    await migrateOrExplain(database.url)
    const platforms = await reading
    const now = () => new Date()
    await checkMasterKey(db, envelope.keyId)
    const mended = await mendRestoredCursors(db)
    if (mended > 0) log.warn({ event: 'database.restored', count: mended })
    const taken =
      options.takeFiles === true
        ? await takeFiles(db, platforms, { channelsDir: config.channelsDir, now: now() })
        : { problems: [], merged: new Map<string, never>(), definitions: new Map<string, never>() }
    const catalog = await openCatalog(db, platforms, {
      secret: createSecrets(config),
      now,
      problems: [
        ...platforms.faults.map((detail) => ({ channelId: 'platforms', detail })),
        ...taken.problems,
      ],
      ready: taken,
    })
    const signals = await createSignals(db)
    const holder = `${hostname()}:${process.pid}:${randomBytes(4).toString('hex')}`
    const deps: Deps = {
      db,
      envelope,
      catalog,
      signals,
      log,
      metrics: createMetrics(),
      now,
      newId: () => newId(),
      killPoint: createKillPoints(config.killAt),
      leaseMs: config.leaseMs,
      holdMs: config.holdMs,
      holder,
    }
    return {
      deps,
      close: async () => {
        await signals.close()
        await catalog.close()
        await db.close()
        await database.stop()
      },
    }
  } catch (cause) {
    await db.close().catch(() => undefined)
    await database.stop()
    throw cause
  }
}

export interface Gateway {
  readonly url: string
  readonly deps: Deps
  /** Takes nothing new, lets what runs end, then closes. */
  stop(): Promise<void>
}

async function listen(
  config: Config,
  fetch: (request: Request) => Response | Promise<Response>,
): Promise<{ server: ServerType; port: number }> {
  return await new Promise((resolve, reject) => {
    const server = serve(
      {
        fetch,
        hostname: config.host,
        port: config.port,
        serverOptions: { requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 15_000 },
      },
      (info) => resolve({ server, port: info.port }),
    )
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const address = `${config.host}:${config.port}`
      if (cause.code === 'EADDRINUSE')
        reject(
          new ConfigurationError(
            'GUIYI_PORT',
            `something listens on ${address} already, perhaps a gateway: look at http://${address}/readyz. Stop it, or set another port (0 takes a free one).`,
          ),
        )
      else if (cause.code === 'EACCES')
        reject(
          new ConfigurationError(
            'GUIYI_PORT',
            `this user may not listen on ${address}. Take a port above 1023.`,
          ),
        )
      else if (cause.code === 'EADDRNOTAVAIL')
        reject(new ConfigurationError('GUIYI_HOST', `${config.host} is no address of this machine.`))
      else reject(cause)
    })
  })
}

/** Starts a gateway. Throws ConfigurationError, MappingDefinitionError. */
export async function startGateway(config: Config, options: { log?: Logger } = {}): Promise<Gateway> {
  let app: { fetch: (request: Request) => Response | Promise<Response> } | undefined
  const { server, port } = await listen(
    config,
    (request) =>
      app?.fetch(request) ??
      new Response('The gateway is starting.', { status: 503, headers: { 'retry-after': '1' } }),
  )
  const closeServer = () => new Promise<void>((resolve) => server.close(() => resolve()))
  try {
    const calendar = await loadCalendar(config.codesDir)
    const { deps, close } = await openDeps(config, { ...options, takeFiles: true })
    let stopping = false
    const intake = await startIntake(deps)
    const stages = [
      startLinking(deps, { casePrefix: config.casePrefix }),
      startDispatch(deps),
      startWriteback(deps),
      startWatch(deps, { calendar }),
      startTopics(deps),
      followCatalog(deps),
    ]
    app = createApp({
      deps,
      intake,
      maxBodyBytes: config.maxBodyBytes,
      stopping: () => stopping,
      casePrefix: config.casePrefix,
    })
    const url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`
    deps.log.info({ event: 'gateway.ready', address: url, count: deps.catalog.all().length })
    for (const problem of deps.catalog.problems())
      deps.log.error({ event: 'channel.problem', channel: problem.channelId, detail: problem.detail })
    return {
      url,
      deps,
      stop: async () => {
        stopping = true
        deps.signals.wake('dispatch')
        const closed = closeServer()
        if ('closeIdleConnections' in server) server.closeIdleConnections()
        await intake.stop()
        await Promise.all(stages.map((stage) => stage.stop()))
        if ('closeAllConnections' in server) server.closeAllConnections()
        await closed
        await close()
        deps.log.info({ event: 'gateway.stopped' })
      },
    }
  } catch (cause) {
    await closeServer()
    throw cause
  }
}
