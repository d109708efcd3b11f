import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load-config.ts'
import { parsePostgresqlUrl, type PostgresqlAddress } from '../../src/core/postgresql-url.ts'

const page = readFileSync(join(resolve(import.meta.dirname, '../..'), 'docs/postgresql.md'), 'utf8')
const ROWS = [...page.matchAll(/^\| ([^|]+?) +\| `(postgres[^`]+)` +\|$/gm)]
const URLS = new Map(ROWS.map(([, service = '', url = '']) => [service, url]))

/** What differs from the defaults. */
const EXPECTED: Readonly<Record<string, Partial<PostgresqlAddress>>> = {
  'Amazon RDS, Aurora': {
    hosts: [{ host: 'db.abc.eu-west-1.rds.amazonaws.com', port: 5432 }],
    sslMode: 'verify-full',
  },
  Azure: { hosts: [{ host: 'db.postgres.database.azure.com', port: 5432 }], sslMode: 'verify-full' },
  'Cloud SQL, Unix socket': { hosts: [{ host: '/cloudsql/project:region:instance', port: 5432 }] },
  'Cloud SQL, Auth Proxy': { hosts: [{ host: '127.0.0.1', port: 5432 }], sslMode: 'disable' },
  Heroku: { hosts: [{ host: 'ec2-1-2-3-4.compute-1.amazonaws.com', port: 5432 }], sslMode: 'prefer' },
  'Neon, direct': {
    hosts: [{ host: 'ep-name-1.eu-central-1.aws.neon.tech', port: 5432 }],
    ...({ sslMode: 'verify-full', channelBinding: 'require' } as const),
  },
  'Neon, pooler': {
    hosts: [{ host: 'ep-name-1-pooler.eu-central-1.aws.neon.tech', port: 5432 }],
    ...({ sslMode: 'require', channelBinding: 'require' } as const),
  },
  'Supabase, pooler': {
    hosts: [{ host: 'aws-0-eu-west-1.pooler.supabase.com', port: 6543 }],
    ...{ user: 'app.ref', isPooled: true },
  },
  'Supabase, direct': { hosts: [{ host: 'db.ref.supabase.co', port: 5432 }], sslMode: 'require' },
}

describe('the URLs of managed services', () => {
  it('are all in the table of the page', () =>
    expect([...URLS.keys()].sort()).toEqual(Object.keys(EXPECTED).sort()))

  it.each(Object.entries(EXPECTED))('are read with the right parts: %s', (service, expected) => {
    const url = URLS.get(service) ?? ''
    const access = { user: 'app', password: 'secret', database: 'app', searchPath: ['public'] }
    expect(parsePostgresqlUrl(url)).toMatchObject({ ...access, ...expected })
    expect(loadConfig({ variables: { DATABASE_URL: url }, readFile: () => '' }).database.url).toBe(url)
  })
})
