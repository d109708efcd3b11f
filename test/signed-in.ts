import type { LoginMutation, SignInFragment, VerifyOtpMutation } from './generated/graphql.ts'

/** The session of a first step that needed no second one; fails for a challenge, and where nothing was answered. */
export function signedIn(
  result: LoginMutation['login'] | VerifyOtpMutation['verifyOtp'] | undefined,
): SignInFragment {
  if (result?.__typename !== 'AuthPayload') throw new Error(`no session, but ${JSON.stringify(result)}`)
  return result
}
