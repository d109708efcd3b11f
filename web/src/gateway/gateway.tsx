import { createContext, use, useCallback, useSyncExternalStore, type ReactNode } from 'react'
import type { AuthClient, AuthState } from 'graphql-auth-gateway-client'
import type { GatewaySettings } from './settings.ts'

/** The gateway as all screens use it. */
export interface Gateway {
  readonly settings: GatewaySettings
  /** The session of this browser. */
  readonly auth: AuthClient
  /** Whether a session has ended while this page was open. */
  readonly hasEnded: () => boolean
}

const GatewayContext = createContext<Gateway | null>(null)

/** Gives all screens below the gateway. */
export function GatewayProvider({ gateway, children }: { gateway: Gateway; children: ReactNode }) {
  return <GatewayContext value={gateway}>{children}</GatewayContext>
}

/** The gateway of the app. */
export function useGateway(): Gateway {
  const gateway = use(GatewayContext)
  if (!gateway) throw new Error('There is no GatewayProvider.')
  return gateway
}

/** The state of the session, which all tabs share. */
export function useAuthState(): AuthState {
  const { auth } = useGateway()
  const subscribe = useCallback((listener: () => void) => auth.subscribe(listener), [auth])
  return useSyncExternalStore(subscribe, () => auth.getState())
}
