#!/usr/bin/env node
import { readFileSync, statSync } from 'node:fs'
import { Command } from 'commander'
import { addClientSecretCommand } from './cli/client-secret-command.ts'
import { addKeyCommands } from './cli/key-commands.ts'
import { addMigrateCommands } from './cli/migrate-commands.ts'
import { createRunner } from './cli/run-command.ts'
import { addServeCommand } from './cli/serve-command.ts'
import { addUserCommands } from './cli/user-commands.ts'

const run = createRunner({ variables: process.env, readFile, isWorldReadable })
const program = new Command('gateway')
  .description('GraphQL authentication gateway')
  .version(readVersion(), '-v, --version', 'print the version')
  .helpOption('-h, --help', 'print help')
  .helpCommand('help [command]', 'print the help of a command')
  .showHelpAfterError("Run 'gateway --help' for the list of commands.")
addServeCommand(program, run)
addMigrateCommands(program, run)
addKeyCommands(program, run)
addUserCommands(program, run)
addClientSecretCommand(program)
await program.parseAsync()

function readFile(path: string): string {
  return readFileSync(path, 'utf8')
}

/** False on Windows, which has no permission bits. */
function isWorldReadable(path: string): boolean {
  return process.platform !== 'win32' && (statSync(path).mode & 0o004) !== 0
}

/** From the manifest of the package, one folder above this file in the sources and in the build. */
function readVersion(): string {
  const manifest: unknown = JSON.parse(readFile(`${import.meta.dirname}/../package.json`))
  return (manifest as { readonly version: string }).version
}
