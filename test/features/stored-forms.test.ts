import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../src/adapters/state-store/memory.ts'
import { parseEmail } from '../../src/core/email-address.ts'
import { systemRandom } from '../../src/core/secrets.ts'
import { readOtpRecord, writeOtpRecord, type OtpRecord } from '../../src/features/otp/otp-record.ts'
import { PasswordResetGrants } from '../../src/features/passwords/reset-grants.ts'
import { MfaChallenges } from '../../src/features/sign-in/mfa-challenges.ts'
import type { StateStore } from '../../src/ports/state-store.ts'
import type { User } from '../../src/ports/users.ts'

const NOW = 1_700_000_000_000
const user: User = {
  id: 'ada',
  email: parseEmail('ada@example.com'),
  emailVerifiedAt: null,
  phone: null,
  phoneVerifiedAt: null,
  fullName: null,
  locale: null,
  status: 'ACTIVE',
  roles: [],
  securityStamp: 7,
  createdAt: new Date(NOW),
}

/** A store, and the texts that were written into it. */
function createRecordingStore() {
  const store = createMemoryStore({ now: () => NOW })
  const texts: string[] = []
  const set: StateStore['set'] = (key, value, ...rest) => {
    texts.push(value)
    return store.set(key, value, ...rest)
  }
  const dependencies = {
    store: { ...store, set },
    random: systemRandom,
    now: () => NOW,
    hashKey: Buffer.alloc(32, 1),
  }
  return { texts, dependencies }
}

// Nodes of earlier versions run beside this one during an upgrade and read the same state store.
describe('the stored form, which nodes of earlier versions read,', () => {
  it('of a code keeps its property names and their order (SR-172)', () => {
    const record: OtpRecord = {
      securityStamp: 7,
      purpose: 'LOGIN',
      nonce: 'n',
      codeHash: 'h',
      userId: 'ada',
      phone: null,
      spent: false,
      expiresAt: NOW,
      linkExpiresAt: NOW,
    }
    const text = writeOtpRecord(record)
    expect(text).toBe(
      `{"purpose":"LOGIN","nonce":"n","codeHash":"h","userId":"ada","generation":7,"phone":null,"expiresAt":${NOW},"linkExpiresAt":${NOW},"spent":false}`,
    )
    expect(readOtpRecord(text)).toEqual(record)
  })

  it('of a pending sign-in keeps its property names (SR-172)', async () => {
    const { texts, dependencies } = createRecordingStore()
    const challenges = new MfaChallenges(dependencies)
    const condition = { proves: 'EMAIL', dropsPassword: false } as const
    const { challengeId } = await challenges.open(user, { methods: ['otp'], proofHash: 'h' }, condition)
    const expiresAt = NOW + 300_000
    expect(texts).toEqual([
      `{"userId":"ada","generation":7,"proof":{"methods":["otp"],"startedBy":"h"},"condition":{"proves":"EMAIL","dropsPassword":false},"expiresAt":${expiresAt}}`,
    ])
    expect(await challenges.find(challengeId)).toEqual({
      userId: 'ada',
      securityStamp: 7,
      proof: { methods: ['otp'], proofHash: 'h' },
      condition,
      expiresAt,
    })
  })

  it('of a reset grant keeps its property names (SR-172)', async () => {
    const { texts, dependencies } = createRecordingStore()
    const grants = new PasswordResetGrants(dependencies)
    const { resetToken } = await grants.issue(user, 'SMS')
    expect(texts).toEqual([`{"userId":"ada","generation":7,"proves":"SMS","expiresAt":${NOW + 600_000}}`])
    expect(await grants.find(resetToken)).toMatchObject({ userId: 'ada', securityStamp: 7, proves: 'SMS' })
  })
})
