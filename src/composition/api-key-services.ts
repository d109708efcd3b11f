import type { Config } from '../config/config.ts'
import { deriveKeys } from '../core/secrets.ts'
import { ApiKeyService } from '../features/api-keys/api-key-service.ts'
import { createApiSecretHashes } from '../features/api-keys/api-secret-hashes.ts'
import { ApiTokenService } from '../features/api-keys/api-token-service.ts'
import type { Adapters } from './adapters.ts'
import type { SessionServices } from './session-services.ts'
import type { SharedServices } from './shared-services.ts'

/** API keys and their tokens. */
export interface ApiKeyServices {
  readonly apiKeys: ApiKeyService
  readonly apiTokens: ApiTokenService
}

/** Creates the services of API keys. */
export function createApiKeyServices(
  config: Config,
  { apiKeys, sessions, masters, random, now }: Adapters,
  { audit, notifications, limits }: SharedServices,
  { accessTokens, records }: SessionServices,
): ApiKeyServices {
  const hashSecret = createApiSecretHashes(deriveKeys(masters, 'api-keys'))
  const shared = { apiKeys, audit, hashSecret, roleScopes: config.session.roleScopes, random, now }
  const { tokenMinutes, perUser } = config.apiKeys
  const lifetime = tokenMinutes === null ? accessTokens.lifetime : tokenMinutes * 60
  return {
    apiKeys: new ApiKeyService({ ...shared, sessions, records, notifications, maxKeys: perUser }),
    apiTokens: new ApiTokenService({ ...shared, accessTokens, limits, lifetime }),
  }
}
