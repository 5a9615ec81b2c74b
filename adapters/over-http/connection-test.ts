import { OutgoingError, type Channel, type Finding, type OutgoingAnswer } from '../adapter.ts'

export interface ConnectionQuestion {
  /** Missing where the channel only receives. */
  readonly address: string | undefined
  /** The setting that holds the address, for messages. */
  readonly setting: string
  readonly headers: Readonly<Record<string, string>>
  /** What the answer itself tells beside its status. */
  readonly look?: (answer: OutgoingAnswer) => Finding[]
}

/** Asks the address for nothing in particular: any answer shows that name, way and TLS are well. Sends no notice. */
export async function testConnection(
  { http, now }: Pick<Channel<unknown>, 'http' | 'now'>,
  { address, setting, headers, look = () => [] }: ConnectionQuestion,
): Promise<Finding[]> {
  if (address === undefined)
    return [
      {
        level: 'ok',
        subject: 'settings',
        detail: `This channel only receives; there is no ${setting} to test.`,
      },
    ]
  const plain: Finding[] = address.startsWith('http:')
    ? [
        {
          level: 'warning',
          subject: 'tls',
          detail: `${setting} is http: whoever is on the way can read what we send. Use https where the partner offers it.`,
        },
      ]
    : []
  try {
    const request = { method: 'GET', url: address, headers, timeoutMs: 10_000 }
    const answer = await http.call(request, AbortSignal.timeout(10_000))
    return [...plain, ...findingsOf(answer, setting, now()), ...look(answer)]
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

function findingsOf({ status, headers }: OutgoingAnswer, setting: string, now: Date): Finding[] {
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
      detail: `It sends us on (${status}), and we follow no redirect. Is ${setting} the final address?`,
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
