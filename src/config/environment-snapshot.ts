import type { Environment, FolderFiles } from './environment.ts'

/** What settings were read from, as data that can be sent to another process. It holds secrets. */
export interface EnvironmentSnapshot {
  readonly variables: Environment['variables']
  /** Contents by path. */
  readonly texts: ReadonlyMap<string, string>
  readonly bytes: ReadonlyMap<string, Uint8Array>
  readonly folders: ReadonlyMap<string, FolderFiles>
}

/** An environment that keeps what is read from it. */
export interface RecordedEnvironment {
  readonly environment: Environment
  /** What was read so far. */
  snapshot(): EnvironmentSnapshot
}

/** Records what settings are read from. */
export function recordEnvironment(source: Environment): RecordedEnvironment {
  const texts = new Map<string, string>()
  const bytes = new Map<string, Uint8Array>()
  const folders = new Map<string, FolderFiles>()
  const { readBytes, readFolder } = source
  return {
    environment: {
      ...source,
      readFile: keepResults(source.readFile, texts),
      ...(readBytes && { readBytes: keepResults(readBytes, bytes) }),
      ...(readFolder && { readFolder: keepResults(readFolder, folders) }),
    },
    snapshot: () => ({ variables: { ...source.variables }, texts, bytes, folders }),
  }
}

/**
 * The recorded environment again. It has no clock and no permissions of files: settings that were accepted
 * once stay accepted, such as a certificate that has expired since.
 */
export function replayEnvironment({ variables, texts, bytes, folders }: EnvironmentSnapshot): Environment {
  return {
    variables,
    readFile: (path) => getRecorded(texts, path),
    readBytes: (path) => getRecorded(bytes, path),
    readFolder: (path) => getRecorded(folders, path),
  }
}

function keepResults<Content>(
  read: (path: string) => Content,
  results: Map<string, Content>,
): (path: string) => Content {
  return (path) => {
    const content = read(path)
    results.set(path, content)
    return content
  }
}

function getRecorded<Content>(results: ReadonlyMap<string, Content>, path: string): Content {
  const content = results.get(path)
  if (content === undefined) throw new Error(`${path} was not recorded`)
  return content
}
