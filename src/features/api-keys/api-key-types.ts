import { Field, ID, InputType, Int, ObjectType } from 'type-graphql'
import type { OutcomeKey } from '../../core/outcomes.ts'
import { Access } from '../../graphql/schema/access.ts'
import { DateTime } from '../../graphql/schema/scalars.ts'
import type { ApiKey } from '../../ports/api-keys.ts'

@Access('owner')
@ObjectType('ApiKey', { description: 'API key of an account, with which a program gets access tokens.' })
export class ApiKeyType {
  @Field(() => ID, { description: 'Public id of the key: `apiKey` of `issueToken`.' })
  id!: string
  @Field(() => String, { description: 'Name, as it was entered.' })
  name!: string
  @Field(() => String, { description: 'First characters of the secret, to recognise it.' })
  prefix!: string
  @Field(() => [String], { description: 'Scopes that tokens of the key can have.' })
  scopes!: readonly string[]
  @Field(() => DateTime, { description: 'Time of creation.' })
  createdAt!: Date
  @Field(() => DateTime, { nullable: true, description: 'Hour of the last token. Null before the first.' })
  lastUsedAt!: Date | null
  @Field(() => DateTime, { nullable: true, description: 'Time of expiry. Null: the key does not expire.' })
  expiresAt!: Date | null
  @Field(() => DateTime, { nullable: true, description: 'Time of revocation. Null: the key is not revoked.' })
  revokedAt!: Date | null
}

/** Converts a key for its owner. */
export function toApiKeyView({ userId: _, secretPrefix: prefix, ...key }: ApiKey): ApiKeyType {
  return { ...key, prefix }
}

@InputType('CreateApiKeyInput', { description: 'Input of `createApiKey`.' })
export class CreateApiKeyInput {
  @Field(() => String, {
    description: 'Name of the program or its purpose: 1 to 100 characters on one line.',
  })
  name!: string
  @Field(() => [String], {
    description:
      'Scopes of the key, at most 50, such as `posts:read`: `account:read`, and those of the roles of the account.',
  })
  scopes!: string[]
  @Field(() => DateTime, { nullable: true, description: 'Time of expiry. Default: the key does not expire.' })
  expiresAt: Date | null = null
}

@InputType('IssueTokenInput', { description: 'Input of `issueToken`.' })
export class IssueTokenInput {
  @Field(() => String, { description: 'Public id of the key.' })
  apiKey!: string
  @Field(() => String, { description: 'Secret of the key.' })
  apiSecret!: string
  @Field(() => [String], {
    nullable: true,
    description: 'Scopes of the token. Default: all of the key that the account can grant.',
  })
  scopes: string[] | null = null
}

@Access('owner')
@ObjectType('CreateApiKeyPayload', { description: 'Result of `createApiKey`.' })
export class CreateApiKeyPayload {
  @Field(() => String, { description: 'Key of the text in `message`: `API_KEY_CREATED`.' })
  messageKey!: OutcomeKey
  @Field(() => String, { description: 'Public id of the key: `apiKey` of `issueToken`.' })
  apiKey!: string
  @Field(() => String, { description: 'Secret of the key. It is not stored and not shown again.' })
  apiSecret!: string
  @Field(() => ApiKeyType, { description: 'The key.' })
  key!: ApiKeyType
}

@Access('owner')
@ObjectType('RevokeApiKeyPayload', { description: 'Result of `revokeApiKey`.' })
export class RevokeApiKeyPayload {
  @Field(() => String, { description: 'Key of the text in `message`: `API_KEY_REVOKED`.' })
  messageKey!: OutcomeKey
  @Field(() => ID, { description: 'Public id of the revoked key.' })
  apiKeyId!: string
}

@Access('public')
@ObjectType('TokenPayload', { description: 'Result of `issueToken`. There is no refresh token.' })
export class TokenPayload {
  @Field(() => String, { description: 'Key of the text in `message`: `TOKEN_ISSUED`.' })
  messageKey!: OutcomeKey
  @Field(() => String, { description: 'Access token (JWT, RFC 9068) of the account, limited to `scopes`.' })
  accessToken!: string
  @Field(() => String, { description: 'Authorization scheme of the access token: `Bearer`.' })
  tokenType!: string
  @Field(() => Int, { description: 'Lifetime of the access token in seconds.' })
  expiresIn!: number
  @Field(() => DateTime, { description: 'Time of expiry, by the clock of the server.' })
  expiresAt!: Date
  @Field(() => [String], { description: 'Scopes of the token.' })
  scopes!: readonly string[]
}
