import { expect, it } from 'vitest'
import { createMemoryStore } from '../../src/adapters/state-store/memory.ts'
import { deriveKey, keyedHash } from '../../src/core/secrets.ts'
import { LimitService } from '../../src/features/limits/limit-service.ts'
import { LIMITS } from '../../src/features/limits/limits.ts'
import { OWNER_WAYS, STRANGER_EFFECTS, type OwnerWay } from '../../src/features/limits/owner-ways.ts'
import { LoginDocument, RequestOtpDocument, VerifyOtpDocument } from '../generated/graphql.ts'
import { BACKENDS, describeOn } from '../support/backends.ts'
import { PASSWORD, startGateway, type Sending, type TestGateway } from '../support/gateway.ts'
import { newNetwork, readDeviceCookie, sendFrom } from './limit-actors.ts'
import { setPhone, type Destination } from './proof-steps.ts'

const SECRET = 'f3a9c17be04d5826a1b7c9d3e5f60718'
const BUDGET = 8
const DAY = 24 * 3600_000
const stranger = () => sendFrom({ network: newNetwork(), device: null })

interface Owner {
  readonly email: string
  readonly phone: string
  readonly device: string | null
}

async function createOwner(gateway: TestGateway): Promise<Owner> {
  const { email, accessToken } = await gateway.signUp()
  const { phone } = await setPhone(gateway, accessToken)
  const signedIn = await gateway.send(LoginDocument, { input: { email, password: PASSWORD } }, stranger())
  return { email, phone, device: readDeviceCookie(signedIn) }
}

/** Whether each way of the owner is open. */
async function findClosed(gateway: TestGateway, { email, phone, device }: Owner): Promise<OwnerWay[]> {
  const known = sendFrom({ network: newNetwork(), device })
  const byPassword = async (sending: Sending) =>
    (await gateway.send(LoginDocument, { input: { email, password: PASSWORD } }, sending)).code
  const byCode = async (destination: Destination, sending: Sending) => {
    const { data, code } = await gateway.send(RequestOtpDocument, { input: destination }, sending)
    if (!data) return code
    const input = { challengeId: data.requestOtp.challengeId, code: data.requestOtp.otpCode ?? '' }
    return (await gateway.send(VerifyOtpDocument, { input }, sending)).code
  }
  const ways: Readonly<Record<OwnerWay, () => Promise<string | undefined>>> = {
    'password on a known device': () => byPassword(known),
    'password on a new device': () => byPassword(stranger()),
    'code by e-mail on a known device': () => byCode({ email }, known),
    'code by e-mail on a new device': () => byCode({ email }, stranger()),
    'code by SMS on a new device': () => byCode({ phone }, stranger()),
  }
  const closed: OwnerWay[] = []
  for (const way of OWNER_WAYS) if ((await ways[way]()) !== undefined) closed.push(way)
  return closed
}

/** The subjects that a stranger can use up, by the name of the limit. */
function listSubjects(name: string, { email, phone }: Owner, network: string): string[][] {
  const key = deriveKey(Buffer.from(SECRET), 'otp')
  const hashes = [keyedHash(key, 'destination', 'EMAIL', email), keyedHash(key, 'destination', 'SMS', phone)]
  const subjects: Readonly<Record<string, string[][]>> = {
    'login-failures': [[email, network]],
    'login-strangers': [[email]],
    'otp-failures': hashes.flatMap((hash) => [
      [hash, 'place'],
      [hash, 'challenge'],
    ]),
    'otp-failures-network': hashes.map((hash) => [hash, network]),
    'sms-block': [[phone.slice(0, -4)]],
    'sms-network': [[network]],
  }
  return subjects[name] ?? (name.startsWith('field-') ? [[network]] : [[]])
}

const CASES = Object.entries(STRANGER_EFFECTS)
  .filter(([, { reach }]) => reach !== 'none')
  .map(([key, effect]) => ({ limit: LIMITS[key as keyof typeof LIMITS], ...effect }))

const MEMORY = BACKENDS.filter(({ store }) => store === 'memory')
describeOn(MEMORY, 'a stranger who has used up', (backend) => {
  it.each(CASES.map((each) => ({ ...each, name: each.limit.name })))(
    '$name closes $closes and nothing else (SR-089, SR-223)',
    async ({ limit, reach, closes }) => {
      let offset = 0
      const now = () => Date.now() + offset
      const store = createMemoryStore({ now })
      const settings = { GATEWAY_SECRET: SECRET, TRUST_PROXY: '1', SMS_DAILY_BUDGET: String(BUDGET) }
      const gateway = await startGateway(backend, settings, { now, store })
      const owner = await createOwner(gateway)
      offset += DAY
      const max = 'max' in limit ? limit.max : Math.ceil(BUDGET * limit.share)
      if (reach === 'messages') {
        // As many messages as strangers can request: the windows of four in five minutes and of an hour.
        for (let message = 0; message < (limit.windowMs > 60_000 ? 4 : 1); message += 1) {
          if (message > 0) offset += 61_000
          for (const input of [{ email: owner.email }, { phone: owner.phone }])
            await gateway.send(RequestOtpDocument, { input }, stranger())
        }
      } else {
        const limits = new LimitService({
          store,
          now,
          scale: 1,
          hashKey: deriveKey(Buffer.from(SECRET), 'limits'),
        })
        for (const subject of listSubjects(limit.name, owner, newNetwork()))
          for (let claims = 0; claims < max; claims += 1) await limits.claim({ ...limit, max }, ...subject)
      }
      expect(await findClosed(gateway, owner)).toEqual(closes)
      await gateway.close()
    },
  )

  it('no limit keeps the ways of known devices, and passwords or codes on a new one (SR-223)', () => {
    for (const { closes } of Object.values(STRANGER_EFFECTS)) {
      expect(closes.filter((way) => way.includes('known'))).toEqual([])
      const isPasswordClosed = closes.includes('password on a new device')
      expect(isPasswordClosed && closes.includes('code by e-mail on a new device')).toBe(false)
    }
  })
})
