export { TokenError } from './issue-token.ts'
export { createFileTokenStorage, type FileTokenStorageOptions } from './file-storage.ts'
export { createMemoryTokenStorage } from './memory-storage.ts'
export {
  createRedisTokenStorage,
  type RedisConnection,
  type RedisTokenStorageOptions,
} from './redis-storage.ts'
export { createTokenStorage, type TokenStorageSettings } from './storage-settings.ts'
export { createTokenSource, type TokenSource, type TokenSourceOptions } from './token-source.ts'
export { TokenStorageError, type Clock, type StoredToken, type TokenStorage } from './token-storage.ts'
