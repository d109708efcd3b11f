import { BACKENDS, type Backend } from '../../../test/support/backends.ts'
import { startGateway, type TestGateway } from '../../../test/support/gateway.ts'
import { startCountingProxy, type CountingProxy } from './counting-proxy.ts'

/** A gateway that listens, behind a proxy that counts requests. */
export interface Site {
  readonly gateway: TestGateway
  readonly address: string
  readonly proxy: CountingProxy
  /** An account that can sign in. */
  addAccount(): Promise<Account>
  close(): Promise<void>
}

/** Credentials of an account. */
export interface Account {
  readonly credentials: { readonly email: string; readonly password: string }
  readonly userId: string
  /** Access token of a session on another device. */
  readonly elsewhere: string
}

/** The gateway with the fewest parts. */
const BACKEND = BACKENDS[1] as Backend
/** Lifetime of access tokens at gateways of these tests, in milliseconds. */
export const TOKEN_MS = 15 * 60_000

/** Starts a site. */
export async function startSite(settings: Record<string, string> = {}): Promise<Site> {
  const gateway = await startGateway(BACKEND, settings)
  const address = await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
  const proxy = await startCountingProxy(address)
  return {
    gateway,
    address,
    proxy,
    async addAccount() {
      const { email, password, user, accessToken } = await gateway.signUp()
      return { credentials: { email, password }, userId: user.id, elsewhere: accessToken }
    },
    async close() {
      await proxy.close()
      await gateway.close()
    },
  }
}
