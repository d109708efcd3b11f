import { describe, expect, it } from 'vitest'
import { createTokenStorage } from '../../src/tokens/index.ts'

describe('the settings of a token storage', () => {
  it.each([
    [{}],
    [{ GATEWAY_TOKEN_STORAGE: 'memory', GATEWAY_TOKEN_FILE: '' }],
    [{ GATEWAY_TOKEN_STORAGE: 'file', GATEWAY_TOKEN_FILE: '/run/job/token.json' }],
    [{ GATEWAY_TOKEN_STORAGE: 'redis', GATEWAY_REDIS_URL: 'redis://localhost:6379/1' }],
    [
      {
        GATEWAY_TOKEN_STORAGE: 'redis',
        GATEWAY_REDIS_URL: 'rediss://u@r.example',
        GATEWAY_REDIS_PASSWORD: 'p',
      },
    ],
  ])('accept %o', async (env) => {
    await createTokenStorage(env).close()
  })

  it.each([
    [{ GATEWAY_TOKEN_STORAGE: 'disk' }, 'GATEWAY_TOKEN_STORAGE: must be one of file, redis, memory.'],
    [{ GATEWAY_TOKEN_STORAGE: 'toString' }, 'GATEWAY_TOKEN_STORAGE: must be one of file, redis, memory.'],
    [{ GATEWAY_TOKEN_FILE: '/t' }, 'GATEWAY_TOKEN_FILE: is used only with GATEWAY_TOKEN_STORAGE=file.'],
    [{ GATEWAY_TOKEN_STORAGE: 'file' }, 'GATEWAY_TOKEN_FILE: is required with GATEWAY_TOKEN_STORAGE=file.'],
    [{ GATEWAY_TOKEN_STORAGE: 'redis' }, 'GATEWAY_REDIS_URL: is required with GATEWAY_TOKEN_STORAGE=redis.'],
    [
      { GATEWAY_TOKEN_STORAGE: 'file', GATEWAY_TOKEN_FILE: '/t', GATEWAY_REDIS_PASSWORD: 'secret' },
      'GATEWAY_REDIS_PASSWORD: is used only with GATEWAY_TOKEN_STORAGE=redis.',
    ],
    [
      { GATEWAY_TOKEN_STORAGE: 'redis', GATEWAY_REDIS_URL: 'https://secret@example.com' },
      'GATEWAY_REDIS_URL: must be a URL such as redis://localhost:6379.',
    ],
    [
      { GATEWAY_TOKEN_STORAGE: 'redis', GATEWAY_REDIS_URL: 'redis://:a@h', GATEWAY_REDIS_PASSWORD: 'b' },
      'GATEWAY_REDIS_PASSWORD: must not be set when GATEWAY_REDIS_URL has a password.',
    ],
  ])('reject %o with one sentence that names the variable', (env, message) => {
    expect(() => createTokenStorage(env)).toThrow(message)
  })
})
