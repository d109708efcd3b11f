import { expect, it } from 'vitest'
import { BACKENDS, describeOn } from '../support/backends.ts'
import { LoginDocument, RequestOtpDocument, VerifyOtpDocument } from '../generated/graphql.ts'
import { PASSWORD, newAddress, normalizeResponse, startGateway } from '../support/gateway.ts'
import { gatewayProcesses, postTo } from '../support/servers/gateway-process.ts'
import { eventually } from '../support/servers/processes.ts'
import type { Provider } from '../support/servers/provider.ts'
import { bySmtp, byWebhook, emptied, messageSteps, messagesAt, register, waiting } from './message-steps.ts'

const [OLD, FRESH, SIGNING] = [
  'k7#mQ9!zR2@vX5$wB8^nC1&pD4*fG6(h',
  'h6)gF4*dE1&cB8^aZ5$yX2@wV9!uT7#s',
  'n3%bV6!cX9@zL2#kJ5^hG8&fD1*sA4(p',
]

describeOn(BACKENDS.slice(0, 1), 'messages that cannot be delivered', (backend) => {
  const steps = messageSteps(backend)
  const processes = gatewayProcesses()

  it('are dropped when their code and their link have expired, with an event that contains no address (SR-034)', async () => {
    const provider = await steps.provider(() => 503)
    const lines: string[] = []
    const write = (line: string) => void lines.push(line)
    const gateway = await steps.gateway({ ...byWebhook(provider), LOG_LEVEL: 'info' }, { log: { write } })
    const email = newAddress()
    await register(gateway, email)
    await eventually(async () => provider.requests.length === 1)
    // The link of the message lives for an hour, the code for five minutes.
    gateway.passTime(60 * 60_000)
    await emptied(gateway)
    expect(provider.requests.length).toBe(1)
    const events = lines.filter((line) => line.includes('message_dropped'))
    expect(events.map((line) => JSON.parse(line) as object)).toMatchObject([{ reason: 'code expired' }])
    expect(lines.join('')).toContain('webhook: HTTP status 503')
    expect(lines.join('')).not.toContain(email.split('@')[0])
  })

  it('are dropped after the maximum number of attempts (SR-034)', async () => {
    const provider = await steps.provider(() => 503)
    const gateway = await steps.gateway({ ...byWebhook(provider), MESSAGE_ATTEMPTS: '2' })
    await register(gateway)
    await emptied(gateway)
    expect(provider.requests.length).toBe(2)
  })

  it('are dropped at once when they are refused for good, and not sent by another transport (SR-034)', async () => {
    const provider = await steps.provider(() => 400)
    const gateway = await steps.gateway({ ...byWebhook(provider), MAIL_TRANSPORTS: 'webhook,outbox' })
    const email = newAddress()
    await register(gateway, email)
    await emptied(gateway)
    expect(provider.requests.length).toBe(1)
    await expect(gateway.messagesTo(email)).rejects.toThrow('ENOENT')
  })

  it('are sent by the next transport in order, at once, and skip a transport that keeps failing', async () => {
    const provider = await steps.provider(() => 503)
    const server = await steps.mailServer()
    const settings = { ...bySmtp(server), ...byWebhook(provider), MAIL_TRANSPORTS: 'webhook,smtp' }
    const gateway = await steps.gateway(settings)
    for (let count = 1; count <= 8; count += 1) {
      await register(gateway)
      await eventually(async () => server.received.length === count)
    }
    // The circuit is open after five failures in a row, and no message waits for the transport.
    expect(provider.requests.length).toBe(5)
  })

  it('are sent by the next process', async () => {
    const provider = await steps.provider(() => 503)
    const gateway = await steps.gateway(byWebhook(provider))
    const email = newAddress()
    await register(gateway, email)
    await eventually(async () => provider.requests.length === 1)
    await gateway.app.close()
    expect((await waiting(gateway)).length).toBe(1)
    provider.answer = () => 200
    await steps.sibling(gateway)
    await emptied(gateway)
    expect(messagesAt(provider).at(-1)).toMatchObject({ to: email })
  })

  it('are sent by the next process after the lease when the previous one was killed during delivery', async () => {
    const provider = await steps.provider(() => new Promise(() => {}))
    const folder = processes.folder()
    const settings = { ...byWebhook(provider), DATA_DIR: folder, DATABASE_URL: `file:${folder}/gateway.db` }
    const killed = await processes.start(settings)
    const answer = await postTo(
      killed.address,
      'mutation { register(input: { email: "ada@example.com" }) { challengeId } }',
    )
    expect(answer.errors).toBeUndefined()
    await eventually(async () => provider.requests.length === 1)
    await killed.stop('SIGKILL')
    provider.answer = () => 200
    const early = await startGateway(backend, settings)
    await register(early)
    await eventually(async () => provider.requests.length === 2)
    await early.app.close()
    expect(messagesAt(provider).filter(({ to }) => to === 'ada@example.com').length).toBe(1)
    const late = await startGateway(backend, settings, { now: () => Date.now() + 61_000 })
    await emptied(late)
    await late.close()
    const [first, , again] = messagesAt(provider)
    const [code] = /\d{6}/.exec(first?.text ?? '') ?? []
    expect(again).toMatchObject({ id: first?.id, to: first?.to, subject: first?.subject })
    expect(again?.text).toContain(code)
    expect([first?.text, again?.text].map((text) => /valid for (\d)/.exec(text ?? '')?.[1])).toEqual([
      '5',
      '4',
    ])
  })

  it('open under a secret that is being replaced, and wait under one that is not accepted', async () => {
    const provider = await steps.provider(() => 503)
    const keys = { JWT_ALGORITHM: 'HS256', JWT_SECRET: SIGNING }
    const gateway = await steps.gateway({ ...byWebhook(provider), ...keys, GATEWAY_SECRET: OLD })
    const email = newAddress()
    await register(gateway, email)
    await eventually(async () => provider.requests.length === 1)
    await gateway.app.close()
    provider.answer = () => 200
    const stranger = await gateway.sibling({ GATEWAY_SECRET: FRESH })
    await eventually(async () => Number((await waiting(gateway))[0]?.attempts) >= 2)
    await stranger.app.close()
    expect(provider.requests.length).toBe(1)
    await steps.sibling(gateway, { GATEWAY_SECRET: FRESH, GATEWAY_SECRETS_ACCEPTED: OLD })
    await emptied(gateway)
    expect(messagesAt(provider).at(-1)).toMatchObject({ to: email })
  })

  const troubles: readonly [string, Provider['answer'] | null][] = [
    ['is down', null],
    ['does not answer', () => new Promise(() => {})],
    ['fails', () => 503],
    ['refuses', () => 400],
    ['wants another key', () => 401],
  ]
  it.each(troubles)(
    'do not change the response while the provider %s, and use up no attempt (SR-034, SR-078)',
    async (_what, answer) => {
      const provider = await steps.provider()
      const gateway = await steps.gateway(byWebhook(provider))
      const known = await gateway.signUp()
      const requestOtp = (email: string) =>
        gateway.send(RequestOtpDocument, { input: { email, purpose: 'LOGIN' } })
      const calm = normalizeResponse(await requestOtp(newAddress()))
      if (answer) provider.answer = answer
      else await provider.close()
      gateway.passTime(61_000)
      const asked = await requestOtp(known.email)
      // The response came before any provider accepted the message.
      expect([normalizeResponse(asked).replace(/"destination":"[^"]*"/, ''), asked.code]).toEqual([
        calm.replace(/"destination":"[^"]*"/, ''),
        undefined,
      ])
      const { challengeId, otpCode } = asked.data?.requestOtp ?? {}
      const verified = await gateway.send(VerifyOtpDocument, {
        input: { challengeId: challengeId ?? null, purpose: 'LOGIN', code: otpCode ?? '' },
      })
      expect(verified.code).toBeUndefined()
      const login = await gateway.send(LoginDocument, { input: { email: known.email, password: PASSWORD } })
      expect(login.code).toBeUndefined()
    },
  )
})
