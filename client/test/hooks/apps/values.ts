/** Values that the test puts into the page. */
export function readValues(): Readonly<Record<'token', string>> {
  return (globalThis as unknown as { values: Readonly<Record<'token', string>> }).values
}

/** URL of the gateway, which serves the page. */
export const GRAPHQL_URL = '/graphql'

/** URL of its WebSocket endpoint. */
export function getSocketUrl(): string {
  return new URL(GRAPHQL_URL, location.href).href.replace(/^http/, 'ws')
}
