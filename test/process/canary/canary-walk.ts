import { expect } from 'vitest'
import { walkApiKeys } from './canary-api-keys.ts'
import { changeAndUndo } from './canary-changes.ts'
import { confirmContacts } from './canary-contacts.ts'
import type { Searched } from './canary-search.ts'
import { walkSecondFactor, type FactorCanaries } from './canary-factor-walk.ts'
import type { TestGateway } from '../../support/gateway.ts'
import { changePasswords } from './canary-passwords.ts'
import { eventually } from '../../support/servers/processes.ts'

export const PASSWORDS = {
  right: 'canary-right-password-8231',
  wrong: 'canary-wrong-password-8232',
  short: 'cnry8233',
  lost: 'canary-lost-password-8234',
  literal: 'canary-literal-password-8235',
  mistyped: 'canary-mistyped-password-8236',
  changed: 'canary-changed-password-8242',
  reset: 'canary-reset-password-8243',
}
export const LOCAL = 'canary.mailbox.8237'
const EMAIL = `${LOCAL}@example.com`
export const OTHER_LOCAL = 'canary.stranger.8238'
export const NAME = 'Canary Fullname 8239'
export const SERVICE_SECRET = 'canary-service-secret-8240-of-forty-three-c'
const FORGED = 'canary-forged-token-8241'

type Outcome = 'ok' | 'refused'

/** The tokens of a response. */
export interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
  readonly session: { readonly id: string }
}

/** The canaries that went through a gateway, and its responses. */
export interface Walk {
  /** Responses that must not contain a canary. */
  readonly errors: readonly Searched[]
  readonly codes: ReadonlySet<string>
  readonly tokens: ReadonlySet<string>
  readonly factors: FactorCanaries
  /** The outcomes of each mutation. */
  readonly seen: ReadonlyMap<string, ReadonlySet<Outcome>>
}

