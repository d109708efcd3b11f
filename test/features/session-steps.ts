import { PASSWORD, type TestGateway } from '../support/gateway.ts'
import { LoginDocument, MeDocument, RefreshDocument, type SignInFragment } from '../generated/graphql.ts'
import { signedInBy } from '../support/outcomes.ts'

/** An object with a refresh token. */
export interface Refreshable {
  readonly refreshToken?: string | null
}

/** The response to a refresh. */
export function tryRefresh(gateway: TestGateway, { refreshToken }: Refreshable) {
  return gateway.send(RefreshDocument, { refreshToken: refreshToken ?? null })
}

/** Whether a protected field accepts an access token. */
export async function isSignedIn(
  gateway: TestGateway,
  { accessToken }: { readonly accessToken: string },
): Promise<boolean> {
  return (await gateway.send(MeDocument, {}, { token: accessToken })).code === undefined
}

/** Another session of a person with the default password of the tests. */
export async function signInAgain(gateway: TestGateway, email: string): Promise<SignInFragment> {
  return signedInBy((await gateway.ask(LoginDocument, { input: { email, password: PASSWORD } })).login)
}
