import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runProcess } from './tools.ts'

/** Makes an empty git repository in a temporary folder; its path. */
export function createRepository(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-repository-'))
  git(folder, 'init', '--quiet', '--initial-branch', 'main')
  return folder
}

/** Runs git with a committer for tests. Throws when it fails. */
export function git(folder: string, ...args: readonly string[]): string {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgSign=false']
  const { status, output } = runProcess('git', [...identity, ...args], folder)
  if (status !== 0) throw new Error(output)
  return output
}
