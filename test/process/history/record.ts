/** An operation of a client, with the token of a refresh and the session of `revokeSession`. */
export type Operation =
  | { readonly name: 'login' | 'me' | 'logout' | 'logoutEverywhere' | 'revokeOtherSessions' }
  | { readonly name: 'refresh'; readonly presented: string }
  | { readonly name: 'revokeSession'; readonly target: string }

/** The tokens of a response, and the session that its access token names. */
export interface Issued {
  readonly session: string
  readonly accessToken: string
  readonly refreshToken: string
}

/**
 * The outcome of a call. `unknown` if the call may have taken effect: a closed or refused connection, and
 * SERVICE_UNAVAILABLE. `ended` is the number of sessions that a sign-out reports as ended.
 */
export type Outcome =
  | { readonly kind: 'ok'; readonly issued?: Issued; readonly ended?: number }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'unknown'; readonly why: string }

/** The client, the node and the session of a call. */
export interface Origin {
  readonly client: string
  readonly node: string
  readonly account: string
  /** The session of the presented token, or the session that a login started; null if there is none. */
  readonly session: string | null
}

/**
 * A call as the test observed it. Times are `performance.now()` of the test process, the only clock.
 */
export interface Call extends Origin {
  readonly operation: Operation
  readonly start: number
  readonly end: number
  readonly outcome: Outcome
}

/** Name of the client that reads every session after the load. */
export const FINAL = 'final look'

/** Whether a call revokes sessions. */
export function isRevocation({ operation: { name } }: Pick<Call, 'operation'>): boolean {
  return (
    name === 'logout' ||
    name === 'logoutEverywhere' ||
    name === 'revokeSession' ||
    name === 'revokeOtherSessions'
  )
}

/** A call as one line: its times, client, node, session, operation and outcome. */
export function formatCall({ client, node, session, operation, start, end, outcome }: Call): string {
  const object =
    operation.name === 'refresh'
      ? ` ${shorten(operation.presented)}`
      : operation.name === 'revokeSession'
        ? ` ${operation.target}`
        : ''
  const times = `${start.toFixed(1)}–${end.toFixed(1)} ms`
  return `${times}  ${client} at ${node} as ${session ?? 'no session'}: ${operation.name}${object} → ${formatOutcome(outcome)}`
}

function formatOutcome(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'ok':
      return ['ok', outcome.issued && shorten(outcome.issued.refreshToken), outcome.ended]
        .filter((part) => part !== undefined)
        .join(' ')
    case 'refused':
      return outcome.code
    case 'unknown':
      return `unknown (${outcome.why})`
  }
}

/** A refresh token without most of its MAC, which still identifies it. */
function shorten(token: string): string {
  return token.length > 50 ? `${token.slice(0, -38)}…` : token
}
