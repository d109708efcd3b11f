import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openAdapters } from '../../src/composition/adapters.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { createLog } from '../../src/http/log.ts'
import {
  ChangePasswordDocument,
  CreatePostDocument,
  EnrollTotpDocument,
  MeDocument,
  MyAuditEventsDocument,
  PostsDocument,
  RefreshDocument,
  SessionsDocument,
} from '../generated/graphql.ts'
import { EXTREMES, describeOn } from '../support/backends.ts'
import { PASSWORD, startGateway, type TestGateway } from '../support/gateway.ts'
import { UNLIMITED } from './password-steps.ts'

const post = { title: 'A title', content: 'x', published: true }

describeOn(EXTREMES, 'an account that was deleted in the database', (backend) => {
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway(backend, UNLIMITED)))
  afterAll(() => gateway.close())

  /** An account with a session record in the state store. */
  async function signUpAndRead() {
    const person = await gateway.signUp()
    await gateway.ask(PostsDocument, { first: 1 }, person.accessToken)
    return person
  }

  it.each([
    ['posts', (token: string) => gateway.send(PostsDocument, { first: 1 }, { token })],
    ['me', (token: string) => gateway.send(MeDocument, {}, { token })],
    ['sessions', (token: string) => gateway.send(SessionsDocument, {}, { token })],
    ['myAuditEvents', (token: string) => gateway.send(MyAuditEventsDocument, { first: 1 }, { token })],
    ['createPost', (token: string) => gateway.send(CreatePostDocument, { input: post }, { token })],
    ['enrollTotp', (token: string) => gateway.send(EnrollTotpDocument, {}, { token })],
    [
      'changePassword',
      (token: string) =>
        gateway.send(
          ChangePasswordDocument,
          { input: { currentPassword: PASSWORD, newPassword: 'seven grey herons at noon' } },
          { token },
        ),
    ],
  ])('has no session at the next request, which is %s (SR-200)', async (_name, send) => {
    const { accessToken, refreshToken, email } = await signUpAndRead()
    await gateway.sql(`DELETE FROM users WHERE email = '${email}'`)
    const { code, errors } = await send(accessToken)
    expect([code, errors[0]?.extensions['reason']]).toEqual(['UNAUTHENTICATED', 'TOKEN_INVALID'])
    const refreshed = await gateway.send(RefreshDocument, { refreshToken: refreshToken ?? null })
    expect(refreshed.code).toBe('TOKEN_INVALID')
  })

  it('cannot refresh, also as its first request (SR-200)', async () => {
    const { refreshToken, email } = await signUpAndRead()
    await gateway.sql(`DELETE FROM users WHERE email = '${email}'`)
    const refreshed = await gateway.send(RefreshDocument, { refreshToken: refreshToken ?? null })
    expect(refreshed.code).toBe('TOKEN_INVALID')
  })

  it('has no session at the next request after a suspension by SQL either (SR-200)', async () => {
    const { accessToken: token, email } = await signUpAndRead()
    await gateway.sql(`UPDATE users SET status = 'SUSPENDED' WHERE email = '${email}'`)
    expect((await gateway.send(PostsDocument, { first: 1 }, { token })).code).toBe('UNAUTHENTICATED')
  })

  it('rejects rows that a request writes for it meanwhile with UNAUTHENTICATED (SR-200)', async () => {
    const variables = gateway.environment
    const config = loadConfig({ variables, readFile: (path) => readFileSync(path, 'utf8') })
    const adapters = await openAdapters(config, createLog('silent'), { show: null })
    const now = new Date()
    const writes = [
      adapters.posts.create({ ...post, id: 'orphan', authorId: 'vanished', now }, { posts: 9, bytes: 999 }),
      adapters.secondFactors.enroll('vanished', 'sealed', now),
    ]
    for (const outcome of await Promise.allSettled(writes))
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { code: 'UNAUTHENTICATED', facts: { reason: 'TOKEN_INVALID' } },
      })
    await adapters.close()
  })
})
