#!/usr/bin/env node
import { readFileSync, readlinkSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Command } from 'commander'
import { addBackupCommand } from './cli/backup-command.ts'
import { addClientSecretCommand } from './cli/client-secret-command.ts'
import { addDoctorCommand } from './cli/doctor-command.ts'
import { addKeyCommands } from './cli/key-commands.ts'
import { addMigrateCommands } from './cli/migrate-commands.ts'
import { createGuard, createRunner } from './cli/run-command.ts'
import { addSchemaCommand } from './cli/schema-command.ts'
import { addServeCommand } from './cli/serve-command.ts'
import { addUserCommands } from './cli/user-commands.ts'
import { addReloadCommand } from './cli/workers/reload-command.ts'
import { addWorkerCommand } from './cli/workers/worker-command.ts'

/** Most bytes of a file in a folder of a setting. */
const MAX_FOLDER_FILE_BYTES = 1_048_576

const variables = process.env
const environment = {
  variables,
  readFile,
  readBytes: (path: string) => readFileSync(path),
  readFolder,
  isWorldReadable,
  now: Date.now,
}
const guard = createGuard(environment)
const run = createRunner(environment)
const version = readVersion()
const program = new Command('gateway')
  .description('GraphQL authentication gateway')
  .version(version, '-v, --version', 'print the version')
  .helpOption('-h, --help', 'print help')
  .helpCommand('help [command]', 'print the help of a command')
  .showHelpAfterError("Run 'gateway --help' for the list of commands.")
addServeCommand(program, guard, {
  ...{ environment, version },
  nodeOptions: process.execArgv,
  entry: import.meta.filename,
})
addReloadCommand(program, guard, environment)
addWorkerCommand(program, guard, { version })
addMigrateCommands(program, run)
addDoctorCommand(program, run, variables)
addBackupCommand(program, run)
addKeyCommands(program, run)
addUserCommands(program, run)
addSchemaCommand(program, run)
addClientSecretCommand(program)
await program.parseAsync()

function readFile(path: string): string {
  return readFileSync(path, 'utf8')
}

/** The texts of a folder, without hidden files. */
function readFolder(folder: string): ReadonlyMap<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => !/(^|[/\\])\./.test(path))
    .filter((path) => statSync(join(folder, path)).isFile())
  const oversized = paths.find((path) => statSync(join(folder, path)).size > MAX_FOLDER_FILE_BYTES)
  if (oversized !== undefined) throw new Error(`${oversized} is too large`)
  return new Map(paths.sort().map((path) => [path.replaceAll('\\', '/'), readFile(join(folder, path))]))
}

/**
 * Whether every user of the machine can read the file: by its own mode, in folders that every user can enter.
 * A folder above that others cannot enter protects the file, and so does a Kubernetes volume. False on
 * Windows, which has no permission bits.
 */
function isWorldReadable(path: string): boolean {
  if (process.platform === 'win32' || (statSync(path).mode & 0o004) === 0) return false
  if (isKubernetesSecret(path)) return false
  for (let folder = dirname(realpathSync(path)); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false
    if (folder === dirname(folder)) return true
  }
}

/**
 * Whether the file is a link through the folder link `..data`, as Kubernetes mounts secrets, and belongs to
 * root or to this user. Its mode is 0644 in a folder of mode 1777, but only the containers of one pod have
 * the volume.
 */
function isKubernetesSecret(path: string): boolean {
  const { uid } = statSync(path)
  if (uid !== 0 && uid !== process.getuid?.()) return false
  try {
    return (
      readlinkSync(path).startsWith('..data/') && readlinkSync(`${dirname(path)}/..data`).startsWith('..')
    )
  } catch {
    return false // not links
  }
}

/** From the manifest of the package, one folder above this file in the sources and in the build. */
function readVersion(): string {
  const manifest: unknown = JSON.parse(readFile(`${import.meta.dirname}/../package.json`))
  return (manifest as { readonly version: string }).version
}
