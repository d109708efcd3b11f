/** The code of a system error, such as ENOENT. */
export function readErrorCode(error: unknown): string {
  const { code } = (error ?? {}) as { readonly code?: unknown }
  return typeof code === 'string' ? code : 'unknown'
}
