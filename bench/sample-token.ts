import { generateKeyPairSync } from 'node:crypto'
import { SignJWT } from 'jose'

/** A new key pair for ES256. */
export const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** Signs a token as long as an access token of the gateway, by jose. */
export function signToken(): Promise<string> {
  return new SignJWT({ sid: 's'.repeat(24), scope: 'user' })
    .setProtectedHeader({ alg: 'ES256' })
    .setSubject('u'.repeat(24))
    .setJti('j'.repeat(24))
    .sign(privateKey)
}
