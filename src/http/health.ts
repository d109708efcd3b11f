import type { FastifyInstance } from 'fastify'

/** One thing that must work before requests are welcome. */
export interface ReadinessCheck {
  readonly name: 'database' | 'stateStore' | 'migrations' | 'keys'
  /** Rejects when it does not. */
  readonly check: () => Promise<void>
}

/** `/livez` says that the process runs; `/readyz` (and `/healthz`) that it can serve, and 503 while it stops. No versions, no hosts. */
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
        checks.map(async ({ name, check }) => [name, await holds(check)] as const),
      )
      const ready = !isStopping() && results.every(([, holding]) => holding)
      const body = {
        status: ready ? 'ok' : isStopping() ? 'stopping' : 'unavailable',
        checks: Object.fromEntries(results.map(([name, holding]) => [name, holding ? 'ok' : 'unavailable'])),
      }
      return reply
        .code(ready ? 200 : 503)
        .header('cache-control', 'no-store')
        .send(body)
    })
  }
}

async function holds(check: () => Promise<void>): Promise<boolean> {
  try {
    await check()
    return true
  } catch {
    return false
  }
}
