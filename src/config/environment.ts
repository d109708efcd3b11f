import type { Setting } from './setting-group.ts'

/** Texts by path. */
export type FolderFiles = ReadonlyMap<string, string>

/** What `loadConfig` reads: variables, and the files that variables name. */
export interface Environment {
  readonly variables: Readonly<Record<string, string | undefined>>
  /** Content of a file; throws when it cannot be read. */
  readonly readFile: (path: string) => string
  /** The same of a file that is not text; omitted: settings with such a file are rejected. */
  readonly readBytes?: (path: string) => Uint8Array
  /**
   * Texts of the files in a folder and in the folders below it, by their path in the folder with slashes;
   * throws when the folder cannot be read. Omitted: settings with a folder are rejected.
   */
  readonly readFolder?: (path: string) => FolderFiles
  /** Whether all users of the machine may read the file; omitted where the platform cannot tell. */
  readonly isWorldReadable?: (path: string) => boolean
  /** Milliseconds since the epoch, for certificates that expire; omitted: the expiry is not checked. */
  readonly now?: () => number
}

/** Container platforms mount secrets here, often readable for all users of a container that has only one. */
const MOUNTED_SECRET = /^\/(var\/)?run\/secrets\//

/**
 * The value of a setting before `type` parses it, from `NAME` or from the file that `NAME_FILE` names. Adds
 * problems to the list.
 */
export function readSetting(
  name: string,
  setting: Setting,
  environment: Environment,
  problems: string[],
): string | Uint8Array | FolderFiles | undefined {
  const { variables } = environment
  const { onlyWith } = setting
  const isSet = (other: string) => Boolean(variables[other] || variables[`${other}_FILE`])
  if (onlyWith !== undefined && !onlyWith.some(isSet)) return undefined
  const value = readVariable(name, setting, environment, problems)
  if (setting.isPath === undefined || value === undefined) return value
  const { readFile: readText, readBytes = rejectFile, readFolder = rejectFile } = environment
  const readers = { text: readText, bytes: readBytes, folder: readFolder }
  const noun = setting.isPath === 'folder' ? 'folder' : 'file'
  return readFile<string | Uint8Array | FolderFiles>(name, value, problems, readers[setting.isPath], noun)
}

function rejectFile(): never {
  throw new Error('the environment reads no such files')
}

function readVariable(
  name: string,
  { secret }: Setting,
  environment: Environment,
  problems: string[],
): string | undefined {
  const { variables, isWorldReadable } = environment
  const value = variables[name] || undefined
  const path = variables[`${name}_FILE`] || undefined
  if (value !== undefined && path !== undefined)
    problems.push(`${name}: must not be set together with ${name}_FILE`)
  if (value !== undefined || path === undefined) return value
  const content = readFile(`${name}_FILE`, path, problems, environment.readFile)?.trim()
  if (content !== undefined && secret && !MOUNTED_SECRET.test(path) && isWorldReadable?.(path))
    problems.push(`${name}_FILE: expected a file that is not world-readable (mode 0640 or less)`)
  return content
}

function readFile<Content>(
  name: string,
  path: string,
  problems: string[],
  read: (path: string) => Content,
  noun = 'file',
): Content | undefined {
  try {
    return read(path)
  } catch {
    problems.push(`${name}: expected a ${noun} that can be read`)
    return undefined
  }
}
