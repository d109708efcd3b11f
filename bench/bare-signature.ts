import { generateKeyPairSync, sign, verify } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import { serveLoop } from './bare-loop.ts'

// One ES256 signature, behind nothing: the minimum of the first use of a token at another node, and of a
// refresh. Argument: which operation, by which library.

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const token = await new SignJWT({ sid: 's'.repeat(24), scope: 'user' })
  .setProtectedHeader({ alg: 'ES256' })
  .setSubject('u'.repeat(24))
  .setJti('j'.repeat(24))
  .sign(privateKey)
const end = token.lastIndexOf('.')
const [data, signature] = [Buffer.from(token.slice(0, end)), Buffer.from(token.slice(end + 1), 'base64url')]

const OPERATIONS: Readonly<Record<string, () => unknown>> = {
  'verify by jose': () => jwtVerify(token, publicKey),
  'verify by node:crypto': () =>
    verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature),
  'sign by node:crypto': () => sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
}

const work = OPERATIONS[process.argv[2] ?? '']
if (work) serveLoop(work)
