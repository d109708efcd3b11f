import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { gatewayProcesses, signUpAt } from '../support/servers/gateway-process.ts'
import { eventually } from '../support/servers/processes.ts'

describe('stopping', () => {
  const { folder, start } = gatewayProcesses()

  it('stops in order under load: readiness goes red, no request of clients that look at it is dropped, the end is clean (SR-164)', async () => {
    const gateway = await start({
      DATA_DIR: folder(),
      RATE_LIMIT_SCALE: '100000',
      LOG_LEVEL: 'info',
      SHUTDOWN_DRAIN_SECONDS: '2',
    })
    await signUpAt(gateway)
    const agent = new Agent({ keepAlive: true, maxSockets: 20 })
    const outcomes: string[] = []
    let red = false
    const client = async () => {
      while (!red) outcomes.push(await login(gateway.address, agent))
    }
    const clients = Array.from({ length: 20 }, client)
    await sleep(500)
    const before = outcomes.length
    const ended = gateway.stop('SIGTERM')
    await eventually(async () => (red = (await fetch(`${gateway.address}/readyz`)).status === 503), 2000)
    await Promise.all(clients)
    expect(await ended).toBe(0)
    agent.destroy()
    expect(outcomes.length).toBeGreaterThan(before)
    expect(outcomes.filter((outcome) => outcome !== 'answered')).toEqual([])
    expect(gateway.output()).toContain('"shutdown complete"')
    await expect(fetch(`${gateway.address}/livez`)).rejects.toThrow()
  })

  it('ends at once, and not cleanly, on a second signal (SR-164)', async () => {
    const gateway = await start({ DATA_DIR: folder(), SHUTDOWN_DRAIN_SECONDS: '1' })
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
    expect([red.status, red.headers.get('connection')]).toEqual([503, 'close'])
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
    sent.on('error', (error) => done(`cut off: ${error.message}`))
    sent.end(body)
  })
}
