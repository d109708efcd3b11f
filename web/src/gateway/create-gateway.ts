import { createAuthClient, createSocketWatch } from 'graphql-auth-gateway-client'
import type { Gateway } from './gateway.tsx'
import type { GatewaySettings } from './settings.ts'

/**
 * Creates the session of this browser. `readLanguage`: the language of the app, in which the gateway answers
 * and sends messages.
 */
export function createGateway(settings: GatewaySettings, readLanguage: () => string): Gateway {
  const { url, transport } = settings
  let hasEnded = false
  const auth = createAuthClient({
    url,
    transport,
    watch: createSocketWatch(),
    onSignedOut: () => void (hasEnded = true),
    fetch: (input, init) => fetch(input, withLanguage(init, readLanguage())),
  })
  return { settings, auth, hasEnded: () => hasEnded }
}

/** Adds the language to a request. */
export function withLanguage(init: RequestInit = {}, language: string): RequestInit {
  const headers = new Headers(init.headers)
  headers.set('accept-language', language)
  return { ...init, headers }
}
