import { sign, verify } from 'node:crypto'
import { jwtVerify } from 'jose'
import { serveLoop } from './bare-loop.ts'
import { privateKey, publicKey, signToken } from './sample-token.ts'

// One ES256 signature, behind nothing: the minimum of the first use of a token at another node, and of a
// refresh. Argument: which operation, by which library.

const token = await signToken()
const end = token.lastIndexOf('.')
const [data, signature] = [Buffer.from(token.slice(0, end)), Buffer.from(token.slice(end + 1), 'base64url')]

const OPERATIONS: Readonly<Record<string, () => unknown>> = {
  'verify by jose': () => jwtVerify(token, publicKey),
  'verify by node:crypto': () =>
    verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature),
  'sign by jose': signToken,
  'sign by node:crypto': () => sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
}

const work = OPERATIONS[process.argv[2] ?? '']
if (work) serveLoop(work)
