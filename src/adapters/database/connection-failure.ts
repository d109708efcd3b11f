import { DatabaseSettingError, DatabaseUnreachableError } from './database-setting-error.ts'

/** Reasons for which every further attempt fails, too: by the code of the error, or by its message. */
const LASTING: readonly (readonly [pattern: RegExp, explanation: string])[] = [
  [/^28P01$|authentication failed|must be a string/i, 'PostgreSQL rejects its user or password'],
  [
    /^28000$|no such user/i,
    'PostgreSQL accepts its user neither from this address nor with this sslmode (pg_hba.conf)',
  ],
  [/^3D000$|no such database/i, 'its database does not exist'],
  [/^CERT_HAS_EXPIRED$/, 'the certificate of the server has expired'],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$|altname/i,
    'the certificate of the server is for another host (sslmode=verify-full)',
  ],
  [
    /^(DEPTH_ZERO_)?SELF_SIGNED_CERT|^UNABLE_TO_(GET_ISSUER|VERIFY_LEAF)|^CERT_|^INVALID_(CA|PURPOSE)$/,
    'the certificate of the server comes from an authority that is not trusted; set DATABASE_CA',
  ],
  [/does not support SSL/i, 'the server does not offer TLS, which sslmode requires'],
  [
    /channel binding/,
    'the server does not offer channel binding, which channel_binding=require requires: TLS, and a password stored for SCRAM',
  ],
  [/startup parameter|command-line options/i, 'a pooler refuses the parameter options of the URL'],
]

/**
 * One line that begins with the setting and says why no connection was made. The messages of the driver are
 * not repeated: they can hold values of the URL. Other errors are returned as they are.
 */
export function explainConnectionFailure(error: unknown, setting: string): unknown {
  if (error instanceof DatabaseSettingError || error instanceof DatabaseUnreachableError)
    return Object.assign(error, { message: `${setting}: ${error.message}` })
  if (!(error instanceof Error)) return error
  const code = readCode(error)
  const found = LASTING.find(([pattern]) => pattern.test(code) || pattern.test(error.message))
  if (found) return new DatabaseSettingError(`${setting}: ${found[1]}`, { cause: error })
  return new DatabaseUnreachableError(
    `${setting}: PostgreSQL cannot be reached (${describeOutage(error, code)})`,
    {
      cause: error,
    },
  )
}

function describeOutage(error: Error, code: string): string {
  if (error.name === 'WrongRoleError') return error.message
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'its host name is not known'
    case 'ECONNREFUSED':
    case 'ENOENT':
      return 'nothing listens there'
    case '57P03':
      return 'the server is starting or stopping'
    case '53300':
      return 'the server has no connection left; compare DATABASE_POOL_SIZE with its max_connections'
    default:
      return /timeout/i.test(error.message)
        ? 'no response within DATABASE_CONNECT_TIMEOUT'
        : code || 'connection closed'
  }
}

function readCode(error: Error): string {
  // Node.js tries several addresses of a name and reports all failures.
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [error]
  return typeof first === 'object' && first !== null && 'code' in first ? String(first.code) : ''
}
