import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../src/adapters/state-store/memory.ts'
import { hashContact } from '../../src/core/contact-hash.ts'
import { parseEmail, type EmailAddress } from '../../src/core/email-address.ts'
import { keyedHash, systemRandom } from '../../src/core/secrets.ts'
import { readOtpRecords, writeOtpRecords, type OtpRecord } from '../../src/features/otp/otp-record.ts'
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
  suspendedAt: null,
  roles: [],
  securityStamp: 7,
  hasPassword: false,
  createdAt: new Date(NOW),
}

const contact = { channel: 'EMAIL', address: user.email as EmailAddress } as const
const hash = hashContact(Buffer.alloc(32, 1), contact)

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
      registrationStamp: null,
      channel: 'EMAIL',
      purpose: 'LOGIN',
      nonce: 'n',
      codeHash: 'h',
      userId: 'ada',
      sealedAddress: null,
      spent: false,
      expiresAt: NOW,
      linkExpiresAt: NOW,
      requester: 'r',
      openerId: null,
      destination: 'd',
    }
    const text = writeOtpRecords([record])
    expect(text).toBe(
      `{"purpose":"LOGIN","nonce":"n","codeHash":"h","userId":"ada","generation":null,"phone":null,"expiresAt":${NOW},"linkExpiresAt":${NOW},"spent":false,"channel":"EMAIL","stamp":7,"requester":"r","opener":null,"destination":"d"}`,
    )
    expect(readOtpRecords(text)).toEqual([record])
    const registration = { ...record, registrationStamp: 7, channel: 'SMS', sealedAddress: 's' } as const
    const both = writeOtpRecords([registration, record])
    expect(readOtpRecords(both)).toEqual([registration, record])
    // Nodes of earlier versions read the newest code.
    expect(both).toContain(`"destination":"d","others":[${text}]}`)
  })

  it('of a pending sign-in keeps its property names (SR-172)', async () => {
    const { texts, dependencies } = createRecordingStore()
    const challenges = new MfaChallenges(dependencies)
    const condition = { securityStamp: 7, contact, dropsPassword: false }
    const { challengeId } = await challenges.open('ada', { methods: ['otp'], proofHash: 'h' }, condition)
    const expiresAt = NOW + 300_000
    expect(texts).toEqual([
      `{"userId":"ada","generation":7,"proof":{"methods":["otp"],"startedBy":"h"},"condition":{"proves":"EMAIL","dropsPassword":false,"contact":"${hash}"},"expiresAt":${expiresAt}}`,
    ])
    const pending = await challenges.find(challengeId)
    expect(pending).toEqual({
      userId: 'ada',
      securityStamp: 7,
      proof: { methods: ['otp'], proofHash: 'h' },
      contact: { channel: 'EMAIL', hash },
      dropsPassword: false,
      expiresAt,
    })
    if (!pending) throw new Error('no pending sign-in')
    expect(challenges.toCondition(pending, user)).toEqual(condition)
    expect(challenges.toCondition(pending, { ...user, email: parseEmail('eve@example.com') })).toBeNull()
  })

  it('of a reset grant keeps its property names (SR-172)', async () => {
    const { texts, dependencies } = createRecordingStore()
    const grants = new PasswordResetGrants(dependencies)
    const { resetToken } = await grants.issue({ userId: 'ada', securityStamp: 7, contact })
    expect(texts).toEqual([
      `{"userId":"ada","generation":7,"proves":"EMAIL","expiresAt":${NOW + 600_000},"contact":"${hash}"}`,
    ])
    const grant = await grants.find(resetToken)
    expect(grant).toMatchObject({ userId: 'ada', securityStamp: 7, contact: { channel: 'EMAIL', hash } })
    expect(grants.matchContact(grant, user)).toEqual(contact)
    expect(grants.matchContact(grant, { ...user, email: parseEmail('eve@example.com') })).toBeNull()
  })
})

describe('the stored form of version 0.1', () => {
  const times = `"expiresAt":${NOW + 1},"linkExpiresAt":${NOW + 1}`

  it('of a code is read: SMS by its sealed number, and a stamp of registrations only (SR-172)', () => {
    const write = (generation: number | null, phone: string | null) =>
      readOtpRecords(
        `{"purpose":"LOGIN","nonce":"n","codeHash":"h","userId":"ada","generation":${generation},"phone":${JSON.stringify(phone)},${times},"spent":false}`,
      )[0]
    const email = { channel: 'EMAIL', sealedAddress: null }
    expect(write(null, null)).toMatchObject({ ...email, securityStamp: null, registrationStamp: null })
    expect(write(7, null)).toMatchObject({ ...email, securityStamp: 7, registrationStamp: 7 })
    expect(write(null, 's')).toMatchObject({ channel: 'SMS', sealedAddress: 's' })
  })

  it('of a pending sign-in or a grant is bound by its stamp, and to a contact of its channel (SR-172, SR-176)', async () => {
    const { dependencies } = createRecordingStore()
    const { store } = dependencies
    const [challenges, grants] = [new MfaChallenges(dependencies), new PasswordResetGrants(dependencies)]
    const mfaKey = `mfa:${keyedHash(dependencies.hashKey, 'mfa-challenge', 'c')}`
    const proof = '{"methods":["otp"],"startedBy":"h"}'
    const condition = '{"proves":"EMAIL","dropsPassword":false}'
    const start = '"userId":"ada","generation":7'
    await store.set(mfaKey, `{${start},"proof":${proof},"condition":${condition},${times}}`, 1000)
    const grantKey = `reset-grant:${keyedHash(dependencies.hashKey, 'reset-grant', 't')}`
    await store.set(grantKey, `{${start},"proves":"EMAIL",${times}}`, 1000)
    const pending = await challenges.find('c')
    if (!pending) throw new Error('no pending sign-in')
    const grant = await grants.find('t')
    expect([challenges.toCondition(pending, user)?.securityStamp, grant.securityStamp]).toEqual([7, 7])
    expect([challenges.toCondition(pending, user)?.contact, grants.matchContact(grant, user)]).toEqual([
      contact,
      contact,
    ])
    expect(grants.matchContact(grant, { ...user, email: null })).toBeNull()
  })
})
