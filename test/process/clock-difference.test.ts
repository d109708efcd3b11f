import { execFileSync } from 'node:child_process'
import { afterEach, expect, it } from 'vitest'
import { BACKENDS, freshDatabase, freshRedis } from '../support/backends.ts'
import { describeWith } from '../support/servers/binaries.ts'
import { gatewayProcesses, postTo, type GatewayProcess } from '../support/servers/gateway-process.ts'
import { eventually } from '../support/servers/processes.ts'

const PASSWORD = 'a quiet harbour at dawn'
const REGISTER = `mutation ($email: String!) { register(input: { email: $email, password: "${PASSWORD}" }) { challengeId otpCode } }`
const REQUEST =
  'mutation ($email: String!, $purpose: OtpPurpose!) { requestOtp(input: { email: $email, purpose: $purpose }) { challengeId otpCode } }'
const VERIFY = `mutation ($id: ID!, $code: String!, $purpose: OtpPurpose!) {
  verifyOtp(input: { challengeId: $id, code: $code, purpose: $purpose }) {
    ... on AuthPayload { accessToken refreshToken } ... on PasswordResetGrant { resetToken } } }`
const REFRESH = 'mutation ($token: String!) { refresh(refreshToken: $token) { accessToken refreshToken } }'
const RESET = `mutation ($token: String!) { resetPassword(input: { resetToken: $token, newPassword: "${PASSWORD}!" }) { __typename } }`
const ME = '{ me { id } }'

/** The processes of one SQLite file run on one machine, which has one clock. */
const SEPARATE = BACKENDS.filter(({ database }) => database === 'postgresql')

/**
 * Settings that make the clock of a process differ, as `faketime` sets them. It fails if a process that had
 * its id was killed, and so has left a semaphore; the next attempt has another id.
 */
async function findClockSettings(seconds: number): Promise<Record<string, string>> {
  const difference = `${seconds > 0 ? '+' : ''}${seconds}s`
  const text = await eventually(async () =>
    execFileSync('faketime', ['-f', difference, 'env'], { encoding: 'utf8' }),
  )
  const readVariable = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1] ?? ''
  return { LD_PRELOAD: readVariable('LD_PRELOAD'), FAKETIME: readVariable('FAKETIME') }
}

for (const backend of SEPARATE)
  describeWith([...backend.servers, 'faketime'], `nodes whose clocks differ, on ${backend.name}`, () => {
    const { folder, start } = gatewayProcesses()
    let wrong: GatewayProcess
    // Killed, it would leave a semaphore.
    afterEach(() => wrong.stop('SIGTERM'))

    /** A node with the correct time, and one that is ahead or behind. */
    async function startNodes(seconds: number): Promise<[right: GatewayProcess, wrong: GatewayProcess]> {
      const home = folder()
      const settings = {
        DATA_DIR: home,
        DATABASE_URL: await freshDatabase(backend.database, home),
        ...(backend.store === 'redis' ? { REDIS_URL: await freshRedis() } : {}),
        INSTANCES: '2',
        RATE_LIMIT_SCALE: '1000',
        // Shorter than the difference of the clocks, or as long.
        OTP_EXPIRATION_MINUTES: '1',
        ACCESS_TOKEN_MINUTES: '1',
        SESSION_IDLE_MINUTES: '2',
      }
      const right = await start(settings)
      wrong = await start({ ...settings, ...(await findClockSettings(seconds)) })
      return [right, wrong]
    }

    it.each([60, -60])(
      'by %s seconds accept the codes, grants, sessions and tokens of each other (SR-191)',
      async (seconds) => {
        const nodes = await startNodes(seconds)
        expect(nodes[1].output()).toContain('"event":"clock.corrected"')
        for (const [here, there] of [nodes, nodes.toReversed()] as [GatewayProcess, GatewayProcess][]) {
          const email = `ada${nodes.indexOf(here)}@example.com`
          const { data } = await postTo(here.address, REGISTER, { email })
          const { challengeId: id, otpCode: code } = data?.['register'] ?? {}
          const verified = await postTo(there.address, VERIFY, { id, code, purpose: 'VERIFY_EMAIL' })
          const first = verified.data?.['verifyOtp'] ?? {}
          expect((await askMe(here, first['accessToken'])).code).toBeUndefined()

          const tabs = []
          for (const node of [there, here, there])
            tabs.push(
              (await postTo(node.address, REFRESH, { token: first['refreshToken'] })).data?.['refresh'],
            )
          expect(new Set(tabs.map((tab) => tab?.['refreshToken'])).size).toBe(1)
          for (const tab of tabs)
            for (const node of nodes) expect((await askMe(node, tab?.['accessToken'])).code).toBeUndefined()

          const asked = await postTo(there.address, REQUEST, { email, purpose: 'RESET_PASSWORD' })
          const otp = asked.data?.['requestOtp'] ?? {}
          const granted = await postTo(here.address, VERIFY, {
            id: otp['challengeId'],
            code: otp['otpCode'],
            purpose: 'RESET_PASSWORD',
          })
          const grant = granted.data?.['verifyOtp']?.['resetToken']
          expect((await postTo(there.address, RESET, { token: grant })).code).toBeUndefined()
        }
      },
      60_000,
    )

    it('by more than two minutes are reported and not corrected (SR-191)', async () => {
      await startNodes(-3600)
      expect(wrong.output()).toContain('"event":"clock.wrong"')
    })

    function askMe({ address }: GatewayProcess, token: unknown) {
      return postTo(address, ME, {}, { authorization: `Bearer ${String(token)}` })
    }
  })
