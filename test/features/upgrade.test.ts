import { Redis } from 'ioredis'
import { decodeJwt } from 'jose'
import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  RECORDED_WITH,
  TABLES,
  leaveTraces,
  type Cell,
  type Row,
  type Traces,
} from '../../scripts/record-stores.ts'
import { describeOnEveryBackend, type Backend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import {
  LoginDocument,
  MeDocument,
  PostsDocument,
  RequestOtpDocument,
  VerifyOtpDocument,
} from '../generated/graphql.ts'
import { signedInBy } from '../support/outcomes.ts'
import { now, recorded, startOnRecorded, type Nodes } from './recorded-stores.ts'
import { isSignedIn, tryRefresh } from './session-steps.ts'

const WRITTEN_OTHERWISE = `Version ${recorded.version} serves beside this one during an upgrade, and this is not what it writes.
Readers must come one release before writers: if ${recorded.version} reads the new form, record it by \`npx tsx scripts/record-stores.ts\`;
if it does not, this release must read both forms and go on writing the old one.`

describeOnEveryBackend(`what version ${recorded.version} left behind`, (backend) => {
  let nodes: Nodes
  let gateway: TestGateway
  let sibling: TestGateway
  beforeEach(async () => {
    nodes = await startOnRecorded(backend)
    gateway = nodes.gateway
    sibling = nodes.sibling
  })
  afterEach(() => nodes.close())

  it('is an access token that every node accepts (SR-172)', async () => {
    for (const node of [gateway, sibling]) {
      const { me } = await node.ask(MeDocument, {}, recorded.accessToken)
      expect(me).toMatchObject({ email: recorded.email, status: 'ACTIVE', roles: ['USER'] })
      expect(me.id).toBe(decodeJwt(recorded.accessToken).sub)
      const { posts } = await node.ask(PostsDocument, { first: 1 }, recorded.accessToken)
      expect(posts.edges.map(({ node: { title } }) => title)).toEqual(['Recorded'])
    }
  })

  it('is a refresh token that rotates, and a previous one that returns the same successor (SR-058, SR-172)', async () => {
    const { refreshToken, previousRefreshToken } = recorded
    for (const node of [gateway, sibling]) {
      const repeated = await tryRefresh(node, { refreshToken: previousRefreshToken })
      expect(repeated.data?.refresh.refreshToken).toBe(refreshToken)
    }
    const next = (await tryRefresh(gateway, { refreshToken })).data?.refresh
    const again = (await tryRefresh(sibling, { refreshToken })).data?.refresh
    expect([next?.refreshToken === refreshToken, again?.refreshToken]).toEqual([false, next?.refreshToken])
    for (const { accessToken } of [next ?? recorded, again ?? recorded, recorded])
      expect([
        await isSignedIn(gateway, { accessToken }),
        await isSignedIn(sibling, { accessToken }),
      ]).toEqual([true, true])
    expect((await tryRefresh(sibling, { refreshToken: previousRefreshToken })).code).toBe('REFRESH_REUSED')
  })

  it.each(['challengeId', 'email'] as const)(
    'is a code that signs in once, by its %s, with the guesses counted (SR-020, SR-172)',
    async (by) => {
      const { code, challengeId } = recorded.pending
      const reference = by === 'email' ? { email: recorded.email } : { challengeId }
      const verify = (node: TestGateway, guess: string) =>
        node.send(VerifyOtpDocument, { input: { ...reference, code: guess, purpose: 'LOGIN' } })
      const wrong = await verify(sibling, code === '111111' ? '222222' : '111111')
      // One of five guesses was made by challenge id before the recording; guesses by address are counted
      // separately.
      expect(wrong.errors[0]?.extensions['attemptsLeft']).toBe(by === 'email' ? 4 : 3)
      const signedIn = (await verify(gateway, code)).data?.verifyOtp
      if (!signedIn) throw new Error('the code was refused')
      expect(await isSignedIn(sibling, signedInBy(signedIn))).toBe(true)
      expect((await verify(sibling, code)).code).toBe(by === 'email' ? 'OTP_INVALID' : 'OTP_NOT_FOUND')
    },
  )

  it('keeps what it ended, a password and a limit (SR-066, SR-172)', async () => {
    const { email, password, ended } = recorded
    for (const node of [gateway, sibling]) {
      expect([await isSignedIn(node, ended), (await tryRefresh(node, ended)).code]).toEqual([
        false,
        'TOKEN_INVALID',
      ])
      expect((await node.send(LoginDocument, { input: { email, password } })).code).toBeUndefined()
      const asked = await node.send(RequestOtpDocument, { input: { email, purpose: 'LOGIN' } })
      expect(asked.code).toBe('RATE_LIMITED')
    }
  })
})

describeOnEveryBackend('the data that this version writes', (backend) => {
  it(`has the form that version ${recorded.version} wrote, so that its nodes can read it (SR-172)`, async () => {
    const gateway = await startGateway(
      backend,
      { GATEWAY_SECRET: recorded.secret, ...RECORDED_WITH },
      { now },
    )
    const traces = await leaveTraces(gateway.app)
    expect(tokenForms(traces), WRITTEN_OTHERWISE).toEqual(tokenForms(recorded))
    for (const table of TABLES) {
      const rows =
        table === 'state_entries'
          ? await readEntries(backend, gateway)
          : await gateway.sql<Row>(`SELECT ${listKnownColumns(table)} FROM ${table}`)
      if (rows) expect(readForms(rows), WRITTEN_OTHERWISE).toEqual(readForms(recorded.tables[table]))
    }
    await gateway.close()
  })
})

/**
 * Properties that this version adds to the entries of the state store, by the start of their keys. Nodes of
 * the recorded version drop them, and entries without them have a default.
 */
const ADDED_PROPERTIES: Readonly<Record<string, readonly string[]>> = {
  'otp:': ['channel', 'stamp', 'requester', 'opener', 'destination'],
}

/** A row without the properties that this version adds. */
function withoutAdded(row: Row): Row {
  const { key, value } = row
  const [, added = []] =
    Object.entries(ADDED_PROPERTIES).find(([start]) => String(key).startsWith(start)) ?? []
  if (added.length === 0 || typeof value !== 'string') return row
  const kept = Object.entries(JSON.parse(value) as object).filter(([name]) => !added.includes(name))
  return { ...row, value: JSON.stringify(Object.fromEntries(kept)) }
}

/** The columns of the recorded version. Its statements name their columns: it never reads a newer one. */
function listKnownColumns(table: (typeof TABLES)[number]): string {
  return Object.keys(recorded.tables[table][0] ?? {}).join(', ')
}

/** The entries of the state store; null for memory, which no other version reads. */
async function readEntries(backend: Backend, gateway: TestGateway): Promise<readonly Row[] | null> {
  if (backend.store === 'memory') return null
  if (backend.store === 'database') return gateway.sql<Row>('SELECT * FROM state_entries')
  const redis = new Redis(gateway.environment['REDIS_URL'] ?? '')
  const keys = await redis.keys('gw:*')
  const values = await redis.mget(keys)
  redis.disconnect()
  return keys.map((key, index) => ({
    key: key.slice('gw:'.length),
    value: values[index] ?? null,
    expires_at: '0',
  }))
}

/** Starts of keys that the recorded version never reads. */
const ADDED_KEYS: readonly string[] = ['gen:']

/**
 * The different forms of the rows of a table. Limits are left out: a counter has no form, and a window may
 * restart.
 */
function readForms(rows: readonly Row[]): string[] {
  const forms = rows
    .filter(({ key }) => !['limit:', ...ADDED_KEYS].some((start) => String(key).startsWith(start)))
    .map((row) =>
      JSON.stringify(
        Object.entries(withoutAdded(row))
          .map(([name, cell]) => [name, formOfCell(cell)])
          .sort(),
      ),
    )
  return [...new Set(forms)].sort()
}

/** Databases return times and numbers in different forms. */
function formOfCell(cell: Cell | Date): string | null {
  if (cell instanceof Date || /^\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)$/.test(String(cell))) return 'a time'
  return cell === null ? null : typeof cell === 'boolean' ? '0' : toForm(String(cell))
}

/**
 * The text with every identifier, hash or sealed part as its length, and every number as 0: the order of JSON
 * members stays visible.
 */
function toForm(text: string): string {
  return text.replace(/[\w+/-]{22,}|\d+/g, (run) => (run.length < 22 ? '0' : `<${run.length}>`))
}

function tokenForms({ accessToken, refreshToken, pending }: Traces) {
  const [header = '', payload = ''] = accessToken.split('.')
  const { iss, aud, exp = 0, iat = 0 } = decodeJwt(accessToken)
  const decoded = [header, payload].map((part) => toForm(Buffer.from(part, 'base64url').toString()))
  return {
    decoded,
    iss,
    aud,
    life: exp - iat,
    refresh: toForm(refreshToken),
    challenge: toForm(pending.challengeId),
  }
}
