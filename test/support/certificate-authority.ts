import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Files and content in PEM. */
export interface IssuedCertificate {
  readonly certFile: string
  readonly keyFile: string
  readonly cert: string
  readonly key: string
}

/** A private certificate authority. */
export interface CertificateAuthority {
  readonly cert: string
  readonly certFile: string
  readonly keyFile: string
  /**
   * Issues a certificate. `names`: subject alternative names, such as `DNS:localhost,IP:127.0.0.1`; `name`:
   * the common name. `isExpired`: it ended in 2020, which
   * needs the program faketime.
   */
  issue(name: string, options?: { readonly names?: string; readonly isExpired?: boolean }): IssuedCertificate
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/** Runs openssl, on the first day of 2020 for a certificate that has expired. */
function run(args: readonly string[], isPast = false): void {
  const command = isPast ? ['faketime', '2020-01-01', 'openssl'] : ['openssl']
  const [program = '', ...first] = command
  execFileSync(program, [...first, ...args], { stdio: 'ignore' })
}

/** Creates an authority in a folder. */
export function createAuthority(folder: string, name: string): CertificateAuthority {
  const authority = toFiles(folder, name)
  const subject = ['-subj', `/CN=${name}`, '-days', '30']
  run(['req', '-x509', ...KEY, ...subject, '-out', authority.certFile, '-keyout', authority.keyFile])
  return {
    ...authority,
    cert: readFileSync(authority.certFile, 'utf8'),
    issue(commonName, { names = `DNS:${commonName}`, isExpired = false } = {}) {
      const files = toFiles(folder, `${name}-${commonName}-${isExpired ? 'expired' : 'valid'}`)
      const issuer = ['-CA', authority.certFile, '-CAkey', authority.keyFile]
      const subjectOf = ['-subj', `/CN=${commonName}`, '-addext', `subjectAltName=${names}`]
      const output = ['-days', '30', '-out', files.certFile, '-keyout', files.keyFile]
      run(['req', '-x509', ...KEY, ...issuer, ...subjectOf, ...output], isExpired)
      return {
        ...files,
        cert: readFileSync(files.certFile, 'utf8'),
        key: readFileSync(files.keyFile, 'utf8'),
      }
    },
  }
}

function toFiles(folder: string, name: string): { readonly certFile: string; readonly keyFile: string } {
  return { certFile: join(folder, `${name}.crt`), keyFile: join(folder, `${name}.key`) }
}
