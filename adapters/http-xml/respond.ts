/** What the caller reads, in the names and codes that it is used to. */
import type { Problem } from '../../schemas/problem.ts'
import type { Acknowledgement } from '../../schemas/receipt.ts'
import { keptNevertheless, resultOf, unreadable } from '../over-http/result.ts'
import { encodeXml, writeXml } from '../reading/xml-write.ts'
import type { HttpXmlSettings } from './settings.ts'

/** 200: the bytes are kept, whatever became of their records; the code says the rest. */
export function respondTo(stored: Acknowledgement, settings: HttpXmlSettings): Response {
  const { code, message, receipt, count, record } = resultOf(stored, settings.codes)
  const reason = unreadable(stored)
  const names = settings.acknowledgement ?? {}
  return xmlResponse(200, settings, {
    [names.code ?? 'code']: code,
    [names.message ?? 'message']: reason ? keptNevertheless(reason, receipt) : message,
    [names.receipt ?? 'receipt']: receipt,
    [names.count ?? 'count']: count,
    [names.record ?? 'record']: record,
  })
}

/** Nothing was stored. `error` is our permanent code. */
export function refuse(problem: Problem, settings: HttpXmlSettings): Response {
  const names = settings.acknowledgement ?? {}
  const response = xmlResponse(problem.status, settings, {
    [names.code ?? 'code']: settings.codes?.failed ?? '1',
    [names.message ?? 'message']: problem.detail ?? problem.title,
    error: problem.code,
  })
  if (problem.status === 401)
    response.headers.set(
      'www-authenticate',
      `${settings.authentication?.kind === 'basic' ? 'Basic' : 'Bearer'} realm="guiyi"`,
    )
  if (problem.status === 503) response.headers.set('retry-after', '5')
  return response
}

function xmlResponse(status: number, { acknowledgement }: HttpXmlSettings, tree: object): Response {
  return new Response(
    new Uint8Array(encodeXml(writeXml(acknowledgement?.root ?? 'response', tree), 'utf-8')),
    {
      status,
      headers: { 'content-type': 'application/xml; charset=utf-8' },
    },
  )
}
