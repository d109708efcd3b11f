/** What a client asked for. Of a refresh it matters which token, of `revokeSession` whose end. */
export type Operation =
  | { readonly name: 'login' | 'me' | 'logout' | 'logoutEverywhere' | 'revokeOtherSessions' }
  | { readonly name: 'refresh'; readonly presented: string }
  | { readonly name: 'revokeSession'; readonly target: string }

/** The tokens of an answer, and the session that its access token names. */
export interface Issued {
  readonly session: string
  readonly accessToken: string
  readonly refreshToken: string
}

/**
 * What came back. `unknown` is everything that leaves open whether the call took effect: a cut or refused
 * connection, and SERVICE_UNAVAILABLE. `ended` is how many sessions a sign-out says it ended.
 */
export type Outcome =
  | { readonly kind: 'ok'; readonly issued?: Issued; readonly ended?: number }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'unknown'; readonly why: string }

/** Who called where, with whose token. */
export interface Origin {
  readonly client: string
  readonly node: string
  readonly account: string
  /** The session whose token was presented; of a login the one that it started, null when none is known. */
  readonly session: string | null
}

/**
 * One call as the test saw it. Times are `performance.now()` of the test process, the only clock there is.
 */
export interface Call extends Origin {
  readonly operation: Operation
  readonly start: number
  readonly end: number
  readonly outcome: Outcome
}

/** Name of the client that looks at every session once all is quiet. */
export const FINAL = 'final look'

/** Whether a call asks for the end of sessions. */
export function isRevocation({ operation: { name } }: Pick<Call, 'operation'>): boolean {
  return (
    name === 'logout' ||
    name === 'logoutEverywhere' ||
    name === 'revokeSession' ||
    name === 'revokeOtherSessions'
  )
}

/** One line for people: who, where, what, the answer, and when. */
export function described({ client, node, session, operation, start, end, outcome }: Call): string {
  const object =
    operation.name === 'refresh'
      ? ` ${shortened(operation.presented)}`
      : operation.name === 'revokeSession'
        ? ` ${operation.target}`
        : ''
  const times = `${start.toFixed(1)}–${end.toFixed(1)} ms`
  return `${times}  ${client} at ${node} as ${session ?? 'nobody'}: ${operation.name}${object} → ${answered(outcome)}`
}

function answered(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'ok':
      return ['ok', outcome.issued && shortened(outcome.issued.refreshToken), outcome.ended]
        .filter((part) => part !== undefined)
        .join(' ')
    case 'refused':
      return outcome.code
    case 'unknown':
      return `unknown (${outcome.why})`
  }
}

/** A refresh token without most of its MAC: enough to tell it from its neighbours. */
function shortened(token: string): string {
  return token.length > 50 ? `${token.slice(0, -38)}…` : token
}
