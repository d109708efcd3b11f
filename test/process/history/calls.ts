import { postTo } from '../../support/servers/gateway-process.ts'
import type { Node } from './nodes.ts'
import type { Call, Issued, Operation, Origin, Outcome } from './record.ts'

/** The credentials of a call: an access token, or an address and a password. */
export interface Presented {
  readonly accessToken?: string
  readonly email?: string
  readonly password?: string
}

const TOKENS = 'accessToken refreshToken'
const DOCUMENTS: Readonly<Record<Operation['name'], string>> = {
  login: `mutation ($email: String!, $password: String!) { login(input: { email: $email, password: $password }) { ... on AuthPayload { ${TOKENS} } } }`,
  refresh: `mutation ($presented: String!) { refresh(refreshToken: $presented) { ${TOKENS} } }`,
  logout: 'mutation { logout { revokedSessions } }',
  logoutEverywhere: 'mutation { logout(everywhere: true) { revokedSessions } }',
  revokeSession: 'mutation ($target: ID!) { revokeSession(id: $target) { sessionId } }',
  revokeOtherSessions: 'mutation { revokeOtherSessions { revokedSessions } }',
  me: '{ me { id } }',
}

/** Sends calls and records each one with its times and its outcome. */
export interface Recorder {
  readonly calls: readonly Call[]
  fire(origin: Omit<Origin, 'node'>, node: Node, operation: Operation, presented: Presented): Promise<Outcome>
}

/** A recorder with an empty record. */
export function createRecorder(): Recorder {
  const calls: Call[] = []
  return {
    calls,
    async fire(origin, node, operation, presented) {
      const begun = { ...origin, node: node.name, operation, start: performance.now() }
      const outcome = await ask(node.gateway.address, operation, presented)
      const issued = outcome.kind === 'ok' ? outcome.issued : undefined
      const session = origin.session ?? issued?.session ?? null
      calls.push({ ...begun, session, end: performance.now(), outcome })
      return outcome
    },
  }
}

async function ask(address: string, operation: Operation, presented: Presented): Promise<Outcome> {
  const { accessToken, ...credentials } = presented
  const headers = accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }
  const variables = toVariables(operation, credentials)
  const response = await postTo(address, DOCUMENTS[operation.name], variables, headers).catch(
    (error: unknown) => ({ lost: readCause(error) }),
  )
  if ('lost' in response) return { kind: 'unknown', why: response.lost }
  const { code, data, errors } = response
  if (code === 'SERVICE_UNAVAILABLE') return { kind: 'unknown', why: code }
  if (errors)
    return { kind: 'refused', code: [code, errors[0]?.extensions['reason']].filter(Boolean).join(' ') }
  return { kind: 'ok', ...toFacts(Object.values(data ?? {})[0] ?? {}) }
}

/** The cause of `fetch failed`, which distinguishes a refused connection from a closed one. */
function readCause(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}

function toVariables(operation: Operation, credentials: Omit<Presented, 'accessToken'>): object {
  switch (operation.name) {
    case 'refresh':
      return { presented: operation.presented }
    case 'revokeSession':
      return { target: operation.target }
    case 'login':
      return credentials
    case 'me':
    case 'logout':
    case 'logoutEverywhere':
    case 'revokeOtherSessions':
      return {}
  }
}

/** The parts of a response that the check uses. */
function toFacts({ accessToken, refreshToken, revokedSessions }: Record<string, unknown>): {
  issued?: Issued
  ended?: number
} {
  if (typeof revokedSessions === 'number') return { ended: revokedSessions }
  if (typeof accessToken !== 'string' || typeof refreshToken !== 'string') return {}
  return { issued: { session: toSession(accessToken), accessToken, refreshToken } }
}

/** The `sid` of an access token. */
export function toSession(accessToken: string): string {
  const payload = Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()
  return String((JSON.parse(payload) as { sid?: unknown }).sid)
}
