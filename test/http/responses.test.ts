import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { sendRaw, type RawResponse } from '../support/raw-http.ts'

const SECURITY = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}
const QUERY = '{"query":"{ __typename }"}'
const JSON_TYPE = { 'content-type': 'application/json' }

describe('HTTP', () => {
  let gateway: TestGateway
  let address: string
  beforeAll(async () => {
    gateway = await startGateway((BACKENDS as readonly [Backend])[0], {
      NODE_ENV: 'development',
      CORS_ORIGINS: 'https://app.example.com',
      REFRESH_TRANSPORT: 'cookie',
    })
    address = await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
  })
  afterAll(() => gateway.close())

  const ask = async (
    path: string,
    method = 'GET',
    headers: Record<string, string> = {},
    body?: string | Buffer,
  ) => {
    const response = await fetch(`${address}${path}`, { method, headers, ...(body && { body }) })
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    }
  }
  const raw = (head: string, body: string | Buffer = '') =>
    sendRaw(
      Number(new URL(address).port),
      Buffer.concat([Buffer.from(`${head.replaceAll('\n', '\r\n')}\r\n\r\n`), Buffer.from(body)]),
    )

  function expectRefusal({ status, headers, body }: RawResponse, expected: number, code: string): void {
    expect([status, headers['content-type']]).toEqual([expected, 'application/json; charset=utf-8'])
    expect(headers).toMatchObject({ ...SECURITY, 'cache-control': 'no-store' })
    const { errors } = JSON.parse(body) as { errors: { message: string; extensions: { code: string } }[] }
    expect(errors.map(({ extensions }) => extensions.code)).toEqual([code])
    expect(body).not.toMatch(/FST_|HPE_|canary/)
  }

  it.each(['/graphql', '/graphql/', '//graphql', '/graphql?canary=1'])(
    'rejects unsupported methods at %s with 405 and Allow (SR-104, SR-108)',
    async (path) => {
      for (const method of ['PUT', 'DELETE', 'PATCH', 'REPORT']) {
        const answer = await ask(path, method, JSON_TYPE, QUERY)
        expectRefusal(answer, 405, 'METHOD_NOT_ALLOWED')
        expect(answer.headers['allow']).toBe('GET, POST')
      }
      // fetch refuses to send TRACE.
      const trace = await raw(`TRACE ${path} HTTP/1.1\nHost: a\nConnection: close`)
      expectRefusal(trace, 405, 'METHOD_NOT_ALLOWED')
      expect(trace.headers['allow']).toBe('GET, POST')
      const head = await ask(path, 'HEAD')
      expect([head.status, head.headers['allow'], head.body]).toEqual([405, 'GET, POST', ''])
    },
  )

  it('lists the methods of each path in Allow, and rejects a mutation over GET with 405 (SR-108)', async () => {
    expect((await ask('/livez', 'POST')).headers['allow']).toBe('GET, HEAD')
    expect((await ask('/livez', 'HEAD')).status).toBe(200)
    const options = await ask('/graphql', 'OPTIONS')
    expect([options.status, options.headers['allow'], options.body]).toEqual([204, 'GET, POST', ''])
    expectRefusal(await ask('/nowhere', 'OPTIONS'), 404, 'NOT_FOUND')
    const mutation = encodeURIComponent('mutation { logout { messageKey } }')
    const answer = await ask(`/graphql?query=${mutation}`, 'GET', { 'apollo-require-preflight': '1' })
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'POST'])
  })

  it('answers 404 for an unknown path, with any method or body, and 400 for one that cannot be decoded (SR-104)', async () => {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE'])
      expectRefusal(await ask('/canary', method), 404, 'NOT_FOUND')
    expectRefusal(await ask('/canary', 'POST', { 'content-type': 'text/canary' }, 'x'), 404, 'NOT_FOUND')
    expectRefusal(await ask('/%canary'), 400, 'BAD_REQUEST')
  })

  it.each([
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['multipart/form-data; boundary=x'],
    ['application/json; charset=utf-16'],
    ['application/json; charset=utf-7'],
    ['application/json; charset="iso-8859-1"'],
    ['application/json; charset='],
    ['canary'],
  ])('rejects a body of type %s with 415 (SR-104, SR-106, SR-109)', async (type) => {
    expectRefusal(
      await ask('/graphql', 'POST', { 'content-type': type }, QUERY),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    )
  })

  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"'])(
    'accepts a body of type %s (SR-104)',
    async (type) => {
      expect((await ask('/graphql', 'POST', { 'content-type': type }, QUERY)).status).toBe(200)
    },
  )

  it('rejects every content encoding but identity with 415 and Accept-Encoding (SR-109)', async () => {
    for (const encoding of ['gzip', 'br', 'deflate', 'zstd', 'GZIP, identity', 'canary']) {
      const answer = await ask(
        '/graphql',
        'POST',
        { ...JSON_TYPE, 'content-encoding': encoding },
        gzipSync(QUERY),
      )
      expectRefusal(answer, 415, 'UNSUPPORTED_MEDIA_TYPE')
      expect(answer.headers['accept-encoding']).toBe('identity')
    }
    const plain = await ask('/graphql', 'POST', { ...JSON_TYPE, 'content-encoding': 'identity' }, QUERY)
    expect(plain.status).toBe(200)
  })

  it('rejects a body that is not JSON, not UTF-8 or too long (SR-104)', async () => {
    const post = (body: string | Buffer) => ask('/graphql', 'POST', JSON_TYPE, body)
    expectRefusal(await post('{canary'), 400, 'BAD_REQUEST')
    const half = Buffer.concat([
      Buffer.from('{"query":"{ __typename }","x":"'),
      Buffer.from([0xc3, 0x28]),
      Buffer.from('"}'),
    ])
    expectRefusal(await post(half), 400, 'BAD_REQUEST')
    expectRefusal(await post(JSON.stringify({ query: 'x'.repeat(100_001) })), 413, 'PAYLOAD_TOO_LARGE')
    expect((await post('{"query":"{ __typename }","x":"é 🔑 \\ud800 \\u0000"}')).status).toBe(200)
    expect((await post(`\ufeff${QUERY}`)).status).toBe(200)
  })

  it('answers malformed and ambiguous requests with a JSON error and closes the connection (SR-104, SR-110)', async () => {
    const post = `POST /graphql HTTP/1.1\nHost: a\nContent-Type: application/json`
    expectRefusal(await raw('CANARY\n\n'), 400, 'BAD_REQUEST')
    expectRefusal(
      await raw(`GET /graphql HTTP/1.1\nHost: a\nX: ${'x'.repeat(17_000)}`),
      431,
      'HEADERS_TOO_LARGE',
    )
    expectRefusal(await raw(`GET /graphql?${'x'.repeat(17_000)} HTTP/1.1\nHost: a`), 431, 'HEADERS_TOO_LARGE')
    for (const smuggled of [
      `${post}\nContent-Length: 5\nTransfer-Encoding: chunked`,
      `${post}\nContent-Length: 5\nContent-Length: 6`,
      `${post}\nX: a\n  folded\nContent-Length : 5`,
    ])
      expectRefusal(
        await raw(smuggled, '0\r\n\r\nGET /livez HTTP/1.1\r\nHost: a\r\n\r\n'),
        400,
        'BAD_REQUEST',
      )
  })

  it.each(['', 'Host:', 'Host: a b', 'Host: %canary', 'Host: a/b c'])(
    'rejects the line %j instead of a Host with 400; health checks over HTTP/1.0 need no Host',
    async (line) => {
      const lines = [line, 'Connection: close'].filter(Boolean).join('\n')
      expectRefusal(await raw(`GET /graphql?query=a HTTP/1.1\n${lines}`), 400, 'BAD_REQUEST')
      expect((await raw('GET /livez HTTP/1.0')).status).toBe(200)
    },
  )

  it('sends the security headers with every response, and no name of the software (SR-104, SR-174)', async () => {
    const answers = [
      await ask('/graphql', 'POST', JSON_TYPE, QUERY),
      await ask('/graphql', 'POST', JSON_TYPE, '{"query":"{"}'),
      await ask('/livez'),
      await ask('/.well-known/jwks.json'),
      await ask('/graphql/ide/start.js'),
    ]
    for (const { headers } of answers) {
      expect(headers).toMatchObject(SECURITY)
      for (const name of ['server', 'x-powered-by', 'strict-transport-security'])
        expect(headers).not.toHaveProperty(name)
    }
    expect(answers[0]?.headers['cache-control']).toBe('no-store')
  })

  it('serves the IDE with its own policy, which allows every file that the page loads', async () => {
    const page = await ask('/graphql', 'GET', { accept: 'text/html' })
    expect(page.headers['content-security-policy']).toMatch(/script-src 'self';.*connect-src 'self'/)
    expect(page.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      vary: 'Accept, Accept-Language, Authorization, Origin',
    })
    // Relative, so that the page works below any path of the public URL.
    const parts = [...page.body.matchAll(/(?:src|href)="([^":]+\.(?:css|js))"/g)].map(
      ([, path]) => `/${path ?? ''}`,
    )
    expect(parts).toHaveLength(7)
    for (const path of parts) {
      const { status, headers } = await ask(path)
      expect([status, headers['content-type']]).toEqual([
        200,
        `text/${path.endsWith('.css') ? 'css' : 'javascript'}; charset=utf-8`,
      ])
      expect(headers['cross-origin-resource-policy']).toBe('same-origin')
    }
    // The policy blocks inline scripts.
    expect(page.body).not.toMatch(/<script(?![^>]* src=)/)
  })

  it('allows the listed CORS origins only: no reflected origin, no null, no wildcard (SR-107)', async () => {
    const listed = 'https://app.example.com'
    const foreign = [
      'null',
      'https://evil.example',
      'https://app.example.com.evil.example',
      'http://app.example.com',
    ]
    const similar = [
      'https://APP.example.com',
      'https://app.example.com:8443',
      'https://app.example.com/',
      '*',
      'file://',
    ]
    for (const origin of [listed, ...foreign, ...similar]) {
      const preflight = {
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      }
      const answers = [
        await ask('/graphql', 'OPTIONS', { origin, ...preflight }),
        await ask('/graphql', 'POST', { origin, ...JSON_TYPE }, QUERY),
        await ask('/graphql', 'POST', { origin, ...JSON_TYPE }, '{'),
        await ask('/graphql', 'DELETE', { origin }),
        await ask('/.well-known/jwks.json', 'GET', { origin }),
      ]
      for (const { headers } of answers) {
        expect(headers['access-control-allow-origin']).toBe(origin === listed ? listed : undefined)
        expect(headers['vary']).toContain('Origin')
      }
      expect(answers[0]?.headers['access-control-allow-methods']).toBe('GET, POST')
      expect(JSON.stringify(answers.map(({ headers }) => headers))).not.toContain('"*"')
    }
  })
})
