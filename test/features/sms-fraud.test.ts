import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { LIMITS } from '../../src/features/limits/limits.ts'
import { BACKENDS, EXTREMES, describeOn } from '../support/backends.ts'
import { newAddress, startGateway, type TestGateway } from '../support/gateway.ts'
import {
  RegisterDocument,
  RegisterPhoneDocument,
  RequestOtpDocument,
  VerifyOtpDocument,
} from '../generated/graphql.ts'
import { readDeviceCookie } from './limit-actors.ts'

/** One of the ten thousand numbers of a block. */
const buildNumber = (block: number, index: number) => `+447400${10 + block}${String(index).padStart(4, '0')}`
const from = (index: number) => ({
  headers: { 'x-forwarded-for': `198.${18 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}` },
})
const register = (gateway: TestGateway, phone: string, network: number) =>
  gateway.send(RegisterPhoneDocument, { input: { phone } }, from(network))
const granted = (answers: readonly { code: string | undefined }[]) =>
  answers.filter(({ code }) => code === undefined).length

/** The text messages that were sent, after the gateway has closed. */
async function countTexts(gateway: TestGateway): Promise<number> {
  await gateway.app.close()
  const lines = readFileSync(join(gateway.folder, 'outbox/outbox.jsonl'), 'utf8').split('\n').filter(Boolean)
  return lines.filter((line) => (JSON.parse(line) as { to: string }).to.startsWith('+')).length
}

const MEMORY = BACKENDS.filter(({ store }) => store === 'memory')
describeOn(MEMORY, 'ten thousand numbers in a row', (backend) => {
  it('from as many networks send no more than the limit of their block (SR-092)', async () => {
    const gateway = await startGateway(backend, { TRUST_PROXY: '1' })
    const codes = new Set<string | undefined>()
    for (let begun = 0; begun < 10_000; begun += 100) {
      const numbers = Array.from({ length: 100 }, (_, index) => begun + index)
      const answers = await Promise.all(
        numbers.map((index) => register(gateway, buildNumber(0, index), index)),
      )
      for (const { code } of answers) codes.add(code)
    }
    expect(codes).toEqual(new Set([undefined, 'RATE_LIMITED']))
    expect(await countTexts(gateway)).toBe(LIMITS.smsPerBlock.max)
    await gateway.close()
  }, 120_000)
})

describeOn(EXTREMES, 'text messages', (backend) => {
  it('end with the daily budget, exactly, over two nodes; e-mail is still sent (SR-092)', async () => {
    // New numbers have half of the budget.
    const settings = { TRUST_PROXY: '1', SMS_DAILY_BUDGET: '14' }
    const gateway = await startGateway(backend, settings)
    const nodes = [gateway, await gateway.sibling()]
    const answers = await Promise.all(
      Array.from({ length: 70 }, (_, index) =>
        register(nodes[index % 2] ?? gateway, buildNumber(index % 20, index), index),
      ),
    )
    expect(granted(answers)).toBe(7)
    const refused = answers.find(({ code }) => code === 'RATE_LIMITED')
    expect(refused?.errors[0]?.extensions['retryAfter']).toBeGreaterThan(0)
    const mail = await gateway.send(RegisterDocument, { input: { email: newAddress() } }, from(1))
    expect(mail.code).toBeUndefined()
    await nodes[1]?.app.close()
    expect(await countTexts(gateway)).toBe(7)
    await gateway.close()
  })

  it('from one network end after its limit, over all destinations (SR-084, SR-092)', async () => {
    const gateway = await startGateway(backend, { TRUST_PROXY: '1' })
    const answers = await Promise.all(
      Array.from({ length: 3 * LIMITS.smsPerNetwork.max }, (_, index) =>
        register(gateway, buildNumber(index % 20, index), 1),
      ),
    )
    expect(granted(answers)).toBe(LIMITS.smsPerNetwork.max)
    await gateway.close()
  })

  it.each([
    ['none of which comes back, end after thirty to the same operator', false, 30],
    ['one in five of which comes back, go on', true, 60],
  ] as const)('%s (SR-093)', async (_, comesBack, expected) => {
    const gateway = await startGateway(backend, { TRUST_PROXY: '1' })
    let sent = 0
    for (let index = 0; index < 60; index += 1) {
      const { code, data } = await register(gateway, buildNumber(index % 20, index), index)
      if (code === undefined) sent += 1
      if (!comesBack || index % 5 > 0 || !data) continue
      const { challengeId, otpCode } = data.registerPhone
      const input = { challengeId, purpose: 'VERIFY_PHONE', code: otpCode ?? '' } as const
      expect((await gateway.send(VerifyOtpDocument, { input }, from(index))).code).toBeUndefined()
    }
    expect(sent).toBe(expected)
    await gateway.close()
  })

  it('are not sent until countries are configured, and never to premium lines (SR-092)', async () => {
    const off = await startGateway(backend, { SMS_COUNTRIES: '' })
    const named = await startGateway(backend, { SMS_COUNTRIES: 'gb, KR' })
    const fieldCode = async (gateway: TestGateway, phone: string) => {
      const { code, errors } = await register(gateway, phone, 0)
      const [problem] = (errors[0]?.extensions['fieldErrors'] ?? []) as { code: string }[]
      return code === 'BAD_USER_INPUT' ? problem?.code : code
    }
    expect(await fieldCode(off, '+447400123456')).toBe('PHONE_NOT_SUPPORTED')
    for (const phone of ['+447400123456', '+821012345678'])
      expect(await fieldCode(named, phone)).toBeUndefined()
    const refused = {
      'another country': '+12125550100',
      'a premium line': '+449098790000',
      'a shared-cost line': '+448431234567',
      'a free line': '+448001234567',
      'a landline': '+442079460958',
      'a satellite': '+870773111632',
      'an international network': '+8821612345678',
    }
    for (const [kind, phone] of Object.entries(refused))
      expect([kind, await fieldCode(named, phone)]).toEqual([kind, 'PHONE_NOT_SUPPORTED'])
    await off.close()
    await named.close()
  })
})

