import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { migrate } from '../../src/adapters/database/migrations.ts'
import { CreatePostDocument, MeDocument, RefreshDocument } from '../generated/graphql.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { describeWith } from '../support/servers/binaries.ts'
import { startPgBouncer } from '../support/servers/pgbouncer.ts'
import { query, startPostgres } from '../support/servers/postgres.ts'
import { eventually } from '../support/servers/processes.ts'

const alone = BACKENDS.find(({ name }) => name === 'PostgreSQL alone') as Backend
/** A pooler that has failed to connect waits 15 s by default. */
const RETRY = ['server_login_retry = 1']
/** How a gateway finds the new primary. */
const WAYS = ['several hosts in the URL', 'a pooler that is pointed to it'] as const

describeWith(['postgresql', 'pgbouncer'], 'a fail-over of PostgreSQL (SR-275)', () => {
  it.each(WAYS)('loses nothing that was acknowledged and needs no restart: %s', async (way) => {
    const primary = await startPostgres()
    const url = await primary.createDatabase()
    await migrate({ url, now: Date.now })
    const standby = await startPostgres(primary)
    await primary.configure({ synchronous_standby_names: 'replica' })
    const newUrl = url.replace(`:${primary.port}`, `:${standby.port}`)
    const pooler = way === 'several hosts in the URL' ? null : await startPgBouncer(url, RETRY)
    const hosts = url.replace(
      `127.0.0.1:${primary.port}`,
      `127.0.0.1:${primary.port},127.0.0.1:${standby.port}`,
    )
    const gateway = await startGateway(alone, {
      DATABASE_URL: pooler?.through(url) ?? hosts,
      GATEWAY_SECRET: randomBytes(32).toString('base64'),
      RATE_LIMIT_SCALE: '100000',
    })
    const person = await gateway.signUp()
    const traffic = createTraffic(gateway, person)
    await eventually(async () => traffic.written.length > 20)

    await primary.crash()
    const failedAt = performance.now()
    await query(newUrl, 'SELECT pg_promote()')
    await pooler?.pointTo(newUrl)
    const before = traffic.written.length
    await eventually(async () => traffic.written.length > before + 20)
    console.log(`${way}: writes after ${Math.round(traffic.recoveredAt() - failedAt)} ms`)
    const last = await traffic.stop()

    const { rows } = await query(newUrl, 'SELECT title FROM posts')
    const stored = new Set((rows as { title: string }[]).map(({ title }) => title))
    expect(traffic.written.filter((title) => !stored.has(title))).toEqual([])
    expect(new Set(traffic.refusals)).toEqual(new Set(['SERVICE_UNAVAILABLE']))
    expect((await gateway.send(MeDocument, {}, { token: last.accessToken })).code).toBeUndefined()
    expect((await gateway.app.http.app.inject('/readyz')).statusCode).toBe(200)
    await gateway.close()
    await pooler?.stop()
    await standby.stop()
    await primary.stop()
  })
})

/** Writes posts and refreshes the session until it is stopped; remembers what was acknowledged. */
function createTraffic(gateway: TestGateway, person: { accessToken: string; refreshToken?: string | null }) {
  const written: string[] = []
  const refusals: string[] = []
  let lastRefusal = 0
  let recovered = 0
  let isRunning = true
  let session = person

  async function write(): Promise<void> {
    for (let index = 0; isRunning; index += 1) {
      const title = `post ${index} ${randomBytes(4).toString('hex')}`
      const input = { title, content: 'text', published: true }
      const { code } = await gateway.send(CreatePostDocument, { input }, { token: session.accessToken })
      if (code === undefined) {
        written.push(title)
        if (recovered < lastRefusal) recovered = performance.now()
      } else {
        refusals.push(code)
        lastRefusal = performance.now()
        await sleep(20)
      }
    }
  }
  async function refresh(): Promise<void> {
    while (isRunning) {
      const { data, code } = await gateway.send(RefreshDocument, {
        refreshToken: session.refreshToken ?? null,
      })
      if (data) session = data.refresh
      else if (code !== undefined) refusals.push(code)
      await sleep(50)
    }
  }
  const running = Promise.all([write(), write(), refresh()])
  return {
    written,
    refusals,
    recoveredAt: () => recovered,
    async stop() {
      isRunning = false
      await running
      return session
    },
  }
}
