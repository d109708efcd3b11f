import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { requireDatabase } from '../../../src/adapters/database/database-check.ts'
import { migrate, migrationStatus } from '../../../src/adapters/database/migrations.ts'
import { loadConfig } from '../../../src/config/load-config.ts'
import { MeDocument } from '../../generated/graphql.ts'
import { BACKENDS, type Backend } from '../../support/backends.ts'
import { startGateway } from '../../support/gateway.ts'
import { describeWith } from '../../support/servers/binaries.ts'
import { startPgBouncer } from '../../support/servers/pgbouncer.ts'
import { query, startPostgres, type PostgresServer } from '../../support/servers/postgres.ts'
import { eventually, freePort } from '../../support/servers/processes.ts'

const alone = BACKENDS.find(({ name }) => name === 'PostgreSQL alone') as Backend

function findProblem(url: string, settings: Record<string, string> = {}): Promise<string | null> {
  const variables = { DATABASE_URL: url, ...settings }
  const { database } = loadConfig({ variables, readFile: () => '' })
  return requireDatabase(database).then(
    () => null,
    (error: Error) => `${error.name}: ${error.message}`,
  )
}

describeWith(['postgresql', 'pgbouncer'], 'a PostgreSQL server at the start (SR-273)', () => {
  let server: PostgresServer
  let url: string
  beforeAll(async () => {
    server = await startPostgres()
    url = await server.createDatabase()
    await query(url, `CREATE ROLE reader LOGIN PASSWORD 'right'`)
  })
  afterAll(() => server.stop())
  const withRole = (role: string) => url.replace('postgres@', `${role}@`)

  it('is named with its setting if it cannot be used: nothing listens, the name is unknown, the server does not respond', async () => {
    const port = await freePort()
    expect(await findProblem(`postgresql://127.0.0.1:${port}/app`)).toBe(
      'DatabaseUnreachableError: DATABASE_URL: PostgreSQL cannot be reached (nothing listens there)',
    )
    expect(await findProblem('postgresql://no-such-host.invalid/app')).toBe(
      'DatabaseUnreachableError: DATABASE_URL: PostgreSQL cannot be reached (its host name is not known)',
    )
    const silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const halfOpen = `postgresql://127.0.0.1:${(silent.address() as AddressInfo).port}/app`
    expect(await findProblem(halfOpen, { DATABASE_CONNECT_TIMEOUT: '100' })).toBe(
      'DatabaseUnreachableError: DATABASE_URL: PostgreSQL cannot be reached (no response within DATABASE_CONNECT_TIMEOUT)',
    )
    silent.close()
    expect(await findProblem(url, { DATABASE_DIRECT_URL: `postgresql://127.0.0.1:${port}/app` })).toMatch(
      /^DatabaseUnreachableError: DATABASE_DIRECT_URL: /,
    )
  })

  it('is reached over a Unix socket, as Cloud SQL mounts one', async () => {
    const { port, folder } = server
    const database = url.replace(/^.*\//, '')
    for (const shape of [
      `postgresql://postgres@localhost:${port}/${database}?host=${folder}`,
      `postgresql://postgres@${encodeURIComponent(folder)}/${database}?port=${port}`,
      `postgresql:///${database}?host=${folder}&port=${port}&user=postgres&sslmode=require`,
    ])
      expect(await findProblem(shape)).toBeNull()
    expect(await findProblem('postgresql:///app?host=/nowhere')).toBe(
      'DatabaseUnreachableError: DATABASE_URL: PostgreSQL cannot be reached (nothing listens there)',
    )
  })

  it('is named with its setting if it cannot be used: the database, the user or the password is wrong', async () => {
    expect(await findProblem(`${url}x`)).toBe(
      'DatabaseSettingError: DATABASE_URL: its database does not exist',
    )
    await server.admit(
      'host all reader 127.0.0.1/32 scram-sha-256',
      'host all postgres 127.0.0.1/32 trust',
      'local all all trust',
    )
    await eventually(async () => (await findProblem(withRole('reader:wrong'))) !== null)
    for (const role of ['reader:wrong', 'reader'])
      expect(await findProblem(withRole(role))).toBe(
        'DatabaseSettingError: DATABASE_URL: PostgreSQL rejects its user or password',
      )
    expect(await findProblem(withRole('nobody'))).toMatch(
      /^DatabaseSettingError: DATABASE_URL: PostgreSQL accepts/,
    )
    expect(await findProblem(withRole('reader:right'))).toBeNull()
    const pooler = await startPgBouncer(url)
    expect(await findProblem(pooler.through(withRole('nobody')))).toMatch(
      /^DatabaseSettingError: DATABASE_URL: /,
    )
    await pooler.stop()
  })
})

describeWith(['postgresql'], 'a role without the right to create tables', () => {
  let server: PostgresServer
  let owner: string
  let reader: string
  beforeAll(async () => {
    server = await startPostgres()
    owner = await server.createDatabase()
    await query(owner, 'CREATE ROLE reader LOGIN')
    reader = owner.replace('postgres@', 'reader@')
  })
  afterAll(() => server.stop())

  it('is refused while migrations are pending, with the command that another role must run', async () => {
    expect((await migrationStatus({ url: reader, now: Date.now })).applied).toEqual([])
    await expect(migrate({ url: reader, now: Date.now })).rejects.toMatchObject({
      name: 'DatabaseSettingError',
      message: expect.stringContaining('run gateway migrate with a role that may create tables') as string,
    })
  })

  it('serves a database that another role has migrated', async () => {
    await migrate({ url: owner, now: Date.now })
    await query(owner, 'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO reader')
    expect(await migrate({ url: reader, now: Date.now })).toEqual([])
    const gateway = await startGateway(alone, { DATABASE_URL: reader })
    const { accessToken } = await gateway.signUp()
    expect((await gateway.send(MeDocument, {}, { token: accessToken })).code).toBeUndefined()
    expect((await gateway.app.http.app.inject('/readyz')).statusCode).toBe(200)
    await gateway.close()
  })
})
