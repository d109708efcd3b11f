import cors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'
import type { TrustedOrigins } from '../core/origins.ts'
import type { LogRefusedOrigin } from './origin-log.ts'

/** Settings of cross-origin requests. */
export interface CorsOptions {
  /** Origins whose pages may read responses. */
  readonly corsOrigins: TrustedOrigins
  /** Whether pages send cookies. */
  readonly cookies: boolean
}

/** Response headers that pages can read beside those of the Fetch standard's safelist. */
const EXPOSED: readonly string[] = ['Content-Language', 'Retry-After', 'WWW-Authenticate', 'X-Request-Id']

/**
 * CORS for the pages of trusted origins. A refused origin gets no header that allows it, so its browser
 * reports the refusal without a reason: the reason is logged here.
 */
export async function addCors(
  app: FastifyInstance,
  { corsOrigins, cookies }: CorsOptions,
  logRefusedOrigin: LogRefusedOrigin,
): Promise<void> {
  app.addHook('onRequest', ({ headers }, _reply, done) => {
    logRefusedOrigin(headers)
    done()
  })
  await app.register(cors, {
    // An empty list allows no origin, and still answers the preflight.
    origin: (origin, done) => done(null, corsOrigins.includes(origin, undefined) ? true : []),
    credentials: cookies,
    methods: ['GET', 'POST'],
    exposedHeaders: [...EXPOSED],
    maxAge: 600,
  })
}
