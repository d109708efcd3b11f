/** Addresses of the sign-in, which lead on once it is done. */
export const ARRIVALS: readonly string[] = [
  ...['/', '/sign-in', '/register', '/second-step', '/code', '/forgot-password', '/new-password'],
]

/**
 * The address that a sign-in began at, to return to after it: the present one, or what an earlier step noted
 * in the history entry. Steps of the sign-in themselves lead to the posts.
 */
export function readReturnPath(path: string): string {
  const { from = path } = (history.state ?? {}) as { readonly from?: string }
  return ARRIVALS.includes(from) ? '/posts' : from
}