/** Calls every mutation with canaries, with and without success. The gateway must not expose codes. */
export async function walkWithCanaries(gateway: TestGateway): Promise<Walk> {
  const errors: Searched[] = []
  const codes = new Set<string>()
  const tokens = new Set<string>([FORGED])
  const seen = new Map<string, Set<Outcome>>()

  /** Sends a mutation, and collects its response if it is an error. */
  async function send(text: string, variables: Record<string, unknown> = {}, token?: string) {
    const response = await gateway.sendText(text, variables, { token })
    const [, field = ''] = /\{ *(\w+)/.exec(text) ?? []
    const outcomes = seen.get(field) ?? new Set()
    seen.set(field, outcomes.add(response.errors.length > 0 ? 'refused' : 'ok'))
    if (response.errors.length > 0) errors.push({ place: `the refusal of ${field}`, text: response.text })
    return response
  }

  const register = (input: object) =>
    send('mutation ($input: RegisterInput!) { register(input: $input) { challengeId } }', { input })
  const requestOtp = (input: object) =>
    send('mutation ($input: RequestOtpInput!) { requestOtp(input: $input) { challengeId destination } }', {
      input,
    })
  const TOKENS = '... on AuthPayload { accessToken refreshToken session { id } }'
  const OR_CHALLENGE = `${TOKENS} ... on MfaChallenge { challengeId }`
  const verifyOtp = (input: object) =>
    send(`mutation ($input: VerifyOtpInput!) { verifyOtp(input: $input) { ${TOKENS} } }`, { input })
  const login = (input: unknown) =>
    send(`mutation ($input: LoginInput!) { login(input: $input) { ${OR_CHALLENGE} } }`, { input })
  const refresh = (token: string) =>
    send(`mutation ($token: String) { refresh(refreshToken: $token) { ${TOKENS} } }`, { token })

  /**
   * The tokens of a response, added to the canaries: whole tokens, and the secret part of each.
   */
  function collectTokens(response: Awaited<ReturnType<typeof send>>): Tokens {
    const [payload] = Object.values(response.data ?? {}) as Tokens[]
    if (!payload) throw new Error(response.text)
    for (const token of [payload.accessToken, payload.refreshToken])
      for (const part of [token, token.slice(token.lastIndexOf('.') + 1)]) tokens.add(part)
    return payload
  }

  /** The code of the latest message, added to the canaries. */
  async function newCode(before: number): Promise<string> {
    const messages = await eventually(async () => {
      const found = (await gateway.messagesTo(EMAIL)).filter(({ text }) => /^\d{4,10}$/m.test(text))
      return found.length > before && found
    })
    const code = /^(\d{4,10})$/m.exec(messages.at(-1)?.text ?? '')?.[1] ?? ''
    codes.add(code)
    return code
  }

  async function signIn(): Promise<Tokens> {
    return collectTokens(await login({ email: EMAIL, password: PASSWORDS.right }))
  }

  async function registerAccount(): Promise<void> {
    const person = { email: EMAIL, password: PASSWORDS.right, fullName: NAME }
    const { data } = await register(person)
    const { challengeId } = data?.['register'] as { challengeId: string }
    const code = await newCode(0)
    const wrong = code.startsWith('9') ? '1234567890' : '9876543210'
    codes.add(wrong)
    await verifyOtp({ challengeId, purpose: 'VERIFY_EMAIL', code: wrong })
    collectTokens(await verifyOtp({ challengeId, purpose: 'VERIFY_EMAIL', code }))
    await verifyOtp({ challengeId, purpose: 'VERIFY_EMAIL', code })
    await register({ ...person, email: `${LOCAL}@EXAMPLE.com`, password: PASSWORDS.wrong })
    await register({ email: `${OTHER_LOCAL}@@example.com`, password: PASSWORDS.short, fullName: '' })
  }

  async function signInByEveryMethod(): Promise<void> {
    await login({ email: EMAIL, password: PASSWORDS.wrong })
    await login({ email: `${OTHER_LOCAL}@example.com`, password: PASSWORDS.wrong })
    await login({ email: EMAIL, password: [PASSWORDS.mistyped] })
    await send(`mutation { login(input: { email: "${EMAIL}", password: "${PASSWORDS.literal}" }) { x } }`)
    await send(
      `mutation { login(input: { email: "${EMAIL}", password: ${JSON.stringify([PASSWORDS.literal])} }) {`,
    )
    await send(
      `mutation { login(input: { email: "${EMAIL}", pass: "${PASSWORDS.literal}" }) { __typename } }`,
    )
    await requestOtp({ email: EMAIL, purpose: 'LOGIN' })
    const code = await newCode(1)
    collectTokens(await verifyOtp({ email: EMAIL, purpose: 'LOGIN', code }))
    await requestOtp({ email: `${OTHER_LOCAL}@example.com`, purpose: 'LOGIN' })
    await requestOtp({ email: `${OTHER_LOCAL}@@example.com`, purpose: 'LOGIN' })
  }

  async function useTokens(): Promise<void> {
    const first = await signIn()
    collectTokens(await refresh(first.refreshToken))
    gateway.passTime(60_000)
    await refresh(first.refreshToken)
    await refresh(FORGED)
    const [mine, another] = [await signIn(), await signIn()]
    const create = 'mutation ($title: String!) { createPost(input: { title: $title, content: "x" }) { id } }'
    const { data } = await send(create, { title: 'A post' }, mine.accessToken)
    const { id } = data?.['createPost'] as { id: string }
    await send(create, { title: '' }, mine.accessToken)
    await send(create, { title: 'x' }, `${mine.accessToken}x`)
    for (const target of [id, FORGED])
      for (const change of [
        'updatePost(id: $id, input: { title: "y" }) { id }',
        'deletePost(id: $id) { postId }',
      ])
        await send(`mutation ($id: ID!) { ${change} }`, { id: target }, mine.accessToken)
    for (const session of [another.session.id, another.refreshToken])
      await send(
        'mutation ($id: ID!) { revokeSession(id: $id) { sessionId } }',
        { id: session },
        mine.accessToken,
      )
    for (const token of [mine.accessToken, FORGED])
      await send('mutation { revokeOtherSessions { revokedSessions } }', {}, token)
    for (const token of [mine.accessToken, mine.accessToken, FORGED])
      await send('mutation { logout { revokedSessions } }', {}, token)
  }

  /** Calls the endpoints for services and unknown paths, and sends a body that is not JSON. */
  async function callOtherEndpoints(): Promise<void> {
    const { accessToken, refreshToken } = await signIn()
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    const { app } = gateway.app.http
    const ask = (url: string, token: string, secret: string) =>
      app.inject({
        method: 'POST',
        url,
        headers: form,
        payload: new URLSearchParams({ token, client_id: 'orders', client_secret: secret }).toString(),
      })
    const responses = [
      await ask('/introspect', accessToken, SERVICE_SECRET),
      await ask('/introspect', refreshToken, FORGED),
      await ask('/revoke', refreshToken, SERVICE_SECRET),
      await app.inject({
        method: 'POST',
        url: '/graphql',
        headers: { 'content-type': 'application/json' },
        payload: `{"query": "${PASSWORDS.literal}`,
      }),
      await app.inject({ method: 'GET', url: `/graphql?query={me{id}}&token=${accessToken}` }),
      await app.inject({ method: 'GET', url: `/nowhere/${FORGED}` }),
      ...(await Promise.all(
        ['/metrics', '/livez', '/readyz', '/.well-known/jwks.json'].map((url) => app.inject(url)),
      )),
    ]
    for (const { body } of responses) errors.push({ place: 'another endpoint', text: body })
  }

  /** Renames tables to cause errors of the driver, which contain statements and parameters. */
  async function breakDatabase(): Promise<void> {
    const { accessToken, refreshToken } = await signIn()
    await requestOtp({ email: EMAIL, purpose: 'LOGIN' })
    const code = await newCode(3)
    for (const table of ['users', 'sessions', 'posts']) {
      await gateway.sql(`ALTER TABLE ${table} RENAME TO away`)
      const responses = [
        await register({ email: `${OTHER_LOCAL}@example.com`, password: PASSWORDS.lost, fullName: NAME }),
        await login({ email: EMAIL, password: PASSWORDS.lost }),
        await verifyOtp({ email: EMAIL, purpose: 'LOGIN', code }),
        await refresh(refreshToken),
        await send('mutation { createPost(input: { title: "x", content: "x" }) { id } }', {}, accessToken),
      ]
      await gateway.sql(`ALTER TABLE away RENAME TO ${table}`)
      expect(
        responses.some(
          ({ code: error }) => error === 'INTERNAL_SERVER_ERROR' || error === 'SERVICE_UNAVAILABLE',
        ),
      ).toBe(true)
    }
  }

  await registerAccount()
  await confirmContacts({ gateway, send, collectTokens, codes, tokens })
  await signInByEveryMethod()
  await changePasswords({
    ...{ email: EMAIL, passwords: PASSWORDS, send, requestOtp, newCode, login, collectTokens },
    remember: (token) => void tokens.add(token),
  })
  await useTokens()
  const factors = await walkSecondFactor({
    gateway,
    send,
    signIn,
    login: () => login({ email: EMAIL, password: PASSWORDS.right }),
    collectTokens,
    secrets: tokens,
  })
  await changeAndUndo({ gateway, email: EMAIL, send, signIn, codes, tokens })
  await walkApiKeys({ gateway, send, signIn, remember: (secret) => void tokens.add(secret) })
  await callOtherEndpoints()
  await breakDatabase()
  return { errors, codes, tokens, factors, seen }
}
