import { afterAll, beforeAll, expect, it } from 'vitest'
import { createPasswordHashing } from '../../src/adapters/passwords/argon2-hasher.ts'
import { systemRandom } from '../../src/core/secrets.ts'
import { LIMITS } from '../../src/features/limits/limits.ts'
import { EXTREMES, describeOn } from '../support/backends.ts'
import {
  PASSWORD,
  newAddress,
  startGateway,
  type GraphqlResponse,
  type TestGateway,
} from '../support/gateway.ts'
import { LoginDocument, RegisterDocument } from '../generated/graphql.ts'
import { readPasswordHash, loginCode } from './password-steps.ts'

/**
 * Every part of a response that a client can compare, except the time of day, its id and the status of the
 * limit.
 */
function toBytes({ status, headers, text }: GraphqlResponse<unknown>): string {
  const body = text
    .replace(/,?"rateLimits":\[[^\]]*\]/, '')
    .replace(/"resetAt":"[^"]*"|"retryAfter":\d+/g, '')
  const { date: _, 'content-length': length, 'retry-after': wait, 'x-request-id': id, ...rest } = headers
  expect(id).toMatch(/^[\w-]{24}$/)
  expect([Number(length), typeof wait]).toEqual([Buffer.byteLength(text), typeof headers['retry-after']])
  return JSON.stringify([status, Object.entries(rest).sort(), wait !== undefined, body])
}

describeOn(EXTREMES, 'a sign-in by password', (backend) => {
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway(backend, { TRUST_PROXY: '1' })))
  afterAll(() => gateway.close())

  /** One account of each kind, with a password that is rejected. */
  async function everyKind(): Promise<Record<string, { email: string; password: string }>> {
    const [active, suspended] = [await gateway.signUp(), await gateway.signUp()]
    const passwordless = await gateway.signUp(newAddress(), null)
    const pending = newAddress()
    await gateway.ask(RegisterDocument, { input: { email: pending, password: PASSWORD } })
    await gateway.app.administration.suspend(suspended.email)
    return {
      wrong: { email: active.email, password: 'not this one, surely' },
      unknown: { email: newAddress(), password: PASSWORD },
      pending: { email: pending, password: PASSWORD },
      suspended: { email: suspended.email, password: PASSWORD },
      passwordless: { email: passwordless.email, password: PASSWORD },
      empty: { email: passwordless.email, password: '' },
    }
  }

  it.each([['application/json'], ['application/graphql-response+json']])(
    'is rejected with the same bytes and headers for every reason; limits apply to all alike (%s) (SR-076, SR-080)',
    async (accept) => {
      const kinds = await everyKind()
      const headers = { accept, 'x-forwarded-for': `203.0.113.${accept.length}` }
      const answers: [string, string][] = []
      for (const [kind, input] of Object.entries(kinds))
        answers.push([kind, toBytes(await gateway.send(LoginDocument, { input }, { headers }))])
      expect(answers[0]?.[1]).toContain('INVALID_CREDENTIALS')
      expect(new Set(answers.map(([, bytes]) => bytes)).size, JSON.stringify(answers)).toBe(1)

      const limited = new Set<string>()
      const { empty: _, ...persons } = kinds
      for (const input of Object.values(persons)) {
        const codes = []
        for (let tried = 0; tried < LIMITS.loginFailures.max; tried += 1)
          codes.push(await loginCode(gateway, input.email, input.password, headers))
        expect(codes.filter((code) => code === 'INVALID_CREDENTIALS').length).toBeGreaterThanOrEqual(8)
        limited.add(toBytes(await gateway.send(LoginDocument, { input }, { headers })))
      }
      expect(limited.size).toBe(1)
      expect([...limited][0]).toContain('RATE_LIMITED')
    },
  )

  it('replaces a hash of another cost once, and accepts the old one until then (SR-008)', async () => {
    const { email } = await gateway.signUp()
    const raised = await gateway.sibling({ PASSWORD_HASH_MEMORY_KIB: '12288', PASSWORD_HASH_PASSES: '4' })
    const before = await readPasswordHash(gateway, email)
    expect(before).toContain('$m=19456,t=2,p=1$')
    expect(await loginCode(raised, email, 'not this one, surely')).toBe('INVALID_CREDENTIALS')
    expect(await readPasswordHash(gateway, email)).toBe(before)
    expect(await loginCode(raised, email, PASSWORD)).toBeUndefined()
    const after = await readPasswordHash(gateway, email)
    expect(after).toContain('$m=12288,t=4,p=1$')
    expect(await loginCode(raised, email, PASSWORD)).toBeUndefined()
    expect(await readPasswordHash(gateway, email)).toBe(after)
    await raised.app.close()
  })

  it('accepts a password in either spelling whose hash was made before passwords were normalized (SR-006)', async () => {
    const { email } = await gateway.signUp(newAddress(), 'caf\u00e9 at midnight')
    const cost = { memoryKib: 19456, passes: 2, lanes: 1 }
    const hashing = createPasswordHashing({ cost, concurrency: 1, queue: 1, maxRequests: 1 }, systemRandom)
    const typed = await hashing.reserve((hasher) => hasher.hash('cafe\u0301 at midnight'))
    await hashing.close()
    await gateway.sql(`UPDATE users SET password_hash = '${typed}' WHERE email = '${email}'`)
    expect(await loginCode(gateway, email, 'cafe\u0301 at midnight')).toBeUndefined()
    expect(await loginCode(gateway, email, 'cafe at midnight')).toBe('INVALID_CREDENTIALS')
  })

  it('succeeds even if the hash cannot be replaced (SR-008)', async () => {
    const { email } = await gateway.signUp()
    const raised = await gateway.sibling({ PASSWORD_HASH_MEMORY_KIB: '12288', PASSWORD_HASH_PASSES: '4' })
    const before = await readPasswordHash(gateway, email)
    await gateway.sql(refuseHashes(backend.database))
    expect(await loginCode(raised, email, PASSWORD)).toBeUndefined()
    await gateway.sql(
      backend.database === 'sqlite' ? 'DROP TRIGGER no_hash' : 'DROP TRIGGER no_hash ON users',
    )
    expect(await readPasswordHash(gateway, email)).toBe(before)
    expect(await loginCode(raised, email, PASSWORD)).toBeUndefined()
    expect(await readPasswordHash(gateway, email)).not.toBe(before)
    await raised.app.close()
  })
})

/** Makes the database reject every new hash, as a read-only one would. */
function refuseHashes(database: 'sqlite' | 'postgresql'): string {
  if (database === 'sqlite')
    return `CREATE TRIGGER no_hash BEFORE UPDATE OF password_hash ON users
      WHEN NEW.password_hash <> OLD.password_hash BEGIN SELECT RAISE(ABORT, 'no'); END`
  return `CREATE FUNCTION no_hash() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
    CREATE TRIGGER no_hash BEFORE UPDATE ON users FOR EACH ROW
      WHEN (NEW.password_hash <> OLD.password_hash) EXECUTE FUNCTION no_hash()`
}
