import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Whether certificates can be created. If not, suites that need them are skipped (`apt-get install openssl`).
 */
export const hasOpenssl = spawnSync('openssl', ['version']).status === 0
if (!hasOpenssl && process.env['CI'] === 'true')
  throw new Error('openssl is not installed: apt-get install openssl')

/** A self-signed certificate for 127.0.0.1 and its key: files and their content in PEM. */
export interface Certificate {
  readonly certFile: string
  readonly keyFile: string
  readonly cert: string
  readonly key: string
}

/** Creates a certificate in a folder; it is valid for `days` from now. */
export function createCertificate(folder: string, name: string, days = 2): Certificate {
  const certFile = join(folder, `${name}.crt`)
  const keyFile = join(folder, `${name}.key`)
  execFileSync(
    'openssl',
    [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        String(days),
      ],
      ...[
        '-subj',
        '/CN=gateway',
        '-addext',
        'subjectAltName=IP:127.0.0.1',
        '-out',
        certFile,
        '-keyout',
        keyFile,
      ],
    ],
    { stdio: 'ignore' },
  )
  return { certFile, keyFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') }
}
