import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load-config.ts'
import { collectProblems } from '../support/config-problems.ts'
import { coversHost } from '../../src/core/certificates.ts'
import { DAY_MS } from '../../src/core/duration.ts'
import { hasOpenssl, createCertificate } from '../support/certificates.ts'

const folder = mkdtempSync(join(tmpdir(), 'gateway-certificates-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe.skipIf(!hasOpenssl)('certificates at the start', () => {
  const { cert, key } = createCertificate(folder, 'server')
  const tls = { TLS_CERT: cert, TLS_KEY: key }
  const smtp = { MAIL_TRANSPORTS: 'smtp', SMTP_URL: 'smtps://mail.example.com', MAIL_FROM: 'a@example.com' }

  const findProblems = (variables: Record<string, string>, now: number) =>
    collectProblems(() => loadConfig({ variables, readFile: () => '', now: () => now }))

  it('are accepted while they are valid', () => {
    expect(findProblems(tls, Date.now() + DAY_MS)).toEqual([])
    expect(findProblems({ ...smtp, SMTP_CA: cert }, Date.now() + DAY_MS)).toEqual([])
  })

  it('are rejected when they have expired or are not valid yet', () => {
    expect(findProblems(tls, Date.now() + 3 * DAY_MS)).toEqual([
      expect.stringMatching(/^TLS_CERT: expected a certificate that has not expired/),
    ])
    expect(findProblems(tls, Date.now() - DAY_MS)).toEqual([
      expect.stringMatching(/^TLS_CERT: expected a certificate that is valid already/),
    ])
    expect(findProblems({ ...smtp, SMTP_CA: cert }, Date.now() + 3 * DAY_MS)).toEqual([
      expect.stringMatching(/^SMTP_CA: expected a certificate that has not expired/),
    ])
  })

  it.each(['abc', '-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----', key])(
    'are rejected as an authority if they are not certificates',
    (text) =>
      expect(findProblems({ ...smtp, SMTP_CA: text }, Date.now())).toEqual([
        'SMTP_CA: expected certificates in PEM',
      ]),
  )

  it('are compared with the host of the public URL', () => {
    expect(coversHost(cert, 'https://127.0.0.1:4000/auth')).toBe(true)
    expect(coversHost(cert, 'https://example.com')).toBe(false)
  })
})