/** An account with a verified number, and the cookie of the device that verified it. */
async function createOwner(gateway: TestGateway, phone: string) {
  const { data } = await register(gateway, phone, 100_000)
  const { challengeId = '', otpCode } = data?.registerPhone ?? {}
  const input = { challengeId, purpose: 'VERIFY_PHONE', code: otpCode ?? '' } as const
  const device = readDeviceCookie(await gateway.send(VerifyOtpDocument, { input }, from(100_000)))
  // The next message to the number can be requested after a minute.
  gateway.passTime(61_000)
  return { phone, device: device ?? '' }
}

/** Requests a sign-in code from a network, and from a device if one is given. */
async function requestLogin(gateway: TestGateway, phone: string, network: number, device?: string) {
  const { headers } = from(network)
  const cookie = device === undefined ? {} : { cookie: device }
  return gateway.send(RequestOtpDocument, { input: { phone } }, { headers: { ...headers, ...cookie } })
}

describeOn(EXTREMES, 'text messages to a number with an account', (backend) => {
  it('are sent while strangers request messages to numbers without one: neither block nor prefix closes (SR-216)', async () => {
    const gateway = await startGateway(backend, { TRUST_PROXY: '1' })
    const [one, other] = [
      await createOwner(gateway, buildNumber(0, 9000)),
      await createOwner(gateway, buildNumber(0, 9001)),
    ]
    const decoys = []
    for (let index = 0; index < 60; index += 1)
      decoys.push((await requestLogin(gateway, buildNumber(index % 2, index), index)).code)
    expect(new Set(decoys)).toEqual(new Set([undefined]))
    expect((await requestLogin(gateway, one.phone, 200, one.device)).code).toBeUndefined()
    expect((await requestLogin(gateway, other.phone, 201)).code).toBeUndefined()
    expect((await register(gateway, buildNumber(0, 9002), 202)).code).toBeUndefined()
    await gateway.close()
  })

  it('are sent while strangers have closed block and prefix with registrations (SR-216)', async () => {
    const gateway = await startGateway(backend, { TRUST_PROXY: '1' })
    const [one, other] = [
      await createOwner(gateway, buildNumber(0, 9000)),
      await createOwner(gateway, buildNumber(0, 9001)),
    ]
    for (let index = 0; index < 60; index += 1) await register(gateway, buildNumber(index % 2, index), index)
    for (const block of [0, 1, 2])
      expect((await register(gateway, buildNumber(block, 9002), 202)).code).toBe('RATE_LIMITED')
    expect((await requestLogin(gateway, one.phone, 200, one.device)).code).toBeUndefined()
    expect((await requestLogin(gateway, other.phone, 201)).code).toBeUndefined()
    await gateway.close()
  })

  it('keep a quarter of the daily budget for known devices, and a half for numbers with an account (SR-216)', async () => {
    const gateway = await startGateway(backend, { TRUST_PROXY: '1', SMS_DAILY_BUDGET: '8' })
    const numbers = [9000, 9001, 9002].map((index) => buildNumber(0, index))
    const owners = []
    for (const phone of numbers) owners.push(await createOwner(gateway, phone))
    const [first, second, third] = owners
    if (!first || !second || !third) throw new Error('there are three owners')
    expect((await register(gateway, buildNumber(1, 1), 1)).code).toBeUndefined()
    expect((await register(gateway, buildNumber(1, 2), 2)).code).toBe('RATE_LIMITED')
    expect((await requestLogin(gateway, first.phone, 3)).code).toBeUndefined()
    expect((await requestLogin(gateway, second.phone, 4)).code).toBeUndefined()
    const closed = [
      await requestLogin(gateway, third.phone, 5),
      await requestLogin(gateway, buildNumber(1, 3), 5),
    ]
    // A number without an account has the same response.
    expect(closed.map(({ code }) => code)).toEqual(['RATE_LIMITED', 'RATE_LIMITED'])
    expect((await requestLogin(gateway, third.phone, 6, third.device)).code).toBeUndefined()
    await gateway.close()
  })
})
