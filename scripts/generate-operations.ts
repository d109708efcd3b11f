import { join, resolve } from 'node:path'
import { runTool } from './install-tools.ts'

// Writes typed documents and hooks by codegen.yml and web/codegen.yml.

/**
 * Runs GraphQL Code Generator in a folder with codegen.yml, schema/, client/src/codegen and web/, which is
 * the project's own unless a test names another. The plug-ins are TypeScript.
 */
export async function generateOperations(
  folder = resolve(import.meta.dirname, '..'),
  { quiet = false } = {},
): Promise<void> {
  const env = { NODE_OPTIONS: `--import ${import.meta.resolve('tsx')}` }
  for (const cwd of [folder, join(folder, 'web')])
    await runTool('graphql-codegen', ['--config', 'codegen.yml'], { cwd, env, quiet })
}

if (process.argv[1] === import.meta.filename) await generateOperations()
