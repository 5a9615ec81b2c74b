import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino'

/** What may stand in a log line: ids, counts, codes, durations. Everything else is dropped, whatever a caller passes. */
const allowed = new Set([
  'event',
  'channel',
  'feed',
  'receipt',
  'record',
  'replay',
  'report',
  'case',
  'delivery',
  'file',
  'task',
  'party',
  'key',
  'principal',
  'code',
  'status',
  'outcome',
  'state',
  'try',
  'bytes',
  'records',
  'ends',
  'durationMs',
  'decision',
  'count',
  'lagMs',
  'method',
  'path',
  'reason',
  'stage',
  'address',
  'url',
  'port',
  'version',
  'mapping',
  'origin',
  'detail',
  'stack',
  'name',
  'database',
  'request',
])

export interface Logger {
  info(line: LogLine): void
  warn(line: LogLine): void
  /** A person must act. */
  error(line: LogLine): void
}
export type LogLine = { readonly event: string } & { readonly [field: string]: unknown }

function byAllowList(line: LogLine): object {
  return Object.fromEntries(Object.entries(line).filter(([name]) => allowed.has(name)))
}

/** JSON lines on `destination` (standard error where missing). */
export function createLogger(options: { level: string; destination?: DestinationStream }): Logger {
  const logger: PinoLogger = pino(
    { level: options.level, base: { pid: process.pid } },
    options.destination ?? pino.destination(2),
  )
  return {
    info: (line) => logger.info(byAllowList(line)),
    warn: (line) => logger.warn(byAllowList(line)),
    error: (line) => logger.error(byAllowList(line)),
  }
}

/** The parts of an unknown error that may be logged: class, code, and our own frames. Messages of libraries may quote payloads. */
export function errorFields(cause: unknown): { name: string; code?: string; stack?: string } {
  if (!(cause instanceof Error)) return { name: typeof cause }
  const code = (cause as { code?: unknown }).code
  const frames = (cause.stack ?? '')
    .split('\n')
    .filter((line) => line.trimStart().startsWith('at '))
    .slice(0, 6)
    .join('\n')
  return { name: cause.name, ...(typeof code === 'string' ? { code } : {}), stack: frames }
}
