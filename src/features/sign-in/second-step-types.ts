import { Field, ID, InputType, Int, ObjectType } from 'type-graphql'
import { Access } from '../../graphql/schema/access.ts'
import { MfaMethodEnum } from '../mfa/mfa-types.ts'
import type { MfaChallenge } from './sign-in-gate.ts'

@Access('public')
@ObjectType('MfaChallenge', {
  description:
    'The first factor was correct, and the account has a second factor. `verifyMfa` completes the sign-in.',
})
export class MfaChallengeType {
  /** Discriminates the unions of sign-in. */
  kind!: 'challenge'
  @Field(() => ID, { description: 'Challenge id for `verifyMfa`.' })
  challengeId!: string
  @Field(() => [MfaMethodEnum], { description: 'Methods that `verifyMfa` accepts.' })
  methods!: readonly MfaChallenge['methods'][number][]
  @Field(() => Int, { description: 'Seconds until the challenge expires.' })
  expiresIn!: number
}

/** Converts a challenge for the client. */
export function toMfaChallengeView({ challengeId, methods, expiresIn }: MfaChallenge): MfaChallengeType {
  return { kind: 'challenge', challengeId, methods, expiresIn }
}

@InputType('VerifyMfaInput', { description: 'Input of `verifyMfa`.' })
export class VerifyMfaInput {
  @Field(() => ID, { description: 'Challenge id from `MfaChallenge`.' })
  challengeId!: string
  @Field(() => String, {
    description: 'Six-digit code of the app, or a recovery code. Spaces, dashes and case are ignored.',
  })
  code!: string
}
