import { setTimeout as sleep } from 'node:timers/promises'
import { print } from 'graphql'
import { createClient, type Client } from 'graphql-ws'
import { afterEach, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { describeOnEveryBackend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import {
  LogoutDocument,
  RefreshDocument,
  RevokeSessionDocument,
  SessionEventsDocument,
  type SessionEventsSubscription,
} from '../generated/graphql.ts'
import { eventually } from '../support/servers/processes.ts'
import { signInAgain } from './session-steps.ts'

/** One tab: the events it received, and how its socket closed. */
interface Tab {
  readonly events: SessionEventsSubscription['sessionEvents'][]
  readonly errors: unknown[]
  closed: { readonly code: number; readonly reason: string } | null
  opened: boolean
  readonly client: Client
}

describeOnEveryBackend('session events', (backend) => {
  const running: TestGateway[] = []
  const tabs: Tab[] = []
  afterEach(async () => {
    for (const { client } of tabs.splice(0)) await client.dispose()
    for (const gateway of running.splice(0).reverse()) await gateway.close()
  })

  async function start(settings: Record<string, string> = {}): Promise<TestGateway> {
    const gateway = await startGateway(backend, { RATE_LIMIT_SCALE: '1000', ...settings })
    running.push(gateway)
    await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
    return gateway
  }

  /** The address of a socket of a gateway. */
  function readAddress({ app }: TestGateway): string {
    const address = app.http.app.server.address()
    return `ws://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/graphql`
  }

  function openTab(gateway: TestGateway, token: unknown, headers: Record<string, string> = {}): Tab {
    class Socket extends WebSocket {
      constructor(url: string, protocols: string) {
        super(url, protocols, { headers })
      }
    }
    const tab: Tab = {
      events: [],
      errors: [],
      closed: null,
      opened: false,
      client: createClient({
        url: readAddress(gateway),
        webSocketImpl: Socket,
        connectionParams: { authorization: token },
        retryAttempts: 0,
        lazy: false,
        onNonLazyError: () => undefined,
        on: {
          connected: () => void (tab.opened = true),
          closed: (event) => void (tab.closed = event as { code: number; reason: string }),
        },
      }),
    }
    tab.client.subscribe<SessionEventsSubscription>(
      { query: print(SessionEventsDocument) },
      {
        next: ({ data, errors = [] }) => {
          if (data) tab.events.push(data.sessionEvents)
          tab.errors.push(...errors)
        },
        error: (error) => tab.errors.push(error),
        complete: () => undefined,
      },
    )
    tabs.push(tab)
    return tab
  }

  const opened = (tab: Tab) => eventually(async () => tab.opened, 5000)
  const closing = (tab: Tab) => eventually(async () => tab.closed ?? false, 5000)
  const readCloseCode = ({ closed }: Tab) => closed && [closed.code, closed.reason]

  it('notify every tab on every node when its session ends, and close its socket (SR-115)', async () => {
    const gateway = await start()
    const other = backend.store === 'memory' ? gateway : await gateway.sibling()
    if (other !== gateway) await other.app.http.app.listen({ port: 0, host: '127.0.0.1' })
    const first = await gateway.signUp()
    const bystander = await signInAgain(gateway, first.email)
    const mine = [gateway, other, gateway].map((node) => openTab(node, `Bearer ${first.accessToken}`))
    const theirs = openTab(other, `Bearer ${bystander.accessToken}`)
    await Promise.all([...mine, theirs].map(opened))
    await sleep(100)
    await gateway.ask(LogoutDocument, {}, first.accessToken)
    await Promise.all(mine.map(closing))
    for (const tab of mine) {
      expect(tab.events).toEqual([{ kind: 'ENDED', sessionId: first.session.id, reason: 'LOGOUT' }])
      expect(readCloseCode(tab)).toEqual([4401, 'SESSION_ENDED'])
    }
    expect([theirs.events, theirs.closed]).toEqual([[], null])
    if (other !== gateway) await other.app.close()
  })

  it('contain the reason: another session ended it, or a refresh token was reused (SR-115)', async () => {
    const gateway = await start()
    const first = await gateway.signUp()
    const second = await signInAgain(gateway, first.email)
    const revoked = openTab(gateway, `Bearer ${second.accessToken}`)
    await opened(revoked)
    await gateway.ask(RevokeSessionDocument, { id: second.session.id }, first.accessToken)
    await closing(revoked)
    expect(revoked.events[0]?.reason).toBe('REVOKED')
    const stolen = openTab(gateway, `Bearer ${first.accessToken}`)
    await opened(stolen)
    const { refresh } = await gateway.ask(RefreshDocument, { refreshToken: first.refreshToken ?? null })
    await gateway.ask(RefreshDocument, { refreshToken: refresh.refreshToken ?? null })
    await gateway.send(RefreshDocument, { refreshToken: first.refreshToken ?? null })
    await closing(stolen)
    expect(stolen.events[0]?.reason).toBe('REUSED')
  })

  it('report that the token of the socket has expired although the session is active (SR-115)', async () => {
    const gateway = await start({ ACCESS_TOKEN_MINUTES: '1', JWT_LEEWAY_SECONDS: '0' })
    const first = await gateway.signUp()
    gateway.passTime(58_000)
    const tab = openTab(gateway, `Bearer ${first.accessToken}`)
    await closing(tab)
    expect(tab.events).toEqual([{ kind: 'TOKEN_EXPIRED', sessionId: first.session.id, reason: null }])
    expect(readCloseCode(tab)).toEqual([4403, 'TOKEN_EXPIRED'])
    const late = openTab(gateway, `Bearer ${first.accessToken}`)
    await closing(late)
    expect([readCloseCode(late), late.opened]).toEqual([[4403, 'TOKEN_EXPIRED'], false])
  })

  it('require a sign-in: a missing, false or malformed token, or one of an ended session, opens nothing (SR-115)', async () => {
    const gateway = await start()
    const ended = await gateway.signUp()
    await gateway.ask(LogoutDocument, {}, ended.accessToken)
    for (const token of [
      undefined,
      'nonsense',
      'Bearer nonsense',
      7,
      `Bearer ${ended.accessToken}`,
      ended.accessToken,
    ]) {
      const tab = openTab(gateway, token)
      await closing(tab)
      expect([readCloseCode(tab), tab.opened, tab.events]).toEqual([[4401, 'UNAUTHENTICATED'], false, []])
    }
  })

  it('are available to configured pages and to programs, and to no other page (SR-115)', async () => {
    const gateway = await start({ CORS_ORIGINS: 'https://app.example.com' })
    const { accessToken } = await gateway.signUp()
    const page = openTab(gateway, `Bearer ${accessToken}`, { origin: 'https://app.example.com' })
    await opened(page)
    for (const origin of ['https://evil.example', 'null', 'https://app.example.com.evil.example']) {
      const foreign = openTab(gateway, `Bearer ${accessToken}`, { origin })
      await eventually(async () => foreign.errors.length > 0, 5000)
      expect([foreign.opened, foreign.events]).toEqual([false, []])
    }
  })

  it('close a socket that does not authenticate within three seconds (SR-115)', async () => {
    const gateway = await start()
    const socket = new WebSocket(readAddress(gateway), 'graphql-transport-ws')
    const code = await new Promise((done) => socket.on('close', done))
    expect(code).toBe(4408)
  })

  it('are all that a socket offers: no query, mutation, long document or other path (SR-115)', async () => {
    const gateway = await start()
    const { accessToken } = await gateway.signUp()
    const tab = openTab(gateway, `Bearer ${accessToken}`)
    await opened(tab)
    const ask = (query: string) =>
      new Promise<unknown>((done) =>
        tab.client.subscribe({ query }, { next: done, error: done, complete: () => done('complete') }),
      )
    for (const query of [
      '{ me { id } }',
      'mutation { logout { messageKey } }',
      'subscription {',
      'subscription { no }',
    ])
      expect(JSON.stringify(await ask(query))).toMatch(/BAD_REQUEST|GRAPHQL_(PARSE|VALIDATION)_FAILED/)
    const elsewhere = new WebSocket(
      readAddress(gateway).replace('/graphql', '/other'),
      'graphql-transport-ws',
    )
    const status = await new Promise((done) => elsewhere.on('error', (error) => done(error.message)))
    expect(status).toContain('404')
    expect(tab.closed).toBeNull()
  })

  it('are rejected over plain HTTP with a well-formed response', async () => {
    const gateway = await start()
    const { accessToken } = await gateway.signUp()
    const answer = await gateway.send(SessionEventsDocument, {}, { token: accessToken })
    expect([answer.status, answer.code]).toEqual([400, 'BAD_REQUEST'])
  })

  it('do not keep the server from stopping', async () => {
    const gateway = await start()
    const { accessToken } = await gateway.signUp()
    const tab = openTab(gateway, `Bearer ${accessToken}`)
    await opened(tab)
    await gateway.app.close()
    expect((await closing(tab)).code).toBe(1001)
  })
})
