/** The caller's own account: one look-up of the session, one of the account. */
export const ME = '{ me { id email } }'
/** A page of posts with their authors. */
export const POSTS =
  '{ posts(first: 20) { nodes { id title published author { id fullName } } pageInfo { hasNextPage endCursor } } }'
/** New tokens for a refresh token. */
export const REFRESH =
  'mutation ($token: String!) { refresh(refreshToken: $token) { accessToken refreshToken } }'

/** A GraphQL request over HTTP, with a bearer token or without. */
export function buildRequest(query: string, token: string | null, variables?: object): Buffer {
  const body = JSON.stringify({ query, variables })
  const authorization = token === null ? '' : `Authorization: Bearer ${token}\r\n`
  return Buffer.from(
    `POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n${authorization}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
