import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig, type Config } from '../../../src/config/load-config.ts'
import { collectProblems } from '../../support/config-problems.ts'
import { createCertificate, hasOpenssl } from '../../support/certificates.ts'

function load(variables: Record<string, string>): Config {
  return loadConfig({ variables, readFile: () => '', now: Date.now })
}

const findProblems = (variables: Record<string, string>) => collectProblems(() => load(variables))

const DATABASE_URL = 'postgresql://u:secret@db/app'

describe('the settings of the database', () => {
  it.each([
    [{ DATABASE_URL: 'mysql://db/app' }, 'DATABASE_URL: expected file:… or postgresql://…'],
    [
      { DATABASE_URL: `${DATABASE_URL}?sslmod=require` },
      'DATABASE_URL: expected a URL without the parameter sslmod',
    ],
    [{ DATABASE_DIRECT_URL: DATABASE_URL }, 'DATABASE_DIRECT_URL: needs DATABASE_URL=postgresql://…'],
    [{ DATABASE_REPLICA_URL: 'file:./x' }, 'DATABASE_REPLICA_URL: expected postgresql://…, with'],
    [
      { DATABASE_URL, DATABASE_REPLICA_URL: `${DATABASE_URL}?schema=other` },
      'DATABASE_REPLICA_URL: must have the schema of DATABASE_URL',
    ],
    [
      { DATABASE_URL: `${DATABASE_URL}?target_session_attrs=standby` },
      'DATABASE_URL: target_session_attrs must be any, read-write or primary',
    ],
    [
      { DATABASE_URL: `${DATABASE_URL}?sslmode=verify-ca` },
      'DATABASE_URL: sslmode=verify-ca needs DATABASE_CA',
    ],
    [{ DATABASE_URL: `${DATABASE_URL}?sslcert=/c.pem` }, 'DATABASE_URL: must have both sslcert and sslkey'],
    [{ DATABASE_URL, DATABASE_CA: 'none' }, 'DATABASE_CA: expected certificates in PEM'],
    [{ DATABASE_URL, DATABASE_KEY: 'none' }, 'DATABASE_CERT: required with DATABASE_KEY'],
    [{ DATABASE_URL, DATABASE_CERT: 'none' }, 'DATABASE_KEY: required with DATABASE_CERT'],
    [
      { DATABASE_STATEMENT_TIMEOUT: '49' },
      'DATABASE_STATEMENT_TIMEOUT: expected a whole number from 50 to 30000',
    ],
    [
      { DATABASE_STATEMENT_TIMEOUT: '2000', REQUEST_SECONDS: '2' },
      'DATABASE_STATEMENT_TIMEOUT: must be less than REQUEST_SECONDS',
    ],
  ])('are rejected in one line that names the setting: %j', (variables, problem) => {
    const problems = findProblems(variables)
    expect(problems).toContainEqual(expect.stringContaining(problem))
    expect(problems.join()).not.toContain('secret')
  })

  it.skipIf(!hasOpenssl)('require a verifying sslmode with DATABASE_CA', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gateway-test-'))
    const { cert } = createCertificate(folder, 'ca')
    rmSync(folder, { recursive: true })
    const settings = { DATABASE_URL, DATABASE_CA: cert }
    expect(findProblems(settings)).toEqual([
      'DATABASE_URL: must have sslmode=require, verify-ca or verify-full with DATABASE_CA',
    ])
    for (const mode of ['require', 'verify-ca', 'verify-full'])
      expect(
        load({ ...settings, DATABASE_URL: `${DATABASE_URL}?sslmode=${mode}` }).database.postgresql.tls.ca,
      ).toBe(cert)
  })
})
