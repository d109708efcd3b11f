import { Field, ID, InputType, Int, ObjectType } from 'type-graphql'
import { Access } from '../../graphql/schema/access.ts'
import { MfaMethodEnum } from '../mfa/mfa-types.ts'
import type { MfaChallenge } from './sign-in-gate.ts'

@Access('public')
@ObjectType('MfaChallenge', {
  description:
    'The first step was right, and the account has a second factor: nobody is signed in until `verifyMfa`.',
})
export class MfaChallengeType {
  @Field(() => ID, { description: 'Names the challenge to `verifyMfa`.' })
  challengeId!: string
  @Field(() => [MfaMethodEnum], { description: 'What `verifyMfa` takes.' })
  methods!: readonly MfaChallenge['methods'][number][]
  @Field(() => Int, { description: 'Seconds until the challenge is over.' })
  expiresIn!: number
}

/** The challenge as the schema has it. */
export function toMfaChallengeView({ challengeId, methods, expiresIn }: MfaChallenge): MfaChallengeType {
  return { challengeId, methods, expiresIn }
}

@InputType('VerifyMfaInput', { description: 'A code and the challenge it answers.' })
export class VerifyMfaInput {
  @Field(() => ID, { description: 'From the `MfaChallenge`.' })
  challengeId!: string
  @Field(() => String, {
    description: 'The six digits of the app, or a recovery code; spaces, dashes and case do not matter.',
  })
  code!: string
}
