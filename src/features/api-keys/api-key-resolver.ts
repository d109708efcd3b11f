import { Arg, ID, Mutation, Query, Resolver } from 'type-graphql'
import type { Caller, SignedInCaller } from '../../core/caller.ts'
import { Access } from '../../graphql/schema/access.ts'
import { Price } from '../../graphql/guards/price.ts'
import { RateLimit } from '../../graphql/guards/rate-limit.ts'
import { AnyCaller, SignedIn } from '../../graphql/schema/signed-in.ts'
import { LIMITS } from '../limits/limits.ts'
import type { ApiKeyService } from './api-key-service.ts'
import type { ApiTokenService } from './api-token-service.ts'
import {
  ApiKeyType,
  CreateApiKeyInput,
  CreateApiKeyPayload,
  IssueTokenInput,
  RevokeApiKeyPayload,
  TokenPayload,
  toApiKeyView,
} from './api-key-types.ts'

/** API keys of an account, and the tokens that programs get for them. */
@Resolver()
export class ApiKeyResolver {
  readonly #keys: ApiKeyService
  readonly #tokens: ApiTokenService

  constructor(keys: ApiKeyService, tokens: ApiTokenService) {
    this.#keys = keys
    this.#tokens = tokens
  }

  @Access('owner', 'session')
  @Query(() => [ApiKeyType], {
    description:
      'API keys of the caller’s account, ended ones included: active ones first, then the newest. Requires sign-in.',
  })
  @RateLimit(LIMITS.apiKeys)
  @Price(20)
  async apiKeys(@SignedIn() caller: SignedInCaller): Promise<ApiKeyType[]> {
    return (await this.#keys.list(caller)).map(toApiKeyView)
  }

  @Access('owner', 'session')
  @Mutation(() => CreateApiKeyPayload, {
    description:
      'Creates an API key. Its secret is shown once. `REAUTHENTICATION_REQUIRED` if the session is older than 15 minutes, `QUOTA_EXCEEDED` if the account has no room for another key. Requires sign-in.',
  })
  @RateLimit(LIMITS.createApiKey)
  async createApiKey(
    @Arg('input', () => CreateApiKeyInput, { description: 'The new key.' }) input: CreateApiKeyInput,
    @SignedIn() caller: SignedInCaller,
  ): Promise<CreateApiKeyPayload> {
    const { key, secret } = await this.#keys.create(caller, input)
    return { messageKey: 'API_KEY_CREATED', apiKey: key.id, apiSecret: secret, key: toApiKeyView(key) }
  }

  @Access('owner', 'session')
  @Mutation(() => RevokeApiKeyPayload, {
    description:
      'Revokes an API key. Its tokens are rejected from then on. `NOT_FOUND` for keys of other accounts. Requires sign-in.',
  })
  @RateLimit(LIMITS.revokeApiKey)
  async revokeApiKey(
    @Arg('id', () => ID, { description: 'Public id of the key.' }) id: string,
    @SignedIn() caller: SignedInCaller,
  ): Promise<RevokeApiKeyPayload> {
    await this.#keys.revoke(caller, id)
    return { messageKey: 'API_KEY_REVOKED', apiKeyId: id }
  }

  @Access('public')
  @Mutation(() => TokenPayload, {
    description:
      'Exchanges an API key and its secret for an access token. `INVALID_CREDENTIALS` if the key is unknown, has another secret, was revoked or has expired, or if its account is not active.',
  })
  @RateLimit(LIMITS.issueToken)
  async issueToken(
    @Arg('input', () => IssueTokenInput, { description: 'Credentials of the program.' })
    input: IssueTokenInput,
    @AnyCaller() { client }: Caller,
  ): Promise<TokenPayload> {
    return { messageKey: 'TOKEN_ISSUED', tokenType: 'Bearer', ...(await this.#tokens.issue(input, client)) }
  }
}
