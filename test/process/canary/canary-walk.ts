import { expect } from 'vitest'
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

/** The tokens of an answer. */
export interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
  readonly session: { readonly id: string }
}

/** What went through a gateway, and what came back. */
export interface Walk {
  /** Answers that no canary may be in. */
  readonly errors: readonly Searched[]
  readonly codes: ReadonlySet<string>
  readonly tokens: ReadonlySet<string>
  readonly factors: FactorCanaries
  /** How each mutation ended. */
  readonly seen: ReadonlyMap<string, ReadonlySet<Outcome>>
}

/** Sends canaries through every mutation, by success and by failure. The gateway must not expose codes. */
export async function walkWithCanaries(gateway: TestGateway): Promise<Walk> {
  const errors: Searched[] = []
  const codes = new Set<string>()
  const tokens = new Set<string>([FORGED])
  const seen = new Map<string, Set<Outcome>>()

  /** Sends a mutation, and keeps what came back that a canary must not be in. */
  async function send(text: string, variables: Record<string, unknown> = {}, token?: string) {
    const answer = await gateway.sendText(text, variables, { token })
    const [, field = ''] = /\{ *(\w+)/.exec(text) ?? []
    const outcomes = seen.get(field) ?? new Set()
    seen.set(field, outcomes.add(answer.errors.length > 0 ? 'refused' : 'ok'))
    if (answer.errors.length > 0) errors.push({ place: `the refusal of ${field}`, text: answer.text })
    return answer
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
   * The tokens of an answer, remembered as canaries: whole, and the part of each that is a secret by itself.
   */
  function tokensOf(answer: Awaited<ReturnType<typeof send>>): Tokens {
    const [payload] = Object.values(answer.data ?? {}) as Tokens[]
    if (!payload) throw new Error(answer.text)
    for (const token of [payload.accessToken, payload.refreshToken])
      for (const part of [token, token.slice(token.lastIndexOf('.') + 1)]) tokens.add(part)
    return payload
  }

  /** The code of the latest message, remembered as a canary. */
  async function newCode(before: number): Promise<string> {
    const messages = await eventually(async () => {
      const found = (await gateway.messagesTo(EMAIL)).filter(({ text }) => /code is \d/.test(text))
      return found.length > before && found
    })
    const code = /code is (\d+)/.exec(messages.at(-1)?.text ?? '')?.[1] ?? ''
    codes.add(code)
    return code
  }

  async function signIn(): Promise<Tokens> {
    return tokensOf(await login({ email: EMAIL, password: PASSWORDS.right }))
  }

  async function becomeSomebody(): Promise<void> {
    const person = { email: EMAIL, password: PASSWORDS.right, fullName: NAME }
    const { data } = await register(person)
    const { challengeId } = data?.['register'] as { challengeId: string }
    const code = await newCode(0)
    const wrong = code.startsWith('9') ? '1234567890' : '9876543210'
    codes.add(wrong)
    await verifyOtp({ challengeId, purpose: 'VERIFY_EMAIL', code: wrong })
    tokensOf(await verifyOtp({ challengeId, purpose: 'VERIFY_EMAIL', code }))
    await verifyOtp({ challengeId, purpose: 'VERIFY_EMAIL', code })
    await register({ ...person, email: `${LOCAL}@EXAMPLE.com`, password: PASSWORDS.wrong })
    await register({ email: `${OTHER_LOCAL}@@example.com`, password: PASSWORDS.short, fullName: '' })
  }

  async function signInEveryWay(): Promise<void> {
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
    tokensOf(await verifyOtp({ email: EMAIL, purpose: 'LOGIN', code }))
    await requestOtp({ email: `${OTHER_LOCAL}@example.com`, purpose: 'LOGIN' })
    await requestOtp({ email: `${OTHER_LOCAL}@@example.com`, purpose: 'LOGIN' })
  }

  async function useTokens(): Promise<void> {
    const first = await signIn()
    tokensOf(await refresh(first.refreshToken))
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

  /** The other ways in: the endpoints for services, bodies that are no JSON, and what is not there. */
  async function knockElsewhere(): Promise<void> {
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
    const answers = [
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
    for (const { body } of answers) errors.push({ place: 'another endpoint', text: body })
  }

  /** The driver's own errors carry statements and parameters: a table goes away, and everything is tried. */
  async function breakTheDatabase(): Promise<void> {
    const { accessToken, refreshToken } = await signIn()
    await requestOtp({ email: EMAIL, purpose: 'LOGIN' })
    const code = await newCode(3)
    for (const table of ['users', 'sessions', 'posts']) {
      await gateway.sql(`ALTER TABLE ${table} RENAME TO away`)
      const answers = [
        await register({ email: `${OTHER_LOCAL}@example.com`, password: PASSWORDS.lost, fullName: NAME }),
        await login({ email: EMAIL, password: PASSWORDS.lost }),
        await verifyOtp({ email: EMAIL, purpose: 'LOGIN', code }),
        await refresh(refreshToken),
        await send('mutation { createPost(input: { title: "x", content: "x" }) { id } }', {}, accessToken),
      ]
      await gateway.sql(`ALTER TABLE away RENAME TO ${table}`)
      expect(
        answers.some(
          ({ code: refusal }) => refusal === 'INTERNAL_SERVER_ERROR' || refusal === 'SERVICE_UNAVAILABLE',
        ),
      ).toBe(true)
    }
  }

  await becomeSomebody()
  await confirmContacts({ gateway, send, tokensOf, codes, tokens })
  await signInEveryWay()
  await changePasswords({
    ...{ email: EMAIL, passwords: PASSWORDS, send, requestOtp, newCode, login, tokensOf },
    remember: (token) => void tokens.add(token),
  })
  await useTokens()
  const factors = await walkSecondFactor({
    gateway,
    send,
    signIn,
    login: () => login({ email: EMAIL, password: PASSWORDS.right }),
    tokensOf,
    secrets: tokens,
  })
  await knockElsewhere()
  await breakTheDatabase()
  return { errors, codes, tokens, factors, seen }
}
