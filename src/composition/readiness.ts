import { migrationStatus } from '../adapters/database/migrations.ts'
import type { Config } from '../config/config.ts'
import type { ReadinessCheck } from '../http/health.ts'
import type { Adapters } from './adapters.ts'
import type { Services } from './services.ts'

/** The checks of `/readyz`. */
export function createReadinessChecks(
  config: Config,
  adapters: Adapters,
  { accessTokens }: Pick<Services, 'accessTokens'>,
): ReadinessCheck[] {
  const requireMigrations = () => requireAppliedMigrations(config, adapters.now)
  return [
    { name: 'database', check: () => adapters.pingDatabase() },
    { name: 'stateStore', check: () => adapters.store.ping() },
    { name: 'migrations', check: runUntilPassed(requireMigrations) },
    { name: 'keys', check: async () => void (await accessTokens.sign(PROBE)) },
  ]
}

/** Signed to check that the key works; the token is discarded. */
const PROBE = { userId: 'probe', sessionId: 'probe', tokenId: 'probe', scope: '' }

async function requireAppliedMigrations({ database }: Config, now: Adapters['now']): Promise<void> {
  const { directUrl: url, postgresql } = database
  const { pending } = await migrationStatus({ url, now, postgresql })
  if (pending.length > 0) throw new Error('migrations are pending')
}

/** Runs a check until it has passed once: applied migrations stay applied while this version runs. */
function runUntilPassed(check: () => Promise<void>): () => Promise<void> {
  let passed = false
  return async () => {
    if (!passed) await check()
    passed = true
  }
}
