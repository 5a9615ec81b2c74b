/** What each step of intake costs for one report, measured in this process with the gateway's own functions. */
import { randomUUID } from 'node:crypto'
import { recordsOf } from '../../../adapters/http-json/decode.ts'
import type { HttpJsonSettings } from '../../../adapters/http-json/settings.ts'
import { signedHeaders, verifySignature } from '../../../adapters/credentials/signature.ts'
import type { HmacAuthentication } from '../../../adapters/credentials/settings.ts'
import type { RawPayload } from '../../../adapters/adapter.ts'
import type { Deps } from '../../../gateway/deps.ts'
import { readConfig } from '../../../gateway/config/config.ts'
import { prepare, type Incoming, type Prepared } from '../../../gateway/intake/prepare.ts'
import { createOdds } from '../../../gateway/intake/write-all-new.ts'
import { writeBatch } from '../../../gateway/intake/write.ts'
import { openDeps } from '../../../gateway/main.ts'
import { compileCheck } from '../../../gateway/mapping/validation.ts'
import { newId } from '../../../gateway/store/ids.ts'
import { ReportContent } from '../../../schemas/report.ts'
import { median } from './figures.ts'
import { orderOf } from './orders.ts'
import { serverCpuUs } from './processes.ts'
import { channel, gatewayEnvironment, secret, type Server } from './services.ts'

/** Microseconds of CPU for one report. */
export interface Steps {
  readonly signatureUs: number
  readonly decodeUs: number
  readonly mappingUs: number
  readonly validationUs: number
  /** What is left of preparing: canonical text, hashes, ids, personal data lifted out, keyed hashes of the reporter. */
  readonly contentUs: number
  readonly sealPayloadUs: number
  readonly sealReportUs: number
  /** A hundred reports in one transaction, and one: CPU of this process and of PostgreSQL's, and the clock. */
  readonly commit100: Commit
  readonly commit1: Commit
}

interface Commit {
  readonly wallUs: number
  readonly nodeUs: number
  readonly postgresUs: number
}

const path = `/v1/channels/${channel}/reports`
const perSample = 500
const samples = 25

/** CPU of one call, microseconds: the median of 25 samples of 500 calls each, after as many to warm up. */
async function timed(run: (n: number) => unknown): Promise<number> {
  const tookUs: number[] = []
  for (let sample = 0; sample < 2 * samples; sample += 1) {
    const before = process.cpuUsage()
    for (let n = 0; n < perSample; n += 1) await run(n)
    const { user, system } = process.cpuUsage(before)
    tookUs.push((user + system) / perSample)
  }
  return median(tookUs.slice(samples))
}

/** The nth order as it arrives, signed. */
function payloadOf(n: number): RawPayload {
  const { body } = orderOf(n)
  const signature = signedHeaders(secret, {
    method: 'POST',
    url: path,
    body,
    nonce: randomUUID(),
    at: new Date(),
  })
  return {
    bytes: Buffer.from(body),
    headers: {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      ...signature,
    },
    method: 'POST',
    url: path,
    receivedAt: new Date(),
  }
}

function incomingOf(deps: Deps, payload: RawPayload): Incoming {
  const runtime = deps.catalog.channel(channel)
  const feed = runtime.feeds.get('push')
  if (feed === undefined) throw new Error(`Channel ${channel} has no feed "push".`)
  return {
    receiptId: newId(),
    channel: runtime,
    feed,
    payload,
    principal: 'hmac',
    replay: { key: randomUUID(), expiresAt: new Date(Date.now() + 600_000) },
    idempotency: undefined,
    poll: undefined,
  }
}

/** Commits `batches` batches of `size`; the fastest of it is warm-up. */
async function commits(
  deps: Deps,
  server: Server,
  { from, size, batches }: { from: number; size: number; batches: number },
): Promise<Commit> {
  const prepared: Prepared[][] = []
  for (let batch = 0; batch < batches; batch += 1) {
    const payloads = Array.from({ length: size }, (_, n) => payloadOf(from + batch * size + n))
    prepared.push(await Promise.all(payloads.map((payload) => prepare(incomingOf(deps, payload), deps))))
  }
  const warm = Math.ceil(batches / 5)
  const odds = createOdds()
  for (const batch of prepared.slice(0, warm)) await writeBatch(deps, batch, odds)
  const node = process.cpuUsage()
  const postgres = serverCpuUs(server.postmaster)
  const tookUs: number[] = []
  for (const batch of prepared.slice(warm)) {
    const startedAt = performance.now()
    await writeBatch(deps, batch, odds)
    tookUs.push(((performance.now() - startedAt) * 1000) / size)
  }
  const { user, system } = process.cpuUsage(node)
  const reports = (batches - warm) * size
  return {
    wallUs: median(tookUs),
    nodeUs: (user + system) / reports,
    postgresUs: (serverCpuUs(server.postmaster) - postgres) / reports,
  }
}

export async function measureSteps(server: Server, databaseUrl: string): Promise<Steps> {
  const config = readConfig({
    ...gatewayEnvironment(server.folder),
    DATABASE_URL: databaseUrl,
    GUIYI_LOG_LEVEL: 'error',
  })
  process.env['GUIYI_MASTER_KEY'] = gatewayEnvironment(server.folder)['GUIYI_MASTER_KEY']
  const { deps, close } = await openDeps(config, { takeFiles: true })
  try {
    return await measureWith(deps, server)
  } finally {
    await close()
  }
}

async function measureWith(deps: Deps, server: Server): Promise<Steps> {
  const payloads = Array.from({ length: perSample }, (_, n) => payloadOf(n))
  const at = (n: number) => payloads[n] as RawPayload
  const incoming = payloads.map((payload) => incomingOf(deps, payload))
  const { compiled, channel: settled } = (incoming[0] as Incoming).feed
  const settings = settled.settings as HttpJsonSettings
  const context = { channelId: channel, feed: 'push', receivedAt: new Date() }
  const records = payloads.map((payload) => {
    const [record] = recordsOf(payload, settings)
    return record?.kind === 'record' ? record.value : undefined
  })
  const contents = records.map((record) => {
    const mapped = compiled.map(record, context)
    if (mapped.kind !== 'report') throw new Error(`A sample order became "${mapped.kind}".`)
    return mapped.content
  })
  const texts = contents.map((content) => Buffer.from(JSON.stringify(content)))
  const isReport = compileCheck<ReportContent>(ReportContent)
  const signatureUs = await timed((n) =>
    verifySignature(at(n), settings.authentication as HmacAuthentication, new Date()),
  )
  const decodeUs = await timed((n) => recordsOf(at(n), settings))
  const mappedUs = await timed((n) => compiled.map(records[n], context))
  const validationUs = await timed((n) => isReport(contents[n]))
  const sealPayloadUs = await timed((n) => deps.envelope.seal(at(n).bytes))
  const sealReportUs = await timed((n) => deps.envelope.seal(texts[n] as Buffer))
  const preparedUs = await timed((n) => prepare(incoming[n] as Incoming, deps))
  const commit100 = await commits(deps, server, { from: 10_000_000, size: 100, batches: 50 })
  const commit1 = await commits(deps, server, { from: 20_000_000, size: 1, batches: 1_000 })
  return {
    signatureUs,
    decodeUs,
    mappingUs: Math.max(0, mappedUs - validationUs),
    validationUs,
    contentUs: Math.max(0, preparedUs - decodeUs - mappedUs - sealPayloadUs - sealReportUs),
    sealPayloadUs,
    sealReportUs,
    commit100,
    commit1,
  }
}
