import type { Reporter } from '../../schemas/report.ts'
import type { Envelope } from '../store/envelope.ts'

const halfWidth = (text: string) => text.normalize('NFKC').replaceAll(/[\s-]/g, '')

/** A phone as it is compared: digits without the country code. */
const phoneDigits = (phone: string) => halfWidth(phone).replace(/^\+?86(?=1\d{10}$)/, '')

/** Keyed hashes of the reporter, one for each kind of name it gave. Anonymous reporters have none. */
export function personKeysOf(reporter: Reporter | undefined, envelope: Envelope): string[] {
  if (reporter === undefined || reporter.anonymous === true) return []
  const keys: string[] = []
  const add = (kind: string, value: string | undefined) => {
    if (value !== undefined && value !== '') keys.push(envelope.personKey(kind, value))
  }
  add('phone', reporter.phone === undefined ? undefined : phoneDigits(reporter.phone))
  add(
    'identity',
    reporter.identityNumber === undefined ? undefined : halfWidth(reporter.identityNumber).toUpperCase(),
  )
  add('email', reporter.email?.trim().toLowerCase())
  add('unionid', reporter.unionid)
  if (reporter.openid !== undefined) add('openid', `${reporter.openid.account}\n${reporter.openid.id}`)
  if (reporter.siteUser !== undefined) add('user', `${reporter.siteUser.site}\n${reporter.siteUser.id}`)
  return keys
}
