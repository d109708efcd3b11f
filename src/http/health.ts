import type { FastifyInstance } from 'fastify'

/** A dependency that must work before the process receives traffic. */
export interface ReadinessCheck {
  readonly name: 'database' | 'stateStore' | 'migrations' | 'keys'
  /** Rejects while the dependency does not work. */
  readonly check: () => Promise<void>
}

/**
 * `/livez` answers while the process runs; `/readyz` and `/healthz` answer 503 while a check fails or the
 * server stops. Responses contain no versions and no host names. Ours rather than `@godaddy/terminus`: two
 * routes, no signals.
 */
export function addHealth(
  app: FastifyInstance,
  checks: readonly ReadinessCheck[],
  isStopping: () => boolean,
): void {
  app.get('/livez', async (_request, reply) =>
    reply.header('cache-control', 'no-store').send({ status: 'ok' }),
  )
  for (const path of ['/readyz', '/healthz']) {
    app.get(path, async (_request, reply) => {
      const results = await Promise.all(
        checks.map(async ({ name, check }) => [name, await passes(check)] as const),
      )
      const isReady = !isStopping() && results.every(([, isPassed]) => isPassed)
      const status = isReady ? 'ok' : isStopping() ? 'stopping' : 'unavailable'
      const states = results.map(([name, isPassed]) => [name, isPassed ? 'ok' : 'unavailable'] as const)
      return reply
        .code(isReady ? 200 : 503)
        .header('cache-control', 'no-store')
        .send({ status, checks: Object.fromEntries(states) })
    })
  }
}

async function passes(check: () => Promise<void>): Promise<boolean> {
  try {
    await check()
    return true
  } catch {
    return false
  }
}
