import type { Setting } from './setting-group.ts'

/** What `loadConfig` reads: variables, and the files that variables name. */
export interface Environment {
  readonly variables: Readonly<Record<string, string | undefined>>
  /** Content of a file; throws when it cannot be read. */
  readonly readFile: (path: string) => string
  /** Whether all users of the machine may read the file; omitted where the platform cannot tell. */
  readonly isWorldReadable?: (path: string) => boolean
  /** Milliseconds since the epoch, for certificates that expire; omitted: the expiry is not checked. */
  readonly now?: () => number
}

/** Container platforms mount secrets here, often readable for all users of a container that has only one. */
const MOUNTED_SECRET = /^\/(var\/)?run\/secrets\//

/** The text of a setting, from `NAME` or from the file that `NAME_FILE` names. Adds problems to the list. */
export function readSetting(
  name: string,
  setting: Setting,
  environment: Environment,
  problems: string[],
): string | undefined {
  const { variables } = environment
  const { onlyWith } = setting
  if (onlyWith !== undefined && !variables[onlyWith] && !variables[`${onlyWith}_FILE`]) return undefined
  const value = readVariable(name, setting, environment, problems)
  return setting.isPath && value !== undefined ? readFile(name, value, environment, problems) : value
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
  const content = readFile(`${name}_FILE`, path, environment, problems)?.trim()
  if (content !== undefined && secret && !MOUNTED_SECRET.test(path) && isWorldReadable?.(path))
    problems.push(`${name}_FILE: expected a file that is not world-readable (mode 0640 or less)`)
  return content
}

function readFile(
  name: string,
  path: string,
  environment: Environment,
  problems: string[],
): string | undefined {
  try {
    return environment.readFile(path)
  } catch {
    problems.push(`${name}: expected a file that can be read`)
    return undefined
  }
}
