import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { gatewayProcesses, signUpAt } from './servers/gateway-process.ts'

describe('stopping', () => {
  const { folder, start } = gatewayProcesses()

  it('stops in order under load: readiness goes red, nothing that was accepted is dropped, the end is clean (164)', async () => {
    const gateway = await start({ DATA_DIR: folder(), RATE_LIMIT_SCALE: '100000', LOG_LEVEL: 'info' })
    await signUpAt(gateway)
    const agent = new Agent({ keepAlive: true, maxSockets: 20 })
    const outcomes: string[] = []
    let stopped = false
    const client = async () => {
      while (!stopped) outcomes.push(await login(gateway.address, agent))
    }
    const clients = Array.from({ length: 20 }, client)
    await sleep(500)
    const ended = gateway.stop('SIGTERM')
    expect(await ended).toBe(0)
    stopped = true
    await Promise.all(clients)
    agent.destroy()
    // Requests that were under way are answered; those that come after find nobody listening. None is cut off half-way.
    expect(outcomes.filter((outcome) => outcome === 'answered').length).toBeGreaterThan(20)
    expect(outcomes.filter((outcome) => outcome !== 'answered' && outcome !== 'refused')).toEqual([])
    expect(gateway.output()).toContain('"stopped"')
  })

  it('ends at once, and not cleanly, on a second signal (164)', async () => {
    const gateway = await start({ DATA_DIR: folder() })
    const agent = new Agent({ keepAlive: true })
    // A request whose body never comes keeps the server from stopping in order.
    const hanging = request(`${gateway.address}/graphql`, {
      method: 'POST',
      agent,
      headers: { 'content-type': 'application/json', 'content-length': '100' },
    })
    hanging.on('error', () => undefined)
    hanging.write('{')
    await sleep(200)
    gateway.child.kill('SIGTERM')
    await sleep(200)
    const red = await fetch(`${gateway.address}/readyz`)
      .then((response) => response.status)
      .catch(() => 'refused')
    expect([503, 'refused']).toContain(red)
    expect(await gateway.stop('SIGTERM')).toBe(1)
    agent.destroy()
  })
})

/** One login over a socket: what became of it. */
function login(address: string, agent: Agent): Promise<string> {
  const body = JSON.stringify({
    query:
      'mutation { login(input: { email: "ada@example.com", password: "a quiet harbour at dawn" }) { __typename } }',
  })
  return new Promise((done) => {
    const sent = request(
      `${address}/graphql`,
      {
        method: 'POST',
        agent,
        headers: { 'content-type': 'application/json', 'content-length': String(body.length) },
      },
      (response) => {
        let text = ''
        response.on('data', (chunk: Buffer) => (text += chunk.toString()))
        response.on('end', () =>
          done(text.includes('AuthPayload') ? 'answered' : `answered otherwise: ${text}`),
        )
        response.on('error', (error) => done(`cut off: ${error.message}`))
      },
    )
    // A kept connection that the server closed while it was idle is no request of the server's.
    sent.on('error', (error) => {
      const refused = sent.reusedSocket || ('code' in error && error.code === 'ECONNREFUSED')
      done(refused ? 'refused' : `cut off: ${error.message}`)
    })
    sent.end(body)
  })
}
