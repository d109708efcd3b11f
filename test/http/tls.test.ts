import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { join } from 'node:path'
import { connect, type ConnectionOptions } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { ConfigError, loadConfig } from '../../src/config/load-config.ts'
import { BACKENDS, removeFolder, temporaryFolder, type Backend } from '../support/backends.ts'
import { hasOpenssl, createCertificate, type Certificate } from '../support/certificates.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { sendRaw } from '../support/raw-http.ts'
import { runGateway } from '../support/servers/gateway-process.ts'

describe.skipIf(!hasOpenssl)('TLS (needs openssl: apt-get install openssl)', () => {
  let folder: string
  let made: Certificate
  let gateway: TestGateway
  let address: URL
  beforeAll(async () => {
    folder = temporaryFolder()
    made = createCertificate(folder, 'gateway')
    gateway = await startGateway((BACKENDS as readonly [Backend])[0], {
      TLS_CERT_FILE: made.certFile,
      TLS_KEY_FILE: made.keyFile,
      REQUIRE_HTTPS: 'true',
      CORS_ORIGINS: 'https://app.example.com',
    })
    address = new URL(await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' }))
  })
  afterAll(async () => {
    await gateway.close()
    removeFolder(folder)
  })

  /** The negotiated version, or the code of the failure. */
  async function handshake(options: ConnectionOptions): Promise<string | null> {
    const socket = connect({ port: Number(address.port), host: '127.0.0.1', ca: made.cert, ...options })
    try {
      await once(socket, 'secureConnect')
      return socket.getProtocol()
    } catch (error) {
      return error instanceof Error && 'code' in error ? String(error.code) : null
    } finally {
      socket.destroy()
    }
  }

  it('accepts versions 1.2 and 1.3 only, and only ciphers with forward secrecy (SR-175)', async () => {
    expect(address.protocol).toBe('https:')
    expect(await handshake({})).toBe('TLSv1.3')
    expect(await handshake({ maxVersion: 'TLSv1.2' })).toBe('TLSv1.2')
    // The alert comes from the server: this client allows 1.1.
    const old = { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
    for (const maxVersion of ['TLSv1.1', 'TLSv1'] as const)
      expect(await handshake({ ...old, maxVersion })).toMatch(/ALERT_PROTOCOL_VERSION$/)
    const weak = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA256:AES128-GCM-SHA256' } as const
    expect(await handshake(weak)).toMatch(/HANDSHAKE_FAILURE$/)
  })

  it('serves an https origin with HSTS, and ignores forwarded headers without a trusted proxy (SR-174)', async () => {
    const sent = request(new URL('/graphql', address), {
      method: 'POST',
      ca: made.cert,
      headers: {
        'content-type': 'application/json',
        origin: 'https://app.example.com',
        'x-forwarded-proto': 'http',
      },
    })
    sent.end('{"query":"{ __typename }"}')
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    response.resume()
    expect(response.statusCode).toBe(200)
    expect(response.headers).toMatchObject({
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
      'access-control-allow-origin': 'https://app.example.com',
    })
  })

  it('serves WebSockets', async () => {
    const socket = new WebSocket(`wss://${address.host}/graphql`, 'graphql-transport-ws', {
      ca: made.cert,
      origin: 'https://app.example.com',
    })
    await once(socket, 'open')
    socket.terminate()
  })

  it('does not answer a plain HTTP request', async () => {
    const answer = await sendRaw(Number(address.port), 'GET /livez HTTP/1.1\r\nHost: a\r\n\r\n')
    expect([answer.body, answer.headers]).toEqual(['', {}])
  })

  it('reports a missing, unreadable or mismatched certificate or key at start, without the key', async () => {
    const other = createCertificate(folder, 'other')
    const problems = (TLS_CERT_FILE: string, TLS_KEY_FILE: string) => {
      try {
        loadConfig({
          variables: { TLS_CERT_FILE, TLS_KEY_FILE },
          readFile: (path) => readFileSync(path, 'utf8'),
        })
      } catch (error) {
        if (error instanceof ConfigError) return error.problems
      }
      return []
    }
    const { certFile, keyFile } = made
    expect(problems(certFile, keyFile)).toEqual([])
    expect(problems(certFile, '')).toEqual(['TLS_KEY: required with TLS_CERT'])
    expect(problems('', keyFile)).toEqual(['TLS_CERT: required with TLS_KEY'])
    expect(problems('/none', keyFile)).toEqual(['TLS_CERT_FILE: expected a file that can be read'])
    expect(problems(keyFile, keyFile)).toEqual(['TLS_CERT: expected a certificate chain in PEM'])
    expect(problems(certFile, certFile)).toEqual([
      'TLS_KEY: expected a private key in PEM without a passphrase',
    ])
    const { status, output } = await runGateway({
      DATA_DIR: join(folder, 'data'),
      TLS_CERT_FILE: certFile,
      TLS_KEY_FILE: other.keyFile,
    })
    expect([status, output]).toEqual([
      78,
      'Invalid settings:\n  TLS_KEY: expected the private key of the first certificate\n',
    ])
  })
})
