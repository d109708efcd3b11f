import { createHmac, createPublicKey } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { SignJWT, base64url, exportJWK, exportSPKI, generateKeyPair, type JWK } from 'jose'
import { describe, expect, it } from 'vitest'
import { systemRandom } from '../../src/core/secrets.ts'
import { buildSharedSecretKeySet } from '../../src/core/token-keys.ts'
import { CLAIMS, SUBJECT, firstToken, mirror, reencodeLast, hasHighS, createTokens } from './token-forgery.ts'

const { keys, tokens, token, verdict, forge } = await firstToken()

describe('hostile tokens', () => {
  it.each(['none', 'None', 'NONE', 'nOnE'])(
    'with alg %s are rejected, signed or not (SR-037)',
    async (alg) => {
      const header = base64url.encode(JSON.stringify({ alg, typ: 'at+jwt', kid: 'first' }))
      const [, payload, signature] = token.split('.')
      for (const text of [
        `${header}.${payload}.`,
        `${header}.${payload}`,
        `${header}.${payload}.${signature}`,
      ]) {
        expect(await verdict(text)).toBe('invalid')
      }
    },
  )

  it('without their signature are rejected (SR-037)', async () => {
    const [header, payload] = token.split('.')
    for (const text of [`${header}.${payload}.`, `${header}.${payload}`, `${header}..`, '..', '.', ''])
      expect(await verdict(text)).toBe('invalid')
  })

  it('of another algorithm are rejected, also with a public key as HMAC secret (SR-038)', async () => {
    const publicJwk = keys.publicJwks[0] as JWK
    const spki = await exportSPKI(createPublicKey({ key: publicJwk as never, format: 'jwk' }))
    const secrets = [
      spki,
      `${spki}\n`,
      spki.trim(),
      JSON.stringify(publicJwk),
      createPublicKey({ key: publicJwk as never, format: 'jwk' }).export({ type: 'spki', format: 'der' }),
    ]
    for (const alg of ['HS256', 'HS384', 'HS512']) {
      for (const secret of secrets) {
        const text = `${base64url.encode(JSON.stringify({ alg, typ: 'at+jwt', kid: 'first' }))}.${token.split('.')[1]}`
        const mac = createHmac(alg.replace('HS', 'sha'), secret).update(text).digest('base64url')
        expect(await verdict(`${text}.${mac}`)).toBe('invalid')
      }
    }
    const other = await generateKeyPair('RS256')
    const foreign = await new SignJWT(CLAIMS)
      .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: 'first' })
      .sign(other.privateKey)
    expect(await verdict(foreign)).toBe('invalid')
  })

  it('of the HMAC family are accepted with HS256 only, if it is configured (SR-038)', async () => {
    const secret = 'k7#mQ9!zR2@vX5$wB8^nC1&pD4*fG6(h'
    const set = await buildSharedSecretKeySet(secret)
    const shared = createTokens(set)
    expect(await verdict(await shared.sign(SUBJECT), shared)).toBe('valid')
    for (const alg of ['HS384', 'HS512']) {
      const text = await new SignJWT(CLAIMS)
        .setProtectedHeader({ alg, typ: 'at+jwt', kid: set.signing.kid })
        .sign(new TextEncoder().encode(secret.repeat(2)))
      expect(await verdict(text, shared)).toBe('invalid')
    }
  })

  it('that contain or reference a key are rejected, and nothing is fetched (SR-039)', async () => {
    let asked = 0
    const server = createServer((_request, response) => void ((asked += 1), response.end('{}'))).listen(
      0,
      '127.0.0.1',
    )
    await once(server, 'listening')
    const address = server.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/keys`
    const attacker = await generateKeyPair('ES256', { extractable: true })
    const embedded = { ...(await exportJWK(attacker.publicKey)), kid: 'first' }
    for (const extra of [{ jwk: embedded }, { jku: url }, { x5u: url }, { x5c: ['MIIB'] }]) {
      const text = await new SignJWT(CLAIMS)
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'first', ...extra })
        .sign(attacker.privateKey)
      expect(await verdict(text)).toBe('invalid')
      expect(await verdict(await forge(CLAIMS, extra))).toBe('invalid')
    }
    expect(asked).toBe(0)
    server.close()
  })

  it.each(['../../etc/passwd', "' OR 1=1 --", '__proto__', 'constructor', 'k'.repeat(10_000), ''])(
    'with the kid %s are refused (SR-039)',
    async (kid) => {
      expect(await verdict(await forge(CLAIMS, { kid: kid.slice(0, 3000) }))).toBe('invalid')
      expect(await verdict(await forge(CLAIMS, { kid }))).toBe('invalid')
    },
  )

  it('with a repeated claim or header name are rejected (SR-046)', async () => {
    const text = JSON.stringify(CLAIMS)
    expect(await verdict(await forge(text.replace('{', '{"sub":"admin",')))).toBe('invalid')
    expect(await verdict(await forge(text.replace(/}$/, ',"sub":"admin"}')))).toBe('invalid')
    const [, payload, signature] = token.split('.')
    const header = base64url.encode('{"alg":"ES256","alg":"ES256","typ":"at+jwt","kid":"first"}')
    expect(await verdict(`${header}.${payload}.${signature}`)).toBe('invalid')
  })

  it('with crit, b64, zip or five parts are rejected (SR-047)', async () => {
    for (const extra of [
      { crit: ['exp'] },
      { crit: ['unknown'], unknown: 1 },
      { zip: 'DEF' },
      { b64: false, crit: ['b64'] },
    ]) {
      const forged = await forge(CLAIMS, extra).catch(
        () =>
          `${base64url.encode(JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: 'first', ...extra }))}.${token.split('.').slice(1).join('.')}`,
      )
      expect(await verdict(forged)).toBe('invalid')
    }
    expect(await verdict(`${token}.a.b`)).toBe('invalid')
  })

  it('in any other encoding are rejected (SR-048)', async () => {
    const [header = '', payload = '', signature = ''] = token.split('.')
    const spellings = [
      `${token}=`,
      `${token}==`,
      `${token}\n`,
      ` ${token}`,
      `${header}.${payload}.${signature.slice(0, 10)} ${signature.slice(10)}`,
      `${header}.${payload}.${signature.slice(0, 10)}\t${signature.slice(10)}`,
      `${header}.${payload}.${Buffer.from(signature, 'base64url').toString('base64')}`,
      `${header}=.${payload}.${signature}`,
      `${header}.${payload}=.${signature}`,
      `${header}.${payload}.${reencodeLast(signature)}`,
      `${header}.${payload}.${mirror(signature)}`,
      `${header}.${payload}.${signature}.`,
      encodeURIComponent(token).replaceAll('.', '%2E'),
    ]
    for (const spelling of spellings)
      expect([spelling, await verdict(spelling)]).toEqual([spelling, 'invalid'])
    expect(await verdict(token)).toBe('valid')
  })

  it('are issued with the lower of the two signatures (SR-048)', async () => {
    const made = await Promise.all(Array.from({ length: 50 }, () => tokens.sign(SUBJECT)))
    expect(made.some(hasHighS)).toBe(false)
    for (const one of made) expect(await verdict(one)).toBe('valid')
  })

  it('longer than 4 KB are rejected before decoding, ten megabytes in under a millisecond (SR-049)', async () => {
    expect(await verdict(await forge({ ...CLAIMS, pad: 'x'.repeat(4096) }))).toBe('invalid')
    const huge = '.'.repeat(10_000_000)
    const started = performance.now()
    for (let round = 0; round < 100; round += 1) await tokens.verify(huge)
    expect((performance.now() - started) / 100).toBeLessThan(1)
  })

  it('have a verdict in each of ten thousand mutations (SR-055)', async () => {
    const characters = [...'abcXYZ019-_.=+/ \n\0é🔑{}"']
    for (let round = 0; round < 10_000; round += 1) {
      const at = systemRandom.integer(token.length)
      const character = characters[systemRandom.integer(characters.length)] ?? ''
      const mutations = [
        token.slice(0, at),
        token.slice(at),
        token.slice(0, at) + character + token.slice(at + 1),
        token.slice(0, at) + character + token.slice(at),
      ]
      const mutated = mutations[round % mutations.length] ?? ''
      if (mutated !== token) expect((await tokens.verify(mutated)).kind).toBe('invalid')
    }
  })
})
