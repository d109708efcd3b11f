import { SILENT_LOGGER } from '../support/silent-logger.ts'
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AuthError, ERROR_CODES, unavailable } from '../../src/core/errors.ts'
import { describeError } from '../../src/http/log.ts'
import { createLanguages } from '../../src/locales/languages.ts'
import { RESPONSES } from '../../src/locales/index.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { newAddress, startGateway, type TestGateway } from '../support/gateway.ts'
import { LoginDocument, RegisterDocument } from '../generated/graphql.ts'

const SECRET = 'postgres://root:hunter2@10.0.0.1/x at /srv/app/src/core.ts'

describe('an internal error', () => {
  const [backend] = BACKENDS as readonly [Backend]
  const gateways: TestGateway[] = []
  let broken = false
  const random = {
    bytes: (length: number) => randomBytes(length),
    // Called when a service creates a code.
    integer: () => {
      if (broken) throw new Error(SECRET)
      return 123456
    },
  }
  beforeAll(async () => {
    for (const environment of [
      {},
      { NODE_ENV: 'development' },
      { NODE_ENV: 'production', OTP_EXPOSE_CODE: 'false' },
    ]) {
      gateways.push(await startGateway(backend, environment, { random }))
    }
  })
  afterAll(() => Promise.all(gateways.map((gateway) => gateway.close())))

  it('is masked in every environment: the response has a fixed message and an id, and no detail of the cause (SR-103)', async () => {
    for (const gateway of gateways) {
      const input = { email: newAddress(), password: 'a quiet harbour at dawn' }
      broken = true
      const response = await gateway.send(RegisterDocument, { input })
      broken = false
      expect(response.text).not.toMatch(/hunter2|postgres|srv|core\.ts|stack|at \//)
      expect(response.errors[0]?.extensions).toMatchObject({
        code: 'INTERNAL_SERVER_ERROR',
        errorId: expect.stringMatching(/^[\w-]{24}$/) as string,
      })
    }
  })

  it('in a resolver is an INTERNAL_SERVER_ERROR with an id (SR-103)', async () => {
    const { createErrorFormatter } = await import('../../src/graphql/errors.ts')
    const logged: object[] = []
    const log = {
      ...SILENT_LOGGER,
      warn: (facts: object) => void logged.push(facts),
      error: (facts: object) => void logged.push(facts),
    }
    const format = createErrorFormatter(log, () => 'id-1', false)
    const formatted = format(
      { message: SECRET, path: ['me'], extensions: { code: 'INTERNAL_SERVER_ERROR', stacktrace: [SECRET] } },
      new Error(SECRET),
      createLanguages('en').fallback,
    )
    expect(formatted).toEqual({
      path: ['me'],
      message: RESPONSES.en.refusals.INTERNAL_SERVER_ERROR,
      extensions: { code: 'INTERNAL_SERVER_ERROR', messageKey: 'INTERNAL_SERVER_ERROR', errorId: 'id-1' },
    })
    expect(logged).toMatchObject([{ errorId: 'id-1' }])
    const outage = format(
      { message: 'x', extensions: {} },
      unavailable(new Error(SECRET)),
      createLanguages('en').fallback,
    )
    expect(JSON.stringify(outage)).not.toContain('hunter2')
    expect(outage.extensions).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryAfter: 1 })
  })

  it('of a known code has the message of that code, and no other text', async () => {
    const { createErrorFormatter } = await import('../../src/graphql/errors.ts')
    for (const code of Object.keys(ERROR_CODES) as (keyof typeof ERROR_CODES)[]) {
      const formatted = createErrorFormatter(SILENT_LOGGER, () => 'id', true)(
        { message: 'another text' },
        new AuthError(code, {}, new Error(SECRET)),
        createLanguages('en').fallback,
      )
      expect(formatted).toEqual({
        message: RESPONSES.en.refusals[code],
        extensions: { code, messageKey: code },
      })
    }
  })

  it('is logged without the statements and parameters that drivers put into their errors (SR-126)', () => {
    const driver = Object.assign(
      new Error(
        'Invalid `prisma.user.create()` invocation:\n\n{ password: "hunter2" }\n\nUnique constraint failed',
      ),
      { name: 'PrismaClientKnownRequestError', code: 'P2002', meta: { target: SECRET } },
    )
    const redis = Object.assign(new Error('ERR wrong'), {
      command: { name: 'set', args: ['key', 'hunter2'] },
    })
    const text = JSON.stringify([
      describeError(driver),
      describeError(unavailable(redis)),
      describeError(SECRET),
    ])
    expect(text).toContain('Unique constraint failed')
    expect(text).not.toContain('hunter2')
  })

  it('is distinguished from an error of the client: a wrong password is INVALID_CREDENTIALS', async () => {
    const response = await gateways[0]?.send(LoginDocument, { input: { email: newAddress(), password: 'x' } })
    expect(response?.code).toBe('INVALID_CREDENTIALS')
  })
})
