import { createParameterDecorator, type ResolverData } from 'type-graphql'
import { requireSignedIn, type Caller } from '../../core/caller.ts'
import { unavailable } from '../../core/errors.ts'
import type { Context } from '../context.ts'

/**
 * Hands the field its signed-in caller, and refuses everyone else: a field cannot use an identity that it did not check.
 * The parameter's type is always `SignedInCaller`.
 */
export function SignedIn() {
  return createParameterDecorator<Context>(({ context }: ResolverData<Context>) =>
    requireSignedIn(requireCaller(context)),
  )
}

/** Hands the field its caller, whoever that is. The parameter's type is always `Caller`. */
export function AnyCaller() {
  return createParameterDecorator<Context>(({ context }: ResolverData<Context>) => requireCaller(context))
}

/** The caller; throws `SERVICE_UNAVAILABLE` when nobody waits for the answer any more. */
function requireCaller({ caller, isGivenUp }: Context): Caller {
  if (isGivenUp()) throw unavailable(new Error('the request was given up before this field began'))
  return caller
}

/** Hands the field the way that refresh tokens travel. The parameter's type is always `RefreshTransport`. */
export function Transport() {
  return createParameterDecorator<Context>(({ context }: ResolverData<Context>) => context.refreshTransport)
}

/** What a subscription to the caller's own session listens to; refuses whoever is not signed in. */
export function watchOwnSession({ context }: Pick<ResolverData<Context>, 'context'>): AsyncIterable<object> {
  return context.watchSession(requireSignedIn(context.caller))
}
