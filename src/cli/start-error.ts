/** The server cannot listen as the settings say. The message begins with the setting. */
export class StartError extends Error {
  override readonly name = 'StartError'
}

/** The settings of one listening address. */
interface ListenSettings {
  /** Names of the settings, such as `HOST` and `PORT`. */
  readonly names: { readonly host: string; readonly port: string }
  readonly host: string
  readonly port: number
}

/**
 * Explains why an address cannot be listened on, in one line that names the setting. Errors that have another
 * cause are returned unchanged.
 */
export function explainListenError(error: unknown, { names, host, port }: ListenSettings): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null
  switch (code) {
    case 'EADDRINUSE':
      return new StartError(`${names.port}: port ${port} on ${host} is already in use`, { cause: error })
    case 'EACCES':
      return new StartError(`${names.port}: no permission to listen on port ${port}`, { cause: error })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
      return new StartError(`${names.host}: ${host} is not an address of this machine`, { cause: error })
    default:
      return error
  }
}
