import { describe, expect, it } from 'vitest'
import { PostgresqlUrlError, parsePostgresqlUrl } from '../../src/core/postgresql-url.ts'

describe('a PostgreSQL URL', () => {
  it('has defaults of libpq for what it does not say', () => {
    expect(parsePostgresqlUrl('postgresql://')).toEqual({
      hosts: [{ host: 'localhost', port: 5432 }],
      user: null,
      password: null,
      database: null,
      sslMode: 'prefer',
      sslNegotiation: 'postgres',
      files: { rootCertificate: null, certificate: null, key: null },
      channelBinding: 'prefer',
      searchPath: ['public'],
      targetSessionAttrs: 'any',
      isPooled: false,
      applicationName: null,
      options: null,
    })
  })

  it.each([
    ['postgres://u:p%40%3A%2F%3F%23%25@db:6432/app', { user: 'u', password: 'p@:/?#%', database: 'app' }],
    ['postgresql://db/app?user=u&password=p+1', { user: 'u', password: 'p+1' }],
    ['postgresql://a:5433/app?host=/run/pg', { hosts: [{ host: '/run/pg', port: 5433 }] }],
    ['postgresql://[::1]:5433/app', { hosts: [{ host: '::1', port: 5433 }] }],
    ['postgresql:///app?host=/var/run/postgresql', { hosts: [{ host: '/var/run/postgresql', port: 5432 }] }],
    ['postgresql://u@%2Fcloudsql%2Fp%3Ar%3Ai/app', { hosts: [{ host: '/cloudsql/p:r:i', port: 5432 }] }],
    [
      'postgresql://u@a,b:5433/app',
      {
        hosts: [
          { host: 'a', port: 5432 },
          { host: 'b', port: 5433 },
        ],
      },
    ],
    [
      'postgresql:///app?host=a,b&port=5433',
      {
        hosts: [
          { host: 'a', port: 5433 },
          { host: 'b', port: 5433 },
        ],
      },
    ],
    [
      'postgresql:///app?host=a,b&port=1,2',
      {
        hosts: [
          { host: 'a', port: 1 },
          { host: 'b', port: 2 },
        ],
      },
    ],
    ['postgresql://a,b/app', { targetSessionAttrs: 'read-write' }],
    ['postgresql://a,b/app?target_session_attrs=any', { targetSessionAttrs: 'any' }],
    ['postgresql://a/app?schema=Auth', { searchPath: ['Auth'] }],
    ['postgresql://a/app?search_path=Auth,%22Other%22', { searchPath: ['auth', 'Other'] }],
    ['postgresql://a/app?options=-c%20search_path%3Dauth', { searchPath: ['auth'], options: null }],
    ['postgresql://a/app?options=--search_path%3Dauth', { searchPath: ['auth'], options: null }],
    ['postgresql://a/app?options=endpoint%3Dep-1', { searchPath: ['public'], options: 'endpoint=ep-1' }],
    ['postgresql://a/app?ssl=true', { sslMode: 'verify-full' }],
    ['postgresql://a/app?sslmode=no-verify', { sslMode: 'require' }],
    ['postgresql://a/app?sslrootcert=system', { sslMode: 'verify-full' }],
    ['postgresql://a/app?pgbouncer=true&connection_limit=1', { isPooled: true }],
  ])('is read as its parts: %s', (url, parts) => expect(parsePostgresqlUrl(url)).toMatchObject(parts))

  it.each([
    ['postgresql://u:pa/ss@db/app', 'percent-encoded'],
    ['postgresql://u:pa#ss@db/app', 'percent-encoded'],
    ['postgresql://u:pa?ss@db/app', 'percent-encoded'],
    ['postgresql://u:pa:ss@db/app', 'percent-encoded'],
    ['postgresql://u:p%ss@db/app', 'percent-encoded'],
    ['postgresql://db:port/app', 'a port from 1 to 65535'],
    ['postgresql://db:0/app', 'a port from 1 to 65535'],
    ['postgresql://db/app?sslmod=require', 'without the parameter sslmod'],
    ['postgresql://db/app?sslmode=secure', 'sslmode to be one of disable, allow, prefer'],
    ['postgresql://db/app?target_session_attrs=master', 'target_session_attrs to be one of any'],
    ['postgresql://db/app?schema=', 'a schema of 1 to 63 characters'],
    ['postgresql://db/app?schema=a&search_path=b', 'either schema or search_path'],
  ])('is rejected without its secrets: %s', (url, problem) => {
    expect(() => parsePostgresqlUrl(url)).toThrow(PostgresqlUrlError)
    expect(() => parsePostgresqlUrl(url)).toThrow(problem)
    expect(() => parsePostgresqlUrl(url)).not.toThrow(/ss@|pa:|p%ss/)
  })
})
