import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { unpackRecordedBuild } from '../../scripts/record-build.ts'
import {
  BACKENDS,
  describeOn,
  freshStore,
  emptyPostgresDatabase,
  readRows,
  removeFolder,
  temporaryFolder,
} from '../support/backends.ts'
import {
  gatewayProcesses,
  postTo,
  signUpAt,
  type GatewayProcess,
  type PostedResponse,
} from '../support/servers/gateway-process.ts'

const PASSWORD = 'a quiet harbour at dawn'
const PAYLOAD = '__typename ... on AuthPayload { accessToken refreshToken }'

/** Tokens of a session. */
interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
}

describeOn(
  BACKENDS.filter(({ name }) => name === 'PostgreSQL and Redis'),
  'the last release and this version',
  (backend) => {
    const { folder, start } = gatewayProcesses()
    let release: string
    let main: string
    beforeAll(() => {
      release = temporaryFolder()
      main = unpackRecordedBuild(release)
    })
    afterAll(() => removeFolder(release))

    it('serve together during an upgrade, each with what the other has started, and the release alone after it (SR-172)', async () => {
      const environment = {
        DATA_DIR: folder(),
        REFRESH_GRACE_SECONDS: '300',
        GATEWAY_SECRET: 'made up for the upgrade, guards nothing: 4kW9zT',
        DATABASE_URL: await emptyPostgresDatabase(),
        RATE_LIMIT_SCALE: '1000',
        ...(await freshStore(backend)),
      }
      // Before the upgrade, the release has applied its migrations alone.
      const old = await start(environment, { main })
      const before = await leaveOpen(old, 'before@example.com')
      const present = await start({ ...environment, WORKERS: '2' })
      await continueAt(present, before)

      const [fromOld, fromPresent] = await Promise.all([
        leaveOpen(old, 'old@example.com'),
        leaveOpen(present, 'present@example.com'),
      ])
      await Promise.all([continueAt(present, fromOld), continueAt(old, fromPresent)])

      // The rollback: the release starts on the database of this version, which has ended.
      const open = await leaveOpen(present, 'rollback@example.com')
      expect([await present.stop(), await old.stop()]).toEqual([0, 0])
      const back = await start(environment, { main })
      await continueAt(back, open)
      await continueAt(back, await leaveOpen(back, 'after@example.com'))
      expect(await back.stop()).toBe(0)
    })
  },
)

describe('this version beside a newer one', () => {
  const { folder, start } = gatewayProcesses()

  it('starts on a database with migrations that it does not know, logs them, and serves (SR-162, SR-172)', async () => {
    const data = folder()
    const first = await start({ DATA_DIR: data })
    await first.stop()
    const url = `file:${join(data, 'gateway.db')}`
    await readRows(url, 'ALTER TABLE users ADD COLUMN of_a_newer_version TEXT')
    await readRows(
      url,
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ('newer', 'unknown', '29990101000000_newer', 0, 0, 1)`,
    )
    const gateway = await start({ DATA_DIR: data })
    expect(gateway.output()).toMatch(/"event":"database.newer",.*"migrations":\["29990101000000_newer"\]/)
    expect((await fetch(`${gateway.address}/readyz`)).status).toBe(200)
    await signUpAt(gateway)
  })
})

/** What a client has begun at a node: a session, a sign-in code, a post. */
interface OpenWork extends Tokens {
  readonly email: string
  readonly previousRefreshToken: string
  readonly challengeId: string
  readonly code: string
  readonly post: Record<string, unknown>
}

async function leaveOpen(node: GatewayProcess, email: string): Promise<OpenWork> {
  await signUpAt(node, email)
  const first = await signIn(node, email)
  const tokens = await refresh(node, first.refreshToken)
  const asked = await ask(
    node,
    `mutation { requestOtp(input: { email: "${email}", purpose: LOGIN }) { challengeId otpCode } }`,
  )
  const created = await ask(
    node,
    'mutation { createPost(input: { title: "Begun", content: "here", published: true }) { id updatedAt } }',
    tokens.accessToken,
  )
  const { challengeId, otpCode } = pick(asked, 'requestOtp')
  return {
    ...tokens,
    email,
    previousRefreshToken: first.refreshToken,
    challengeId: String(challengeId),
    code: String(otpCode),
    post: pick(created, 'createPost'),
  }
}

/** Continues at another node, and ends there what was begun. */
async function continueAt(node: GatewayProcess, work: OpenWork): Promise<void> {
  const { email, accessToken, challengeId, code, post } = work
  const me = () => send(node, '{ me { email } }', accessToken)
  expect((await me()).data?.['me']).toEqual({ email })
  const changed = await ask(
    node,
    `mutation { updatePost(id: "${String(post['id'])}", input: { title: "Continued", expectedUpdatedAt: "${String(post['updatedAt'])}" }) { title } }`,
    accessToken,
  )
  expect(pick(changed, 'updatePost')).toEqual({ title: 'Continued' })
  // A response that was lost: the previous token gets the same successor.
  const { refreshToken } = await refresh(node, work.previousRefreshToken)
  expect(refreshToken).toBe(work.refreshToken)
  await refresh(node, refreshToken)
  const verified = await ask(
    node,
    `mutation { verifyOtp(input: { challengeId: "${challengeId}", code: "${code}", purpose: LOGIN }) { ${PAYLOAD} } }`,
  )
  expect(pick(verified, 'verifyOtp')['__typename']).toBe('AuthPayload')
  await signIn(node, email)
  await ask(node, 'mutation { logout { messageKey } }', accessToken)
  expect((await me()).code).toBe('UNAUTHENTICATED')
}

async function signIn(node: GatewayProcess, email: string): Promise<Tokens> {
  const query = `mutation { login(input: { email: "${email}", password: "${PASSWORD}" }) { ${PAYLOAD} } }`
  return pick(await ask(node, query), 'login') as unknown as Tokens
}

async function refresh(node: GatewayProcess, token: string): Promise<Tokens> {
  const query = `mutation { refresh(refreshToken: "${token}") { accessToken refreshToken } }`
  return pick(await ask(node, query), 'refresh') as unknown as Tokens
}

function send(node: GatewayProcess, query: string, token?: string): Promise<PostedResponse> {
  return postTo(node.address, query, {}, token === undefined ? {} : { authorization: `Bearer ${token}` })
}

/** The data of a response without errors. */
async function ask(node: GatewayProcess, query: string, token?: string): Promise<PostedResponse> {
  const response = await send(node, query, token)
  expect(response.errors).toBeUndefined()
  return response
}

function pick({ data }: PostedResponse, field: string): Record<string, unknown> {
  return data?.[field] ?? {}
}
