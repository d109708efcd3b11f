import { afterEach, beforeEach, expect, it } from 'vitest'
import { EXTREMES, describeOn } from '../support/backends.ts'
import { sendInBatches } from '../support/batches.ts'
import { PASSWORD, newAddress, startGateway, type TestGateway } from '../support/gateway.ts'
import { LoginDocument, RegisterDocument, RequestOtpDocument } from '../generated/graphql.ts'
import { readDeviceCookie, newNetwork } from './limit-actors.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

describeOn(EXTREMES, 'The limits of messages to a mailbox', (backend) => {
  let gateway: TestGateway
  beforeEach(async () => {
    gateway = await startGateway(backend, { TRUST_PROXY: '1', RATE_LIMIT_SCALE: '1' })
  })
  afterEach(() => gateway.close())

  /** Requests a code, from another network each time; whether one was sent. */
  async function request(email: string, device?: string): Promise<boolean> {
    const headers = { 'x-forwarded-for': newNetwork(), ...(device ? { cookie: device } : {}) }
    const { code } = await gateway.send(
      RequestOtpDocument,
      { input: { email, purpose: 'LOGIN' } },
      { headers },
    )
    if (code !== undefined) expect(code).toBe('RATE_LIMITED')
    return code === undefined
  }

  async function countSent(emails: readonly string[]): Promise<number> {
    // In batches: a machine that is loaded refuses a flood before its limits are counted.
    const sent = await sendInBatches(emails.length, (index) => request(emails[index] ?? ''))
    return sent.filter(Boolean).length
  }

  it('are shared by 60 spellings with a tag, at once and over a day (SR-095)', async () => {
    const [local = ''] = newAddress().split('@')
    const spellings = Array.from({ length: 60 }, (_, index) => `${local}+${index}@example.com`)
    expect(await countSent(spellings)).toBe(1)
    gateway.passTime(DAY)
    let sent = 0
    for (const spelling of spellings) {
      if (await request(spelling)) sent += 1
      gateway.passTime(MINUTE)
    }
    expect(sent).toBe(10)
  })

  it('are shared by the address itself and registrations of others', async () => {
    const email = newAddress()
    expect(await request(email)).toBe(true)
    const other = { email: email.replace('@', '+other@') }
    expect((await gateway.send(RegisterDocument, { input: other })).code).toBe('RATE_LIMITED')
  })

  it('are shared by dotted spellings at Gmail (SR-095)', async () => {
    const spellings = ['ada.l@gmail.com', 'a.d.a.l@gmail.com', 'adal+x@googlemail.com', 'AdaL@Gmail.com']
    expect(await countSent(spellings)).toBe(1)
  })

  it('are not shared by different mailboxes', async () => {
    const mailboxes = ['ada.l@example.com', 'adal@example.com', 'adal@example.org', 'adal-x@example.com']
    expect(await countSent(mailboxes)).toBe(mailboxes.length)
  })

  it('leave a known device its own while strangers use up theirs by spellings (SR-095)', async () => {
    const { email } = await gateway.signUp()
    const input = { email, password: PASSWORD }
    const device = readDeviceCookie(await gateway.send(LoginDocument, { input })) ?? ''
    gateway.passTime(DAY)
    for (let index = 0; index < 12; index += 1) {
      await request(email.replace('@', `+${index}@`))
      gateway.passTime(4 * MINUTE)
    }
    expect(await request(email)).toBe(false)
    expect(await request(email, device)).toBe(true)
  })

  it('do not make two addresses one account (SR-012)', async () => {
    const email = newAddress()
    const tagged = email.replace('@', '+tag@')
    const first = await gateway.signUp(email)
    gateway.passTime(MINUTE)
    const second = await gateway.signUp(tagged)
    expect(second.user.id).not.toBe(first.user.id)
    expect(second.user.email).toBe(tagged)
  })
})
