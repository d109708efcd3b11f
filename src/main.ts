#!/usr/bin/env node
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { Command } from 'commander'
import { addClientSecretCommand } from './cli/client-secret-command.ts'
import { addKeyCommands } from './cli/key-commands.ts'
import { addMigrateCommands } from './cli/migrate-commands.ts'
import { createRunner } from './cli/run-command.ts'
import { addServeCommand } from './cli/serve-command.ts'
import { addUserCommands } from './cli/user-commands.ts'

const variables = process.env
const run = createRunner({ variables, readFile, isWorldReadable, now: Date.now })
const program = new Command('gateway')
  .description('GraphQL authentication gateway')
  .version(readVersion(), '-v, --version', 'print the version')
  .helpOption('-h, --help', 'print help')
  .helpCommand('help [command]', 'print the help of a command')
  .showHelpAfterError("Run 'gateway --help' for the list of commands.")
addServeCommand(program, run, variables)
addMigrateCommands(program, run)
addKeyCommands(program, run)
addUserCommands(program, run)
addClientSecretCommand(program)
await program.parseAsync()

function readFile(path: string): string {
  return readFileSync(path, 'utf8')
}

/**
 * Whether every user of the machine can read the file: by its own mode, in folders that every user can enter.
 * Kubernetes and Swarm mount secrets with mode 0444 or 0644; a folder above that others cannot enter protects
 * them. False on Windows, which has no permission bits.
 */
function isWorldReadable(path: string): boolean {
  if (process.platform === 'win32' || (statSync(path).mode & 0o004) === 0) return false
  for (let folder = dirname(realpathSync(path)); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false
    if (folder === dirname(folder)) return true
  }
}

/** From the manifest of the package, one folder above this file in the sources and in the build. */
function readVersion(): string {
  const manifest: unknown = JSON.parse(readFile(`${import.meta.dirname}/../package.json`))
  return (manifest as { readonly version: string }).version
}
