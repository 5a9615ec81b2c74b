/** The two SOAP versions, and how each is spoken over HTTP. */
export type SoapVersion = '1.1' | '1.2'

export const envelopeNamespaces: Readonly<Record<SoapVersion, string>> = {
  '1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
  '1.2': 'http://www.w3.org/2003/05/soap-envelope',
}

/** Undefined for a namespace of neither. */
export function versionOf(namespace: string): SoapVersion | undefined {
  if (namespace === envelopeNamespaces['1.1']) return '1.1'
  return namespace === envelopeNamespaces['1.2'] ? '1.2' : undefined
}

/** Content-Type, and SOAPAction where the version has it (SOAP 1.1, 6.1.1; SOAP 1.2 Part 2, 6.5.3). */
export function soapHeaders(
  version: SoapVersion,
  { charset, action }: { charset: string; action?: string | undefined },
): Record<string, string> {
  const quoted = action === undefined ? undefined : `"${action.replaceAll(/["\\\r\n]/g, '')}"`
  if (version === '1.1')
    return {
      'content-type': `text/xml; charset=${charset}`,
      ...(quoted !== undefined && { soapaction: quoted }),
    }
  const parameter = quoted === undefined ? '' : `; action=${quoted}`
  return { 'content-type': `application/soap+xml; charset=${charset}${parameter}` }
}
