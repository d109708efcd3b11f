import { createUnionType } from 'type-graphql'
import type { RefreshTransport } from '../../graphql/refresh-transport.ts'
import { MfaChallengeType, challengeView } from '../mfa/mfa-types.ts'
import type { SignInProgress } from '../mfa/sign-in-gate.ts'
import { AuthPayload, authPayload } from './account-types.ts'

/** The payload of a first step: tokens, or what the second step takes. */
export function progressView(
  messageKey: string,
  progress: SignInProgress,
  transport: RefreshTransport,
): AuthPayload | MfaChallengeType {
  return progress.kind === 'challenge'
    ? challengeView(progress.challenge)
    : authPayload(messageKey, progress.signIn, transport)
}

/** Which member of the union a payload of ours is. */
const resultType = (value: AuthPayload | MfaChallengeType) =>
  'accessToken' in value ? AuthPayload : MfaChallengeType

/** What signing in by password can lead to. */
export const LoginResult = createUnionType({
  name: 'LoginResult',
  description: 'What signing in by password can lead to.',
  types: () => [AuthPayload, MfaChallengeType] as const,
  resolveType: resultType,
})

/** As `LoginResult`, for codes. */
export const VerifyOtpResult = createUnionType({
  name: 'VerifyOtpResult',
  description: 'What a right code can lead to.',
  types: () => [AuthPayload, MfaChallengeType] as const,
  resolveType: resultType,
})
