import type { Context } from '../context.ts'
import type { RequestHooks, RequestPart } from '../request-plugin.ts'

/** What the formatter of an error reads from its request. */
export type ErrorRequest = Pick<Context, 'responseLanguage' | 'log'>

/** The requests of the errors that wait to be formatted. */
export interface ErrorRequests {
  /**
   * Returns undefined for an error from before the context was created: the request was not GraphQL over
   * HTTP.
   */
  find(error: unknown): ErrorRequest | undefined
  readonly part: RequestPart
}

/**
 * Apollo formats errors without their context. Before that it passes the same objects to plugins, where this
 * one records the language and the log of their request.
 */
export function createErrorRequests(): ErrorRequests {
  const requests = new WeakMap<object, ErrorRequest>()
  const hooks: RequestHooks = {
    didEncounterErrors({ errors, contextValue: { responseLanguage, log } }) {
      responseLanguage.used = true
      for (const error of errors) requests.set(error, { responseLanguage, log })
    },
  }
  return {
    find: (error) => (typeof error === 'object' && error !== null ? requests.get(error) : undefined),
    part: () => hooks,
  }
}
