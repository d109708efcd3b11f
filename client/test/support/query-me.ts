import { createAuthFetch } from '../../src/adapters/fetch.ts'
import type { AuthClient } from '../../src/index.ts'

/** Asks the gateway who is signed in; returns the id of the account, undefined if the request is rejected. */
export async function queryMe(auth: AuthClient): Promise<string | undefined> {
  const response = await createAuthFetch(auth)(auth.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ me { id } }' }),
  })
  const { data } = (await response.json()) as { data?: { me: { id: string } } | null }
  return data?.me.id
}
