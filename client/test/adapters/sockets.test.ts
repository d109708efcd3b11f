import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from 'graphql-ws'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createAuthSocketOptions } from '../../src/adapters/graphql-ws.ts'
import { authError, createSocketWatch, type AuthClient } from '../../src/index.ts'
import { siteSteps } from '../support/site-steps.ts'
import { TOKEN_MS } from '../support/site.ts'

const EVENTS = 'subscription { sessionEvents { kind sessionId reason } }'

describe('sockets of the client', () => {
  const { site, ...steps } = siteSteps()
  const stops: (() => unknown)[] = []
  afterEach(() => stops.splice(0).forEach((stop) => void stop()))

  const openSignedIn = (settings: Parameters<typeof steps.openDevice>[0] = {}) =>
    steps.openSignedIn({ random: () => 0, ...settings })

  /** Subscribes with graphql-ws; collects what arrives. */
  function subscribe(auth: AuthClient) {
    const kinds: string[] = []
    let tokens = 0
    let sockets = 0
    const url = `${site.address.replace('http', 'ws')}/graphql`
    const options = createAuthSocketOptions(auth)
    const connectionParams = async () => {
      tokens += 1
      return options.connectionParams()
    }
    const client = createClient({ url, webSocketImpl: WebSocket, ...options, connectionParams })
    client.on('connected', () => void (sockets += 1))
    stops.push(() => client.dispose())
    const ended = new Promise<unknown>((resolve) => {
      client.subscribe<{ sessionEvents: { kind: string } }>(
        { query: EVENTS },
        {
          next: ({ data }) => void kinds.push(String(data?.sessionEvents.kind)),
          error: resolve,
          complete: () => resolve(null),
        },
      )
    })
    return { kinds, ended, countTokens: () => tokens, countSockets: () => sockets }
  }

  it('resume a subscription with a fresh token when the first has expired', async () => {
    const { auth } = await openSignedIn()
    const { kinds, ended, countSockets } = subscribe(auth)
    await expect.poll(countSockets).toBe(1)
    // The subscription is sent right after the socket has opened.
    await sleep(200)
    const before = site.proxy.count('refresh')
    // The clock of the device does not notice: only the close code says that the token has expired.
    site.gateway.passTime(2 * TOKEN_MS)
    await expect.poll(countSockets, { timeout: 20_000 }).toBeGreaterThan(1)
    await expect.poll(() => site.proxy.count('refresh')).toBe(before + 1)
    expect(kinds).toEqual(['TOKEN_EXPIRED'])
    await sleep(200)
    await auth.logout()
    await ended
    expect(kinds.at(-1)).toBe('ENDED')
  })

  it('do not resume a subscription for another account', async () => {
    const { auth } = await openSignedIn()
    const second = await site.addAccount()
    const { ended, countTokens } = subscribe(auth)
    await expect.poll(countTokens).toBe(1)
    await auth.login(second.credentials)
    const error = await ended
    expect(['UNAUTHENTICATED', 'SESSION_CHANGED', undefined]).toContain(authError(error)?.code)
  })

  it('report the end of a session to every tab at once, with its reason', async () => {
    const watch = createSocketWatch({ WebSocket: WebSocket as unknown as typeof globalThis.WebSocket })
    const { device, auth, elsewhere } = await openSignedIn({ watch })
    const other = device.openTab()
    await other.ready
    await sleep(500)
    const before = site.proxy.count('refresh')
    await site.gateway.sendText(
      'mutation { revokeOtherSessions { revokedSessions } }',
      {},
      { token: elsewhere },
    )
    for (const tab of [auth, other])
      await expect.poll(() => tab.getState()).toEqual({ status: 'signed-out', reason: 'REVOKED' })
    expect(device.signedOut).toEqual(['REVOKED', 'REVOKED'])
    expect(site.proxy.count('refresh')).toBe(before)
  })

  it('ask the gateway when the session ended before a socket was watching', async () => {
    const watch = createSocketWatch({ WebSocket: WebSocket as unknown as typeof globalThis.WebSocket })
    const { device, auth, elsewhere } = await openSignedIn()
    await site.gateway.sendText(
      'mutation { revokeOtherSessions { revokedSessions } }',
      {},
      { token: elsewhere },
    )
    device.openTab({ watch })
    await expect.poll(() => auth.getState()).toEqual({ status: 'signed-out', reason: 'ENDED' })
  })

  it('watch the next session, and end nothing when a token expires or the gateway restarts', async () => {
    const sockets: WebSocket[] = []
    class CountedSocket extends WebSocket {
      constructor(url: string, protocol: string) {
        super(url, protocol)
        sockets.push(this)
      }
    }
    const watch = createSocketWatch({
      WebSocket: CountedSocket as unknown as typeof globalThis.WebSocket,
      random: () => 0,
    })
    const { device, auth } = await openSignedIn({ watch })
    await expect.poll(() => sockets[0]?.readyState).toBe(WebSocket.OPEN)
    sockets[0]?.terminate()
    await expect.poll(() => sockets.length).toBe(2)
    await auth.refresh()
    await expect.poll(() => sockets.length).toBe(3)
    expect(device.signedOut).toEqual([])
    await auth.logout()
    await expect.poll(() => sockets.filter(({ readyState }) => readyState < WebSocket.CLOSING)).toEqual([])
    expect(device.signedOut).toEqual(['LOGOUT'])
  })
})
