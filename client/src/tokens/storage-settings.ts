import { createFileTokenStorage } from './file-storage.ts'
import { createMemoryTokenStorage } from './memory-storage.ts'
import { createRedisTokenStorage } from './redis-storage.ts'
import { TokenStorageError, type TokenStorage } from './token-storage.ts'

/** Variables of the environment that select a storage. */
export type TokenStorageSettings = Readonly<Record<string, string | undefined>>

/** The variables that each storage uses; the first one is required. */
const USED = {
  file: ['GATEWAY_TOKEN_FILE'],
  redis: ['GATEWAY_REDIS_URL', 'GATEWAY_REDIS_PASSWORD'],
  memory: [],
} as const satisfies Readonly<Record<string, readonly string[]>>

type Kind = keyof typeof USED

/**
 * The storage that the environment selects: `GATEWAY_TOKEN_STORAGE` is `file`, `redis` or `memory`, which is
 * the default. Throws `TokenStorageError`, whose message names the variable, for a value that is missing, not
 * understood or not used.
 */
export function createTokenStorage(env: TokenStorageSettings = process.env): TokenStorage {
  const read = (name: string) => env[name] || undefined
  const kind = parseKind(read('GATEWAY_TOKEN_STORAGE') ?? 'memory')
  for (const [owner, names] of Object.entries(USED))
    for (const name of names)
      if (owner !== kind && read(name) !== undefined)
        throw new TokenStorageError(`${name}: is used only with GATEWAY_TOKEN_STORAGE=${owner}.`)
  const [required] = USED[kind]
  if (required !== undefined && read(required) === undefined)
    throw new TokenStorageError(`${required}: is required with GATEWAY_TOKEN_STORAGE=${kind}.`)
  switch (kind) {
    case 'memory':
      return createMemoryTokenStorage()
    case 'file':
      return createFileTokenStorage({ file: read('GATEWAY_TOKEN_FILE') ?? '' })
    case 'redis':
      return openRedis(read('GATEWAY_REDIS_URL') ?? '', read('GATEWAY_REDIS_PASSWORD'))
  }
}

function parseKind(text: string): Kind {
  if (Object.hasOwn(USED, text)) return text as Kind
  throw new TokenStorageError(`GATEWAY_TOKEN_STORAGE: must be one of ${Object.keys(USED).join(', ')}.`)
}

/** The messages do not contain the URL, which may have a password. */
function openRedis(url: string, password: string | undefined): TokenStorage {
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (!parsed || !['redis:', 'rediss:'].includes(parsed.protocol) || parsed.hostname === '')
    throw new TokenStorageError('GATEWAY_REDIS_URL: must be a URL such as redis://localhost:6379.')
  if (password !== undefined && parsed.password !== '')
    throw new TokenStorageError(
      'GATEWAY_REDIS_PASSWORD: must not be set when GATEWAY_REDIS_URL has a password.',
    )
  return createRedisTokenStorage({ redis: { url, ...(password !== undefined && { password }) } })
}
