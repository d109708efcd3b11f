/**
 * A transport could not send a message. The text never quotes a provider's response, which may contain
 * message or address.
 */
export class TransportError extends Error {
  override readonly name = 'TransportError'
  /** The status of the response, or the code of the socket. */
  readonly code: string | undefined

  constructor(message: string, code?: string) {
    super(message)
    this.code = code
  }
}

/** The machine-readable code of a socket or library error: `ECONNREFUSED`, `AbortError` … */
export function toErrorReason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  if ('code' in error && typeof error.code === 'string') return error.code
  return error.cause === undefined ? error.name : toErrorReason(error.cause)
}
