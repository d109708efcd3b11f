import { createParameterDecorator, type ResolverData } from 'type-graphql'
import type { Caller, SignedInCaller } from '../core/caller.ts'
import { AuthError, unavailable } from '../core/errors.ts'
import type { Context } from './context.ts'

/**
 * Hands the field its signed-in caller, and refuses everyone else: a field cannot use an identity that it did not check.
 * The parameter's type is always `SignedInCaller`.
 */
export function SignedIn() {
  return createParameterDecorator<Context>(({ context }: ResolverData<Context>) =>
    requireSignedIn(context.caller),
  )
}

/** Hands the field its caller, whoever that is. The parameter's type is always `Caller`. */
export function AnyCaller() {
  return createParameterDecorator<Context>(({ context }: ResolverData<Context>) => context.caller)
}

/** Hands the field the way that refresh tokens travel. The parameter's type is always `RefreshTransport`. */
export function Transport() {
  return createParameterDecorator<Context>(({ context }: ResolverData<Context>) => context.refreshTransport)
}

/** What a subscription to the caller's own session listens to; refuses whoever is not signed in. */
export function watchOwnSession({ context }: Pick<ResolverData<Context>, 'context'>): AsyncIterable<object> {
  return context.watchSession(requireSignedIn(context.caller))
}

/** The caller, if signed in; throws `UNAUTHENTICATED` with the reason, or `SERVICE_UNAVAILABLE` when the stores cannot say. */
export function requireSignedIn(caller: Caller): SignedInCaller {
  switch (caller.kind) {
    case 'signed-in':
      return caller
    case 'anonymous':
      throw new AuthError('UNAUTHENTICATED', { reason: 'TOKEN_MISSING' })
    case 'refused':
      throw new AuthError('UNAUTHENTICATED', { reason: caller.reason })
    case 'unknown':
      throw unavailable(caller.cause)
  }
}
