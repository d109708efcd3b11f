import { AuthClientError, toProblem, type AuthProblem, type GraphqlErrorParts } from './problem.ts'

/** Properties in which libraries keep the cause, a response, or its body. */
const NESTED = ['error', 'networkError', 'response', 'result', 'cause', 'originalError'] as const
/** How deep they nest. */
const DEEPEST = 4

/** Close codes of the gateway's WebSockets, as the problem that they mean. */
const CLOSE_CODES: Readonly<Record<number, GraphqlErrorParts>> = {
  4401: {
    message: 'The session has ended.',
    extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_INVALID' },
  },
  4403: {
    message: 'The access token has expired.',
    extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_EXPIRED' },
  },
  4429: { message: 'The socket exceeds a limit.', extensions: { code: 'RATE_LIMITED' } },
  1013: { message: 'The gateway is overloaded.', extensions: { code: 'SERVICE_UNAVAILABLE' } },
}

/** Messages of `fetch` without a response, in Chromium, Firefox, WebKit and Node.js. */
const NO_RESPONSE = /failed to fetch|networkerror|load failed|fetch failed|terminated|network request failed/i
/** Errors of a request that was given up. */
const GIVEN_UP: readonly unknown[] = ['AbortError', 'TimeoutError', 'NetworkError']

/**
 * Reads what Apollo Client, urql, graphql-request, graphql-ws, graphql-sse, `fetch` or this package threw, or
 * the body of a response with errors. Null: not an error of a request, such as a bug of the application.
 *
 * A request without a response of the gateway has the code `NETWORK`: also one that a timeout or the
 * application has given up, and one that an intermediary answered.
 */
export function authError(error: unknown): AuthProblem | null {
  if (error instanceof AuthClientError) return error
  return findGraphqlProblem(error, DEEPEST) ?? findNetworkProblem(error, DEEPEST)
}

function findGraphqlProblem(value: unknown, depth: number): AuthProblem | null {
  if (!isObject(value) || depth === 0) return null
  if (value instanceof AuthClientError) return value
  const status = findStatus(value)
  for (const candidate of [value, ...listErrors(value), parseBody(value['bodyText'])])
    if (hasCode(candidate)) return toProblem(candidate, status)
  for (const inner of [parseBody(value['bodyText']), ...NESTED.map((name) => value[name])]) {
    const problem = findGraphqlProblem(inner, depth - 1)
    if (problem) return { ...problem, status: problem.status ?? status }
  }
  return null
}

function findNetworkProblem(value: unknown, depth: number): AuthProblem | null {
  if (!isObject(value) || depth === 0) return null
  const { code, name, message, networkError } = value
  const closed = typeof code === 'number' ? CLOSE_CODES[code] : undefined
  if (closed) return toProblem(closed)
  const isClosed = typeof code === 'number' && 'wasClean' in value
  const isLost = value instanceof TypeError && NO_RESPONSE.test(String(message))
  const status = findStatus(value)
  if (isClosed || isLost || networkError || status !== null || GIVEN_UP.includes(name))
    return toProblem({ message: 'No response from the gateway.' }, status)
  return findNetworkProblem(value['cause'], depth - 1)
}

/** Lists the GraphQL errors of a list, a body, or an error of a library. */
function listErrors(value: Readonly<Record<string, unknown>>): readonly unknown[] {
  return [value, value['errors'], value['graphQLErrors']].filter((list) => Array.isArray(list)).flat()
}

function hasCode(value: unknown): value is GraphqlErrorParts {
  return isObject(value) && isObject(value['extensions']) && typeof value['extensions']['code'] === 'string'
}

/** The status of a response, or of the error of a library that has one. */
function findStatus({ status, statusCode, response }: Readonly<Record<string, unknown>>): number | null {
  for (const candidate of [status, statusCode, isObject(response) ? response['status'] : null])
    if (typeof candidate === 'number') return candidate
  return null
}

function parseBody(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : null
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
