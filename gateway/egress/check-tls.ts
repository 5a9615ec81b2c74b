import { createPrivateKey, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import type { OutgoingTls } from '../../adapters/adapter.ts'

/**
 * Throws for what no connection could be made with: a text that is no PEM, a key of another certificate, one of the two
 * alone. Found out here, since the TLS layer would speak of it as of a partner that is away, or not at all.
 */
export function checkTls({ certificate, key, ca }: OutgoingTls): void {
  if ((certificate === undefined) !== (key === undefined)) throw new Error('a certificate needs its key')
  if (certificate !== undefined && key !== undefined) {
    if (!new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key)))
      throw new Error('the key is another one’s')
    createSecureContext({ cert: certificate, key })
  }
  if (ca === undefined) return
  const authorities = ca.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  if (authorities.length === 0) throw new Error('no certificate in it')
  for (const authority of authorities) createSecureContext({ ca: new X509Certificate(authority).toString() })
}
