import { createClient } from 'graphql-sse'
import { afterEach, describe, expect, it } from 'vitest'
import { createAuthEventOptions } from '../../src/adapters/graphql-sse.ts'
import { createDevice, type Device } from '../support/device.ts'

const URL = 'https://auth.example.com/graphql'

/** A sign-in and refreshes of a gateway whose tokens name the account and count. */
function createTokenResponses() {
  let number = 0
  return (userId: string, field: string): Response => {
    number += 1
    const session = { session: { id: userId }, user: { id: userId } }
    const tokens = { accessToken: `${userId}-${number}`, refreshToken: 'next', expiresIn: 900 }
    return Response.json({ data: { [field]: { __typename: 'AuthPayload', ...tokens, ...session } } })
  }
}

/** A stream that ends a moment after its events, as over a network. */
function toStream(...events: string[]): Response {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(events.map((event) => `${event}\n\n`).join('')))
      setTimeout(() => controller.close(), 50)
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
}
const NEXT = 'event: next\ndata: {"data":{"sessionEvents":{"kind":"TOKEN_EXPIRED"}}}'
const COMPLETE = 'event: complete\ndata: '

const findField = (init: RequestInit | undefined): string => {
  const text = typeof init?.body === 'string' ? init.body : ''
  return /login|refresh|logout/.exec(text)?.[0] ?? ''
}

describe('server-sent events of the client', () => {
  let device: Device
  afterEach(() => device.closeTabs())

  async function openSubscription(respond: (number: number) => Promise<Response>) {
    const createResponse = createTokenResponses()
    let userId = 'first'
    device = createDevice(URL, {
      random: () => 0,
      fetch: async (_, init) => createResponse(userId, findField(init)),
    })
    const auth = device.openTab()
    const signIn = async (id: string) => {
      userId = id
      await auth.login({ email: 'ada@example.com', password: 'x' })
    }
    await signIn('first')
    const tokens: (string | null)[] = []
    const fetch: typeof globalThis.fetch = async (_, init) => {
      tokens.push(new Headers(init?.headers).get('authorization'))
      return respond(tokens.length)
    }
    const client = createClient({
      url: URL,
      retryAttempts: 1,
      retry: async () => undefined,
      ...createAuthEventOptions(auth, { fetch }),
    })
    const ended = new Promise<unknown>((resolve) => {
      const sink = { next: () => undefined, error: resolve, complete: () => resolve(null) }
      client.subscribe({ query: 'subscription { sessionEvents { kind } }' }, sink)
    })
    return { auth, signIn, tokens, ended }
  }

  it('resume with a fresh token after the stream of an expired one has ended', async () => {
    const { tokens, ended } = await openSubscription(async (number) => {
      if (number > 1) return toStream(NEXT, COMPLETE)
      device.sleep(900_000)
      return toStream(NEXT)
    })
    expect(await ended).toBeNull()
    expect(tokens).toEqual(['Bearer first-1', 'Bearer first-2'])
  })

  it('do not resume for another account', async () => {
    let signInSecond = (): Promise<void> => Promise.resolve()
    const { signIn, tokens, ended } = await openSubscription(async () => {
      await signInSecond()
      return toStream(NEXT)
    })
    signInSecond = () => signIn('second')
    expect(await ended).toBeInstanceOf(Error)
    expect(tokens).toEqual(['Bearer first-1'])
  })
})
