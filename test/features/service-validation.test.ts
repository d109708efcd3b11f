import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openAdapters, type Adapters } from '../../src/composition/adapters.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import type { SignedInCaller } from '../../src/core/caller.ts'
import { createResolvers } from '../../src/composition/resolvers.ts'
import { createServices } from '../../src/composition/services.ts'
import { openSigning } from '../../src/composition/signing.ts'
import { createLog } from '../../src/http/log.ts'
import { freshDatabase, removeFolder, temporaryFolder } from '../support/backends.ts'

type Method = (...args: unknown[]) => Promise<unknown>
const CLIENT = {
  ipAddress: '192.0.2.1',
  userAgent: null,
  acceptLanguage: null,
  deviceToken: null,
  registrationToken: null,
  requestId: 'r',
}
const ACCOUNT: SignedInCaller['account'] = {
  id: 'u',
  email: null,
  emailVerifiedAt: null,
  phone: null,
  phoneVerifiedAt: null,
  fullName: null,
  locale: null,
  status: 'ACTIVE',
  suspendedAt: null,
  roles: [],
  securityStamp: 1,
  hasPassword: true,
  createdAt: new Date(0),
}
const CALLER: SignedInCaller = {
  kind: 'signed-in',
  userId: 'u',
  sessionId: 's',
  tokenId: 't',
  tokenExpiresAt: 0,
  roles: [],
  account: ACCOUNT,
  generations: { posts: async () => null },
  client: CLIENT,
}
const transport = { take: () => null, give: () => null, forget: () => undefined, nameDevice: () => undefined }

/** Calls with values that no GraphQL type accepts, by resolver method. */
const CALLS: [method: string, ...args: unknown[]][] = [
  ['register', { email: 'no address', password: 'a quiet harbour at dawn' }, CALLER],
  ['register', { email: 'a@example.com', password: 'short' }, CALLER],
  ['register', { email: 'a@example.com', password: { length: 20 } }, CALLER],
  ['register', { email: ['a@example.com'] }, CALLER],
  ['register', null, CALLER],
  ['register', { email: 'a@example.com', fullName: 'x'.repeat(201) }, CALLER],
  ['requestOtp', { email: 'no address', purpose: 'LOGIN' }, CALLER],
  ['requestOtp', { email: 'a@example.com', purpose: 'ADMIN' }, CALLER],
  ['verifyOtp', { email: 'a@example.com', purpose: 'LOGIN', code: 123456 }, CALLER, transport],
  ['verifyOtp', { email: 'a@example.com', purpose: 'LOGIN', code: { $ne: '' } }, CALLER, transport],
  ['verifyOtp', { purpose: 'LOGIN', code: '000000' }, CALLER, transport],
  ['login', { email: 'no address', password: 'x' }, CALLER, transport],
  ['login', { email: 'a@example.com', password: 'x'.repeat(100_000) }, CALLER, transport],
  ['login', { email: { contains: '@' }, password: 'x' }, CALLER, transport],
  ['createPost', { title: '', content: 'x' }, CALLER],
  ['createPost', { title: 'x', content: 'x'.repeat(1_000_000) }, CALLER],
  ['updatePost', 'id', { title: 7 }, CALLER],
]

describe('input that reaches a service without GraphQL', () => {
  const folder = temporaryFolder()
  let adapters: Adapters
  let methods: Map<string, Method>
  beforeAll(async () => {
    const variables = {
      NODE_ENV: 'test',
      DATA_DIR: folder,
      DATABASE_URL: await freshDatabase('sqlite', folder),
    }
    const config = loadConfig({ variables, readFile: () => '' })
    adapters = await openAdapters(config, createLog('silent'), { show: null })
    const signing = await openSigning(config, adapters)
    const services = createServices(config, adapters, { issuer: 'i', keys: signing.source })
    methods = new Map(
      createResolvers(services, config).flatMap((resolver) =>
        Object.getOwnPropertyNames(Object.getPrototypeOf(resolver) as object).map(
          (name): [string, Method] => [
            name,
            (...args) => (Reflect.get(resolver, name) as Method).apply(resolver, args),
          ],
        ),
      ),
    )
    signing.close()
  })
  afterAll(async () => {
    await adapters.close()
    removeFolder(folder)
  })

  it.each(CALLS)('is rejected by %s if it is invalid (SR-120)', async (...call) => {
    const [name, ...args] = call
    await expect(methods.get(name)?.(...args)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
  })
})
