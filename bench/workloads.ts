import { postTo } from '../test/support/servers/gateway-process.ts'
import { runCallers, type Caller } from './callers.ts'
import { buildRequest, ME, REFRESH } from './requests.ts'
import { USERS, type Server } from './servers.ts'

/** The tokens of a session. */
export interface SessionTokens {
  readonly accessToken: string
  readonly refreshToken: string
}

const REQUEST_CODE =
  'mutation ($email: String!) { requestOtp(input: { email: $email, purpose: LOGIN }) { challengeId otpCode } }'
const SIGN_IN =
  'mutation ($id: ID!, $code: String!) { verifyOtp(input: { challengeId: $id, code: $code, purpose: LOGIN }) { ... on AuthPayload { accessToken refreshToken } } }'

/** Sign-ins at a time. */
const CONCURRENT_SIGN_INS = 8

/** A new session of each user. Throws if a sign-in fails. */
export async function signInUsers(server: Server): Promise<SessionTokens[]> {
  const sessions: SessionTokens[] = []
  while (sessions.length < USERS) {
    const batch = Array.from({ length: CONCURRENT_SIGN_INS }, (_, index) => sessions.length + index)
    sessions.push(...(await Promise.all(batch.map((user) => signIn(server, user)))))
  }
  return sessions
}

async function signIn({ address }: Server, user: number): Promise<SessionTokens> {
  const requested = await postTo(address, REQUEST_CODE, { email: `person${user}@example.com` })
  const { challengeId: id, otpCode: code } = requested.data?.['requestOtp'] ?? {}
  const { data } = await postTo(address, SIGN_IN, { id, code })
  const { accessToken, refreshToken } = data?.['verifyOtp'] ?? {}
  if (typeof accessToken !== 'string' || typeof refreshToken !== 'string')
    throw new Error(`sign-in failed: ${JSON.stringify(requested.errors ?? data)}`)
  return { accessToken, refreshToken }
}

/** Each caller repeats one request of its own. */
export function repeatRequests(requests: readonly Buffer[]): Caller[] {
  return requests.map((request) => () => request)
}

/** Each caller repeats one query with a token of its own. */
export function repeatQuery(query: string, tokens: readonly string[]): Caller[] {
  return repeatRequests(tokens.map((token) => buildRequest(query, token)))
}

/** Each caller refreshes its session again and again. `onToken` gets each new access token. */
export function chainRefreshes(
  sessions: readonly SessionTokens[],
  onToken?: (caller: number, accessToken: string) => void,
): Caller[] {
  return sessions.map(({ refreshToken }, caller) => {
    let current = refreshToken
    return (last) => {
      if (last !== null) {
        current = /"refreshToken":"([^"]+)"/.exec(last)?.[1] ?? ''
        onToken?.(caller, /"accessToken":"([^"]+)"/.exec(last)?.[1] ?? '')
      }
      return buildRequest(REFRESH, null, { token: current })
    }
  })
}

/** New access tokens for each caller, by some refreshes of its session. */
export async function refreshTokens(
  server: Server,
  sessions: readonly SessionTokens[],
  each: number,
): Promise<string[][]> {
  const tokens = sessions.map((): string[] => [])
  const chains = chainRefreshes(sessions, (caller, token) => tokens[caller]?.push(token))
  const limited = chains.map((next): Caller => {
    let left = each + 1
    return (last) => {
      left -= 1
      // The last response is read, too.
      const request = next(last)
      return left > 0 ? request : null
    }
  })
  await runCallers(server, limited)
  return tokens
}

/** Each caller sends one `me` with each of its tokens. */
export function useTokensOnce(tokens: readonly (readonly string[])[]): Caller[] {
  return tokens.map((own) => {
    const requests = own.map((token) => buildRequest(ME, token))
    return () => requests.shift() ?? null
  })
}
