/** The path of a public URL without a slash at its end; empty where it has none. */
export function readPublicPath(publicUrl: string | null): string {
  return publicUrl === null ? '' : new URL(publicUrl).pathname.replace(/\/+$/, '')
}

/**
 * The path of a request below the public path: a reverse proxy may pass on `/auth/graphql` as it is or as
 * `/graphql`.
 */
export function stripPublicPath(url: string, publicPath: string): string {
  return publicPath !== '' && url.startsWith(`${publicPath}/`) ? url.slice(publicPath.length) : url
}
