import type { TestProject } from 'vitest/node'
import { hasServer } from './binaries.ts'
import { startPostgres } from './postgres.ts'
import { startRedis } from './redis.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** URL of the run's Redis, without a database number; null when it is not installed. */
    redisUrl: string | null
    /** URL of the run's PostgreSQL maintenance database; null when it is not installed. */
    postgresUrl: string | null
  }
}

/** One Redis and one PostgreSQL for the whole run: each suite takes a database of its own. Suites that break servers start theirs. */
export default async function startSharedServers({ provide }: TestProject): Promise<() => Promise<void>> {
  const redis = hasServer('redis') ? await startRedis() : null
  const postgres = hasServer('postgresql') ? await startPostgres() : null
  provide('redisUrl', redis?.url ?? null)
  provide('postgresUrl', postgres ? await postgres.createDatabase() : null)
  return async () => {
    await redis?.stop()
    await postgres?.stop()
  }
}
