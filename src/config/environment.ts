import { SECRET_SETTINGS } from './settings.ts'

/** What `loadConfig` reads: variables, and files for the `NAME_FILE` spelling. */
export interface Environment {
  readonly variables: Readonly<Record<string, string | undefined>>
  /** Content of a file; throws when it cannot be read. */
  readonly readFile: (path: string) => string
  /** Whether every user of the machine may read the file; left out where that cannot be told. */
  readonly isOpenToAll?: (path: string) => boolean
}

/** Where container platforms mount secrets, for the one user there and often readable by all. */
const MOUNTED_SECRET = /^\/(var\/)?run\/secrets\//

/** What a variable holds, or the file that `NAME_FILE` names; what is wrong with either is added to the problems. */
export function textOf(
  name: string,
  { variables, readFile, isOpenToAll }: Environment,
  problems: string[],
): string | undefined {
  const direct = variables[name] || undefined
  const file = variables[`${name}_FILE`] || undefined
  if (direct !== undefined && file !== undefined)
    problems.push(`${name}: expected either ${name} or ${name}_FILE, not both`)
  if (direct !== undefined || file === undefined) return direct
  try {
    const text = readFile(file).trim()
    if (SECRET_SETTINGS.has(name) && !MOUNTED_SECRET.test(file) && isOpenToAll?.(file))
      problems.push(`${name}_FILE: expected a file that not everybody may read, of mode 0640 or less`)
    return text
  } catch {
    problems.push(`${name}_FILE: expected a file that can be read`)
    return undefined
  }
}
