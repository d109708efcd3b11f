import { ConfigError } from '../config/load-config.ts'

/** The server cannot listen as the settings say. The message begins with the setting. */
export class StartError extends Error {
  override readonly name = 'StartError'
}

/** A worker process could not start. */
export class WorkerStartError extends Error {
  override readonly name = 'WorkerStartError'
  /** Exit status of a start that fails for this reason. */
  readonly status: number

  constructor(message: string, status: number) {
    super(message)
    this.status = status
  }
}

/** Why a worker could not start, as it tells its primary process. */
export interface StartFailure {
  readonly message: string
  /** The lines of a `ConfigError`; null for other errors. */
  readonly problems: readonly string[] | null
  /** Exit status. */
  readonly status: number
}

/** The error again that another process has failed with. */
export function toStartError({ message, problems, status }: StartFailure): Error {
  return problems === null ? new WorkerStartError(message, status) : new ConfigError(problems)
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
