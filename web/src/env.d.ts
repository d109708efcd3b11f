/// <reference types="vite/client" />

/** Settings of a build that is deployed alone. */
interface ImportMetaEnv {
  /** URL of the GraphQL API, such as `https://auth.example.com/graphql`. */
  readonly VITE_GATEWAY_URL?: string
  /** `cookie` if the gateway has `REFRESH_TRANSPORT=cookie`. */
  readonly VITE_REFRESH_TRANSPORT?: string
  /** Name of the service. */
  readonly VITE_PRODUCT_NAME?: string
}
