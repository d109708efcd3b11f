import type { SignInFragment } from './generated/graphql.ts'

/** The sign-in among what a code or a password can lead to; throws for any other outcome. */
export function signedInBy<Outcome extends object>(outcome: Outcome): Extract<Outcome, SignInFragment> {
  if (!('accessToken' in outcome)) throw new Error('nobody was signed in')
  return outcome as Extract<Outcome, SignInFragment>
}
