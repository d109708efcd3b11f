import type { ApolloServerPlugin, GraphQLRequestListener, GraphQLResponse } from '@apollo/server'
import type { Context } from './context.ts'

type Listener = GraphQLRequestListener<Context>
/** The request as Apollo Server passes it to a hook. */
type RequestOf<Hook extends keyof Listener> = Parameters<NonNullable<Listener[Hook]>>[0]

/** The hooks of one request. Each is called when Apollo Server calls the hook of the same name. */
export interface RequestHooks {
  /** Throws to reject the operation before it is executed. */
  didResolveOperation?(request: RequestOf<'didResolveOperation'>): void
  /** The response; null: the operation is executed. Not called after another part has returned one. */
  responseForOperation?(
    request: RequestOf<'responseForOperation'>,
  ): GraphQLResponse | null | Promise<GraphQLResponse | null>
  didEncounterErrors?(request: RequestOf<'didEncounterErrors'>): void
  willSendResponse?(request: RequestOf<'willSendResponse'>): void
}

/** A part of the request plugin: returns the hooks of a request, null if there are none. */
export type RequestPart = (
  request: Parameters<NonNullable<Plugin['requestDidStart']>>[0],
) => RequestHooks | null

type Plugin = ApolloServerPlugin<Context>

/**
 * One Apollo plugin that calls the hooks of all parts, in their order. Apollo creates several promises for
 * each plugin and each hook, also for hooks that a plugin does not have: with one plugin for each part, they
 * were more than half of the promises of a request.
 */
export function createRequestPlugin(parts: readonly RequestPart[]): Plugin {
  return {
    async requestDidStart(request) {
      const all = parts.map((part) => part(request)).filter((hooks) => hooks !== null)
      return {
        async didResolveOperation(resolved) {
          for (const hooks of all) hooks.didResolveOperation?.(resolved)
        },
        async responseForOperation(resolved) {
          for (const hooks of all) {
            const pending = hooks.responseForOperation?.(resolved)
            // Most parts have no such hook: no promise for them.
            const response = pending ? await pending : null
            if (response !== null) return response
          }
          return null
        },
        async didEncounterErrors(failed) {
          for (const hooks of all) hooks.didEncounterErrors?.(failed)
        },
        async willSendResponse(completed) {
          for (const hooks of all) hooks.willSendResponse?.(completed)
        },
      }
    },
  }
}
