import { parseEnv } from 'node:util'
import { ConfigError } from '../config/load-config.ts'

/** Variables of an environment. */
export type Variables = Readonly<Record<string, string | undefined>>

/** What `createVariablesReader` reads. */
export interface VariableSources {
  /** The environment of the process, to which Node.js has added those of the files. */
  readonly variables: Variables
  /** Options of Node.js (`process.execArgv`). */
  readonly nodeOptions: readonly string[]
  readonly readFile: (path: string) => string
}

/** A file that Node.js has read variables from. */
interface EnvFile {
  readonly path: string
  readonly isOptional: boolean
}

/**
 * Returns the function that reads the variables again as a start with the same options would:
 * `node --env-file=.env` reads the file once, and variables of the environment take precedence over those of
 * the file. A variable that has the same value in both counts as one of the file. Throws `ConfigError` if a
 * file cannot be read.
 */
export function createVariablesReader({
  variables,
  nodeOptions,
  readFile,
}: VariableSources): () => Variables {
  const files = listEnvFiles(nodeOptions)
  const start = readEnvFiles(files, readFile)
  const inherited = Object.entries(variables).filter(([name, value]) => start[name] !== value)
  return () => ({ ...readEnvFiles(files, readFile), ...Object.fromEntries(inherited) })
}

/** The options without those that name files: a process that receives its variables must not read them. */
export function omitEnvFiles(nodeOptions: readonly string[]): string[] {
  const isName = (option = '') => /^--env-file(-if-exists)?$/.test(option)
  return nodeOptions.filter(
    (option, index) => !/^--env-file(-if-exists)?(=|$)/.test(option) && !isName(nodeOptions[index - 1]),
  )
}

/** The files in the order in which Node.js reads them: later ones take precedence. */
function listEnvFiles(nodeOptions: readonly string[]): EnvFile[] {
  return nodeOptions.flatMap((option, index) => {
    const [, name, joined] = /^--(env-file(?:-if-exists)?)(?:=(.*))?$/s.exec(option) ?? []
    const path = joined ?? nodeOptions[index + 1]
    return name === undefined || path === undefined ? [] : [{ path, isOptional: name !== 'env-file' }]
  })
}

function readEnvFiles(files: readonly EnvFile[], readFile: (path: string) => string): Variables {
  return Object.assign({}, ...files.map((file) => parseEnv(readEnvFile(file, readFile)))) as Variables
}

function readEnvFile({ path, isOptional }: EnvFile, readFile: (path: string) => string): string {
  try {
    return readFile(path)
  } catch {
    if (isOptional) return ''
    throw new ConfigError([`--env-file: expected ${path} to be a file that can be read`])
  }
}
