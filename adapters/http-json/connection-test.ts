import { OutgoingError, type Channel, type Finding, type OutgoingAnswer } from '../adapter.ts'
import type { HttpJsonSettings } from './settings.ts'

/** Asks the base address for nothing in particular: any answer shows that name, way and TLS are well. Sends no notice. */
export async function testConnection({ http, now, settings }: Channel<HttpJsonSettings>): Promise<Finding[]> {
  if (settings.baseUrl === undefined)
    return [
      {
        level: 'ok',
        subject: 'settings',
        detail: 'This channel only receives; there is no baseUrl to test.',
      },
    ]
  const plain: Finding[] = settings.baseUrl.startsWith('http:')
    ? [
        {
          level: 'warning',
          subject: 'tls',
          detail:
            'baseUrl is http: whoever is on the way can read what we send. Use https where the partner offers it.',
        },
      ]
    : []
  try {
    const request = {
      method: 'GET',
      url: settings.baseUrl,
      headers: { accept: 'application/json', ...settings.headers },
      timeoutMs: 10_000,
    }
    return [...plain, ...findingsOf(await http.call(request, AbortSignal.timeout(10_000)), now())]
  } catch (error) {
    if (!(error instanceof OutgoingError)) throw error
    return [
      ...plain,
      {
        level: 'error',
        subject: error.subject ?? (error.reason === 'blocked' ? 'settings' : 'name'),
        detail: error.message,
      },
    ]
  }
}

function findingsOf({ status, headers }: OutgoingAnswer, now: Date): Finding[] {
  const findings: Finding[] = [
    { level: 'ok', subject: 'name', detail: `The partner's server answers (${status}).` },
  ]
  if (status === 401 || status === 403) {
    findings.push({
      level: 'warning',
      subject: 'login',
      detail: `It refuses its base address with ${status}. That is normal where only signed calls are let in; the first delivery will show.`,
    })
  }
  if (status >= 300 && status < 400)
    findings.push({
      level: 'warning',
      subject: 'settings',
      detail: `It sends us on (${status}), and we follow no redirect. Is baseUrl the final address?`,
    })
  if (status >= 500)
    findings.push({
      level: 'warning',
      subject: 'settings',
      detail: `It answers ${status}: it is there, but not well.`,
    })
  const differenceS = Math.round((Date.parse(headers['date'] ?? '') - now.getTime()) / 1000)
  if (Math.abs(differenceS) > 60) {
    findings.push({
      level: 'warning',
      subject: 'login',
      detail: `Its clock is ${Math.abs(differenceS)} s ${differenceS > 0 ? 'ahead of' : 'behind'} ours. Signatures hold for minutes only; one of the two needs NTP.`,
    })
  }
  return findings
}
