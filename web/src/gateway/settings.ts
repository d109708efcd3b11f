/** What the app knows about its gateway. */
export interface GatewaySettings {
  /** URL of its GraphQL API. */
  readonly url: string
  /** Where refresh tokens are; the same as `REFRESH_TRANSPORT` of the gateway. */
  readonly transport: 'bearer' | 'cookie'
  /** Name of the service. */
  readonly product: string
  /** Path of the picture before the name; null: the one of the app. */
  readonly mark: string | null
  /** E-mail address for questions; null: none. */
  readonly support: string | null
  /** URLs of the terms of service and of the privacy notice; null: none. */
  readonly terms: string | null
  readonly privacy: string | null
  /** URL of the page that shows messages in development; null in production. */
  readonly mailbox: string | null
}

/**
 * Reads the settings: those that the gateway wrote into its page, else those of the build, for an app that is
 * deployed alone.
 */
export function readSettings(): GatewaySettings {
  const written = document.querySelector<HTMLMetaElement>('meta[name=gateway-settings]')?.content
  if (written) return JSON.parse(written) as GatewaySettings
  const { VITE_GATEWAY_URL, VITE_REFRESH_TRANSPORT, VITE_PRODUCT_NAME } = import.meta.env
  return {
    url: VITE_GATEWAY_URL ?? '/graphql',
    transport: VITE_REFRESH_TRANSPORT === 'cookie' ? 'cookie' : 'bearer',
    product: VITE_PRODUCT_NAME ?? 'GraphQL Auth Gateway',
    ...{ mark: null, support: null, terms: null, privacy: null, mailbox: null },
  }
}

/** The path that all routes are below, without a slash at its end. */
export function readBasePath(): string {
  return new URL(document.baseURI).pathname.replace(/\/$/, '')
}
