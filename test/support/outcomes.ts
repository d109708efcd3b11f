import type { SignInFragment } from '../generated/graphql.ts'

/** The outcome of a completed sign-in. Throws for any other outcome. */
export function signedInBy<Outcome extends object>(
  outcome: Outcome | null | undefined,
): Extract<Outcome, SignInFragment> {
  if (!outcome || !('accessToken' in outcome)) throw new Error(`not signed in: ${JSON.stringify(outcome)}`)
  return outcome as Extract<Outcome, SignInFragment>
}
