import { createParameterDecorator, type ResolverData } from 'type-graphql'
import { requireAccount, requireSignedIn, type Caller } from '../../core/caller.ts'
import { unavailable } from '../../core/errors.ts'
import type { Context } from '../context.ts'

/**
 * Passes the signed-in caller to the parameter, and rejects all other callers, programs included: a resolver
 * cannot use an identity that was not checked. The parameter's type is always `SignedInCaller`.
 */
export function SignedIn() {
  return createParameterDecorator<Context>(({ context }: ResolverData<Context>) =>
    requireSignedIn(requireCaller(context)),
  )
}

/**
 * Passes a caller that acts for an account to the parameter, in a session or as a program whose scopes the
 * root field has checked. Rejects all other callers. The parameter's type is always `AccountCaller`.
 */
export function ForAccount() {
  return createParameterDecorator<Context>(({ context }: ResolverData<Context>) =>
    requireAccount(requireCaller(context)),
  )
}

/** Passes the caller to the parameter, signed in or not. The parameter's type is always `Caller`. */
export function AnyCaller() {
  return createParameterDecorator<Context>(({ context }: ResolverData<Context>) => requireCaller(context))
}

/** Returns the caller. Throws `SERVICE_UNAVAILABLE` if the request was aborted or has passed its deadline. */
function requireCaller({ caller, isAborted }: Context): Caller {
  if (isAborted()) throw unavailable(new Error('The request ended before this field was resolved'))
  return caller
}

/**
 * Passes the refresh transport of the request to the parameter. The parameter's type is always
 * `RefreshTransport`.
 */
export function CurrentRefreshTransport() {
  return createParameterDecorator<Context>(({ context }: ResolverData<Context>) => context.refreshTransport)
}

/** Subscribes to the events of the caller's session. Rejects callers that are not signed in. */
export function watchOwnSession({ context }: Pick<ResolverData<Context>, 'context'>): AsyncIterable<object> {
  return context.watchSession(requireSignedIn(context.caller))
}
