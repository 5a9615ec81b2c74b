/** Certificates of an authority of the test's own, made by the openssl command. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Identity {
  readonly certificate: string
  readonly key: string
}

export interface Authority extends Identity {
  /** A certificate for this name, expired where `days` is negative. */
  sign(name: string, days?: number): Identity & { readonly files: IdentityFiles }
  /** One that this authority never saw. */
  stranger(name: string): Identity
  readonly files: IdentityFiles
  remove(): void
}

export interface IdentityFiles {
  readonly certificate: string
  readonly key: string
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']

export function createAuthority(): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'guiyi-tls-'))
  const filesOf = (name: string): IdentityFiles => ({
    key: join(folder, `${name}.key`),
    certificate: join(folder, `${name}.pem`),
  })
  const selfSigned = (name: string): Identity => {
    const { key, certificate } = filesOf(name)
    openssl([
      'req',
      '-x509',
      ...newKey,
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      key,
      '-out',
      certificate,
    ])
    return identityAt(filesOf(name))
  }
  const own = selfSigned('authority')
  return {
    ...own,
    files: filesOf('authority'),
    stranger: selfSigned,
    sign: (name, days = 2) => {
      const [files, by] = [filesOf(name), filesOf('authority')]
      const [request, extensions] = [join(folder, `${name}.csr`), join(folder, `${name}.ext`)]
      writeFileSync(extensions, `subjectAltName=DNS:${name},IP:127.0.0.1\n`)
      openssl(['req', ...newKey, '-subj', `/CN=${name}`, '-keyout', files.key, '-out', request])
      const signer = ['-CA', by.certificate, '-CAkey', by.key, '-CAcreateserial', '-days', String(days)]
      openssl(['x509', '-req', '-in', request, ...signer, '-extfile', extensions, '-out', files.certificate])
      return { ...identityAt(files), files }
    },
    remove: () => rmSync(folder, { recursive: true }),
  }
}

function identityAt({ certificate, key }: IdentityFiles): Identity {
  return { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') }
}

function openssl(parameters: readonly string[]): void {
  execFileSync('openssl', parameters, { stdio: 'pipe' })
}
