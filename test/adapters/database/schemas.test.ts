import { afterAll, beforeAll, expect, it } from 'vitest'
import { migrate } from '../../../src/adapters/database/migrations.ts'
import { openPostgresqlPubSub } from '../../../src/adapters/pub-sub/postgresql.ts'
import { DEFAULT_POSTGRESQL } from '../../../src/config/groups/database.ts'
import { LoginDocument, MeDocument } from '../../generated/graphql.ts'
import { BACKENDS_AND_POOLER, describeOn, emptyPostgresDatabase } from '../../support/backends.ts'
import { PASSWORD, newAddress, startGateway, type TestGateway } from '../../support/gateway.ts'
import { requestShared } from '../../support/servers/request-shared.ts'
import { query } from '../../support/servers/postgres.ts'
import { eventually } from '../../support/servers/processes.ts'
import { SILENT_LOGGER } from '../../support/silent-logger.ts'

const BACKENDS = BACKENDS_AND_POOLER.filter(
  ({ database, store }) => database === 'postgresql' && store === 'database',
)

describeOn(BACKENDS, 'two applications in two schemas of one database (SR-271)', (backend) => {
  let url: string
  let gateways: readonly TestGateway[]
  beforeAll(async () => {
    url = await emptyPostgresDatabase()
    const pooler = backend.isPooled ? await requestShared('pgbouncer') : null
    const base = pooler === null ? url : url.replace(/^.*\//, `${pooler}/`)
    const urls = [`${base}?schema=one`, `${base}?options=-c%20search_path%3Dtwo`]
    gateways = await Promise.all(
      urls.map(async (schemaUrl) => {
        await migrate({ url: schemaUrl, now: Date.now })
        return startGateway(backend, { DATABASE_URL: schemaUrl })
      }),
    )
  })
  afterAll(() => Promise.all(gateways.map((gateway) => gateway.close())))

  it('have their own tables, and nothing in public', async () => {
    const { rows } = await query(
      url,
      `SELECT schemaname AS schema, count(*)::int AS tables FROM pg_tables WHERE schemaname IN ('one', 'two', 'public') GROUP BY 1 ORDER BY 1`,
    )
    const [first] = rows as { tables: number }[]
    expect(rows).toEqual([
      { schema: 'one', tables: first?.tables },
      { schema: 'two', tables: first?.tables },
    ])
  })

  it('have accounts, sessions and codes of their own', async () => {
    const [one, two] = gateways as [TestGateway, TestGateway]
    const email = newAddress()
    const { accessToken } = await one.signUp(email)
    expect((await one.send(MeDocument, {}, { token: accessToken })).code).toBeUndefined()
    expect((await two.send(MeDocument, {}, { token: accessToken })).code).toBe('UNAUTHENTICATED')
    const input = { email, password: PASSWORD }
    expect((await two.send(LoginDocument, { input })).code).toBe('INVALID_CREDENTIALS')
    await two.signUp(email)
    expect((await two.send(LoginDocument, { input })).code).toBeUndefined()
  })

  it('do not hear the events of each other', async () => {
    const open = (schema: string) =>
      openPostgresqlPubSub({ url: `${url}?schema=${schema}`, config: DEFAULT_POSTGRESQL, log: SILENT_LOGGER })
    const [sender, near, far] = ['one', 'one', 'two'].map(open)
    const heard: string[] = []
    near?.listen('topic', () => heard.push('near'))
    far?.listen('topic', () => heard.push('far'))
    await eventually(async () => {
      sender?.send(['topic'])
      return heard.length > 3
    })
    expect(new Set(heard)).toEqual(new Set(['near']))
    for (const pubSub of [sender, near, far]) await pubSub?.close()
  })
})
