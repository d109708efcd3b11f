import { Redis } from 'ioredis'
import { createMemoryStore } from '../../src/adapters/state-store/memory.ts'
import { createAccessTokens } from '../../src/core/access-tokens.ts'
import { newId, systemRandom } from '../../src/core/secrets.ts'
import {
  createStaticKeySource,
  newSigningJwk,
  buildPrivateKeySet,
  type PrivateJwk,
} from '../../src/core/token-keys.ts'
import type { StateStore } from '../../src/ports/state-store.ts'
import type { Backend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

/** A gateway whose signing key the test knows, and whose session records it can read. */
export interface OpenGateway {
  readonly gateway: TestGateway
  /** Signs an access token with the real key, for any account and session. */
  readonly forge: (userId: string, sessionId: string) => Promise<string>
  /** The texts of all session records. */
  readonly records: () => Promise<readonly string[]>
}

/** Starts such a gateway, without request limits. */
export async function startOpenGateway(backend: Backend): Promise<OpenGateway> {
  const jwk = await newSigningJwk('ES256')
  const settings = { RATE_LIMIT_SCALE: '1000', JWT_KEYS: JSON.stringify({ keys: [jwk] }) }
  if (backend.store === 'memory') {
    const { store, records } = watchedMemory()
    const gateway = await startGateway(backend, settings, { store })
    return { gateway, records, forge: await createForger(gateway, jwk) }
  }
  const gateway = await startGateway(backend, settings)
  const records = () => (backend.store === 'redis' ? redisRecords(gateway) : databaseRecords(gateway))
  return { gateway, records, forge: await createForger(gateway, jwk) }
}

async function createForger(gateway: TestGateway, jwk: PrivateJwk): Promise<OpenGateway['forge']> {
  const tokens = createAccessTokens({
    keys: createStaticKeySource(await buildPrivateKeySet('ES256', [jwk])),
    issuer: 'graphql-auth-gateway',
    audience: 'graphql',
    lifetime: 900,
    leeway: 5,
    now: () => gateway.now(),
  })
  const scope = 'posts:read posts:write'
  return (userId, sessionId) => tokens.sign({ userId, sessionId, tokenId: newId(systemRandom), scope })
}

/** Memory cannot be listed: the keys are recorded when they are written. */
function watchedMemory(): { store: StateStore; records: OpenGateway['records'] } {
  const store = createMemoryStore({ now: Date.now })
  const keys = new Set<string>()
  const set: StateStore['set'] = (key, ...rest) => {
    keys.add(key)
    return store.set(key, ...rest)
  }
  const records = async () => {
    const texts = await store.get([...keys].filter((key) => key.startsWith('session:')).sort())
    return texts.filter((text) => text !== null)
  }
  return { store: { ...store, set }, records }
}

async function databaseRecords(gateway: TestGateway): Promise<readonly string[]> {
  const rows = await gateway.sql<{ value: string }>(
    "SELECT value FROM state_entries WHERE key LIKE 'session:%' ORDER BY key",
  )
  return rows.map(({ value }) => value)
}

async function redisRecords({ environment }: TestGateway): Promise<readonly string[]> {
  const redis = new Redis(environment['REDIS_URL'] ?? '')
  const keys = (await redis.keys('gw:session:*')).sort()
  const texts = keys.length === 0 ? [] : await redis.mget(keys)
  redis.disconnect()
  return texts.filter((text) => text !== null)
}
