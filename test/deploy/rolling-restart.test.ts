import { randomBytes } from 'node:crypto'
import { Agent } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import {
  freshPooledDatabase,
  freshRedis,
  readRows,
  removeFolder,
  temporaryFolder,
} from '../support/backends.ts'
import { createAuthority } from '../support/certificate-authority.ts'
import { sendSecurely } from '../support/secure-request.ts'
import { describeWith } from '../support/servers/binaries.ts'
import { startGatewayProcess, type GatewayProcess } from '../support/servers/gateway-process.ts'
import { NGINX_HOST, startNginx, type NginxServer } from '../support/servers/nginx.ts'
import { eventually, freePort } from '../support/servers/processes.ts'
import { createTraffic, type Send } from './traffic.ts'

/** Successful rounds of each kind of traffic before the next step. */
const ROUNDS = 10

describeWith(
  ['nginx', 'postgresql', 'pgbouncer', 'redis'],
  'two nodes behind deploy/nginx, on PgBouncer and Redis',
  () => {
    let folder: string
    let ca: string
    let nginx: NginxServer
    let ports: readonly [number, number]
    let databaseUrl: string
    let environment: Readonly<Record<string, string>>
    const nodes: [GatewayProcess | null, GatewayProcess | null] = [null, null]
    const agent = new Agent({ keepAlive: true })

    beforeAll(async () => {
      folder = temporaryFolder()
      const authority = createAuthority(folder, 'authority')
      ca = authority.cert
      ports = [await freePort(), await freePort()]
      databaseUrl = await freshPooledDatabase()
      environment = {
        DATABASE_URL: databaseUrl,
        REDIS_URL: await freshRedis(),
        GATEWAY_SECRET: randomBytes(32).toString('base64'),
        PUBLIC_URL: `https://${NGINX_HOST}`,
        INSTANCES: '2',
        TRUST_PROXY: '1',
        REQUIRE_HTTPS: 'on',
        SHUTDOWN_DRAIN_SECONDS: '2',
        RATE_LIMIT_SCALE: '100000',
        DATA_DIR: folder,
        // A slow machine must not look like a lost node.
        ...{ DATABASE_STATEMENT_TIMEOUT: '10000', DATABASE_CONNECT_TIMEOUT: '10000', REQUEST_SECONDS: '30' },
        MAX_LOOP_PERCENT: '100',
      }
      nginx = await startNginx({ nodes: ports, certificate: authority.issue(NGINX_HOST), rate: 100_000 })
      await Promise.all([startNode(0), startNode(1)])
    }, 120_000)
    afterAll(async () => {
      agent.destroy()
      for (const node of nodes) await node?.stop('SIGKILL')
      await nginx.stop()
      removeFolder(folder)
    })

    async function startNode(index: 0 | 1): Promise<void> {
      nodes[index] = await startGatewayProcess({ ...environment, PORT: String(ports[index]) })
    }

    const send: Send = async (query, variables, token) => {
      const { status, body } = await sendSecurely({
        ...{ port: nginx.port, ca, agent },
        headers: {
          'content-type': 'application/json',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({ query, variables }),
      })
      return { status, ...(JSON.parse(body) as object) }
    }

    /** Waits until nginx sends requests to a node. */
    async function waitForTraffic(index: 0 | 1): Promise<void> {
      await eventually(async () => nodes[index]?.output().includes('http.request_completed') ?? false, 60_000)
    }

    it('lose no acknowledged write and cause no error that one retry does not cure, when one is killed and the other is restarted (SR-164, SR-230)', async () => {
      const traffic = await createTraffic(send)
      const socket = watchSession(`wss://${NGINX_HOST}:${nginx.port}/graphql`, ca, traffic.accessToken())
      await eventually(async () => socket.connections() === 1)

      await traffic.pass(ROUNDS)
      await Promise.all([waitForTraffic(0), waitForTraffic(1)])

      // A node is killed in the middle of requests, and comes back.
      await nodes[0]?.stop('SIGKILL')
      await traffic.pass(ROUNDS)
      await startNode(0)
      await waitForTraffic(0)
      await traffic.pass(ROUNDS)

      // A rollout: the other node drains, ends and is replaced.
      const status = await nodes[1]?.stop('SIGTERM')
      expect(status).toBe(0)
      await traffic.pass(ROUNDS)
      await startNode(1)
      await waitForTraffic(1)
      await traffic.pass(ROUNDS)

      const { failures, retried, acknowledged } = await traffic.stop()
      console.log(`${acknowledged.length} acknowledged writes, ${retried} requests repeated once`)
      expect(failures).toEqual([])
      expect(acknowledged.length).toBeGreaterThanOrEqual(5 * ROUNDS)
      const rows = await readRows<{ title: string }>(databaseUrl, 'SELECT title FROM posts')
      expect(rows.map(({ title }) => title)).toEqual([acknowledged.at(-1)])

      // The node of the socket has ended in between: the client has come back, and still gets events.
      await eventually(async () => socket.connections() >= 2)
      await send('mutation { logout { __typename } }', {}, traffic.accessToken())
      await eventually(async () => socket.events().includes('ENDED'))
      await socket.close()
    }, 180_000)
  },
)

/** Follows the events of a session, over one socket after the other. */
function watchSession(url: string, ca: string, accessToken: string) {
  const events: string[] = []
  let connections = 0
  class TrustingSocket extends WebSocket {
    constructor(address: string, protocols: string) {
      super(address, protocols, {
        ca,
        lookup: (_host, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]),
      })
    }
  }
  const client = createClient({
    url,
    webSocketImpl: TrustingSocket,
    retryAttempts: 1000,
    retryWait: () => sleep(50),
    shouldRetry: () => true,
    connectionParams: { authorization: `Bearer ${accessToken}` },
    on: { connected: () => void (connections += 1) },
  })
  client.subscribe<{ sessionEvents: { kind: string } }>(
    { query: 'subscription { sessionEvents { kind } }' },
    {
      next: ({ data }) => void (data && events.push(data.sessionEvents.kind)),
      error: (error) => void events.push(`error: ${String(error)}`),
      complete: () => undefined,
    },
  )
  return {
    connections: () => connections,
    events: () => events,
    close: async () => void (await client.dispose()),
  }
}
