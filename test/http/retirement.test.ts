import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { createClient } from '../support/servers/worker-processes.ts'

const [smallest] = BACKENDS as readonly [Backend]

describe('a server whose connections another process takes over', () => {
  let gateway: TestGateway
  let address: string
  beforeEach(async () => {
    gateway = await startGateway(smallest, {})
    address = await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
  })
  afterEach(() => gateway.close())

  it('responds on existing connections and closes each with its response, is ready, and accepts no other', async () => {
    const clients = [0, 1].map(() => createClient(address, { keepAlive: true }))
    const [first, second] = clients
    for (const client of clients) {
      const { status, headers } = await client.send({ path: '/readyz' })
      expect([status, headers.connection]).toEqual([200, 'keep-alive'])
    }
    const begun = first?.send({ query: '{ __typename }' })
    let isRetired = false
    const retired = gateway.app.http.retire().finally(() => (isRetired = true))
    expect((await begun)?.status).toBe(200)
    expect((await createClient(address, { keepAlive: false }).send({ path: '/livez' })).failure).toContain(
      'ECONNREFUSED',
    )
    // The idle connection is not closed: a request can be under way on it.
    expect(isRetired).toBe(false)
    const last = await second?.send({ path: '/readyz' })
    expect([last?.status, last?.headers.connection]).toEqual([200, 'close'])
    await retired
    clients.forEach((client) => client.close())
  })

  it('ends WebSockets and event streams at once, so that clients resume them elsewhere', async () => {
    const { accessToken } = await gateway.signUp()
    const authorization = `Bearer ${accessToken}`
    const socket = new WebSocket(`${address.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
    await once(socket, 'open')
    const closed = once(socket, 'close')
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization } }))
    await once(socket, 'message')
    const stream = await fetch(`${address}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization },
      body: JSON.stringify({ query: 'subscription { sessionEvents { kind } }' }),
    })
    const retired = gateway.app.http.retire()
    expect((await closed)[0]).toBe(1001)
    expect(await stream.text()).not.toContain('event: complete')
    // The connection of the stream stays open until the client uses it, or the server stops.
    await gateway.app.close()
    await retired
  })
})
