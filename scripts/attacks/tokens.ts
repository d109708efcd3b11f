import { createHmac } from 'node:crypto'
import { tally, type Attack } from './attack.ts'
import type { Target } from './target.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const decode = (part: string) =>
  JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>

/** The outcome of `me` with each of some tokens. */
async function tryTokens(target: Target, tokens: readonly string[]): Promise<string> {
  const seen = await Promise.all(tokens.map((token) => target.query('{ me { id } }', {}, { token })))
  return tally(seen.map(({ code }) => code))
}

async function signUpForParts(target: Target): Promise<[header: string, payload: string, signature: string]> {
  const [header = '', payload = '', signature = ''] = (await target.signUp()).accessToken.split('.')
  return [header, payload, signature]
}

/** The other valid ECDSA signature of the same bytes: (r, n − s). */
function mirror(signature: string): string {
  const bytes = Buffer.from(signature, 'base64url')
  const s = ORDER - BigInt(`0x${bytes.subarray(32).toString('hex')}`)
  return Buffer.concat([
    bytes.subarray(0, 32),
    Buffer.from(s.toString(16).padStart(64, '0'), 'hex'),
  ]).toString('base64url')
}

/** Forged and re-encoded access tokens. */
export const TOKEN_ATTACKS: readonly Attack[] = [
  {
    name: 'JWT: a genuine token, as a control',
    expected: 'ok',
    run: async (target) => tryTokens(target, [(await target.signUp()).accessToken]),
  },
  {
    name: 'JWT: alg none in four spellings, with and without a signature',
    expected: 'UNAUTHENTICATED ×8',
    async run(target) {
      const [header, payload, signature] = await signUpForParts(target)
      const forged = ['none', 'None', 'NONE', 'nOnE'].map((alg) => encode({ ...decode(header), alg }))
      return tryTokens(
        target,
        forged.flatMap((other) => [`${other}.${payload}.`, `${other}.${payload}.${signature}`]),
      )
    },
  },
  {
    name: 'JWT: the published key as an HMAC secret, in three forms',
    expected: 'UNAUTHENTICATED ×3',
    async run(target) {
      const [header, payload] = await signUpForParts(target)
      const { text } = await target.send('', { method: 'GET', path: '/.well-known/jwks.json' })
      const [jwk] = (JSON.parse(text) as { keys: { x: string; y: string }[] }).keys
      const point = Buffer.concat([
        Buffer.from(jwk?.x ?? '', 'base64url'),
        Buffer.from(jwk?.y ?? '', 'base64url'),
      ])
      const signed = `${encode({ ...decode(header), alg: 'HS256' })}.${payload}`
      const secrets = [JSON.stringify(jwk), text, point]
      return tryTokens(
        target,
        secrets.map(
          (secret) => `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`,
        ),
      )
    },
  },
  {
    name: 'JWT: embedded and referenced keys',
    expected: 'UNAUTHENTICATED ×5',
    async run(target) {
      const [header, payload, signature] = await signUpForParts(target)
      const { port } = target
      const additions = [
        { jku: `http://127.0.0.1:${port}/jwks` },
        { x5u: `http://127.0.0.1:${port}/x5u` },
        { jwk: { kty: 'oct', k: 'AAAA' } },
        { kid: '../../../dev/null' },
        { kid: '__proto__' },
      ]
      return tryTokens(
        target,
        additions.map((more) => `${encode({ ...decode(header), ...more })}.${payload}.${signature}`),
      )
    },
  },
  {
    name: 'JWT: other encodings of a genuine token',
    expected: 'UNAUTHENTICATED ×7',
    async run(target) {
      const [header, payload, signature] = await signUpForParts(target)
      const last = ALPHABET[ALPHABET.indexOf(signature.at(-1) ?? 'A') | 1]
      return tryTokens(target, [
        `${header}.${payload}.${signature.slice(0, -1)}${last}`,
        `${header}.${payload}.${signature}=`,
        `${header}.${payload}.${signature}==`,
        `${header}=.${payload}.${signature}`,
        `${header}.${payload}.${mirror(signature)}`,
        `${header}.${payload}.${signature.slice(0, 20)}\t${signature.slice(20)}`,
        `${header}.${payload}.${signature}.`,
      ])
    },
  },
]
