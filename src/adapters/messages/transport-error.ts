/** A transport did not take a message over. Of what went wrong it says the kind alone: providers quote messages and addresses. */
export class TransportError extends Error {
  override readonly name = 'TransportError'
}

/** The machine-readable reason of an error of a socket or of a library: `ECONNREFUSED`, `AbortError` … */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  if ('code' in error && typeof error.code === 'string') return error.code
  return error.cause === undefined ? error.name : reasonOf(error.cause)
}
