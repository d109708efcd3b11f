import type { SignInFragment } from '../generated/graphql.ts'

/** The sign-in among what a code or a password can lead to; throws for any other outcome, and for none. */
export function signedInBy<Outcome extends object>(
  outcome: Outcome | null | undefined,
): Extract<Outcome, SignInFragment> {
  if (!outcome || !('accessToken' in outcome)) throw new Error(`no session, but ${JSON.stringify(outcome)}`)
  return outcome as Extract<Outcome, SignInFragment>
}
