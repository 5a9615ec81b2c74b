/**
 * The service to compare with: one channel, written by hand with Hono and postgres.js, as one would write it for this hotline
 * alone. It keeps what the gateway keeps, in the same tables: signature and nonce, mapping, validation, encryption of the
 * payload and of the report, and receipt, record, report and version in one transaction for each request.
 *
 * What only the gateway does is left out: idempotency keys, messages, quarantine, unknown codes, settings, other channels.
 */
import { createHash } from 'node:crypto'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { pino } from 'pino'
import postgres from 'postgres'
import { verifySignature } from '../../../adapters/credentials/signature.ts'
import { personKeysOf } from '../../../gateway/intake/person-keys.ts'
import { liftPersonal } from '../../../gateway/intake/working-text.ts'
import { compileCheck } from '../../../gateway/mapping/validation.ts'
import { createEnvelope } from '../../../gateway/store/envelope.ts'
import { newId } from '../../../gateway/store/ids.ts'
import { ReportContent } from '../../../schemas/report.ts'
import { reportOf, type HotlineOrder } from './handwritten-mapping.ts'
import { createStore, ReplayedError } from './handwritten-store.ts'

const maxBodyBytes = 10 * 1024 * 1024
const { DATABASE_URL = '', MASTER_KEY = '', SECRET = '', CHANNEL = '' } = process.env
const envelope = createEnvelope(Buffer.from(MASTER_KEY, 'base64'))
const isReport = compileCheck<ReportContent>(ReportContent)
const store = createStore(
  postgres(DATABASE_URL, { max: 10, onnotice: () => undefined, transform: { undefined: null } }),
)
const log = pino(pino.destination(2))
const utf8 = new TextDecoder('utf-8', { fatal: true })
const sha256 = (content: Uint8Array | string) => createHash('sha256').update(content).digest('hex')

/** What is searched and compared: phones and numbers are lifted out of the text. */
function workingOf(rest: Omit<ReportContent, 'reporter'>) {
  return {
    ...rest,
    text: liftPersonal(rest.text),
    ...(rest.title === undefined ? {} : { title: liftPersonal(rest.title) }),
    ...(rest.location?.address === undefined
      ? {}
      : { location: { ...rest.location, address: liftPersonal(rest.location.address) } }),
  }
}

const app = new Hono()
app.post(`/v1/channels/${CHANNEL}/reports`, async (context) => {
  const startedAt = performance.now()
  const receivedAt = new Date()
  if (Number(context.req.header('content-length') ?? 0) > maxBodyBytes)
    return context.json({ code: 'too-large' }, 413)
  const bytes = new Uint8Array(await context.req.arrayBuffer())
  const headers = context.req.header()
  const payload = { bytes, headers, method: 'POST', url: context.req.path, receivedAt }
  let replay
  try {
    replay = verifySignature(payload, { kind: 'hmac', secret: SECRET }, receivedAt).replay
  } catch {
    replay = undefined
  }
  if (replay === undefined) return context.json({ code: 'unauthorized' }, 401)
  let order: HotlineOrder
  try {
    order = JSON.parse(utf8.decode(bytes)) as HotlineOrder
  } catch {
    return context.json({ code: 'not-json' }, 400)
  }
  const content = reportOf(order)
  if (!isReport(content)) return context.json({ code: 'invalid', errors: isReport.errors }, 422)
  const text = JSON.stringify(content)
  const { reporter, ...rest } = content
  const receiptId = newId()
  try {
    const stored = await store.save({
      receiptId,
      recordId: newId(),
      reportId: newId(),
      channelId: CHANNEL,
      receivedAt,
      replay,
      contentType: headers['content-type'],
      bytes: bytes.length,
      sha256: sha256(bytes),
      payload: envelope.seal(bytes),
      content,
      working: workingOf(rest),
      contentHash: sha256(text),
      personKeys: personKeysOf(reporter, envelope),
      report: envelope.seal(Buffer.from(text)),
    })
    log.info({
      event: 'receipt',
      channel: CHANNEL,
      receipt: receiptId,
      bytes: bytes.length,
      end: stored.end,
      durationMs: Math.round(performance.now() - startedAt),
    })
    const result = {
      index: 0,
      end: stored.end,
      externalId: content.externalId,
      report: stored.reportId,
      version: stored.version,
    }
    return context.json({ receipt: receiptId, receivedAt: receivedAt.toISOString(), results: [result] }, 202)
  } catch (cause) {
    if (cause instanceof ReplayedError) return context.json({ code: 'replayed' }, 401)
    throw cause
  }
})
app.onError((error, context) => {
  log.error({ event: 'failed', name: error.name, stack: error.stack })
  return context.json({ code: 'internal' }, 500)
})

serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) =>
  console.log(`ready at http://127.0.0.1:${port}`),
)
process.once('SIGTERM', () => process.exit(0))
