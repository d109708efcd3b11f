import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { runTool } from './install-tools.ts'

/** The databases the gateway runs on; Prisma wants a schema and a client for each. */
export const PROVIDERS = ['sqlite', 'postgresql'] as const
/** One of the databases. */
export type Provider = (typeof PROVIDERS)[number]

const root = resolve(import.meta.dirname, '..')

/** Text of `prisma/<provider>/schema.prisma`: a header and the hand-written models. */
export function schemaText(provider: Provider): string {
  const models = join(root, 'prisma/models')
  const files = readdirSync(models)
    .filter((file) => file.endsWith('.prisma'))
    .sort()
  const header = `// Written by \`npm run generate\` from prisma/models. Do not edit.

generator client {
  provider            = "prisma-client"
  output              = "../../src/generated/${provider}"
  runtime             = "nodejs"
  moduleFormat        = "esm"
  importFileExtension = "ts"
  // A filter that is undefined throws, rather than to mean every row.
  previewFeatures     = ["strictUndefinedChecks"]
}

datasource db {
  provider = "${provider}"
}
`
  return [header, ...files.map((file) => readFileSync(join(models, file), 'utf8'))].join('\n')
}

/**
 * Settings of `prisma generate`. The command would first download an engine that generating does not need;
 * pointing it at any existing binary prevents that. Only `generate` may be run this way: `migrate` would
 * silently do nothing.
 */
const ENVIRONMENT = {
  PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
  CHECKPOINT_DISABLE: '1',
  PRISMA_HIDE_UPDATE_MESSAGE: '1',
}

/**
 * Writes both schemas and both clients below a folder, which is the project's own unless a test names
 * another.
 */
export async function generateClients(folder = root): Promise<void> {
  for (const provider of PROVIDERS) {
    const schema = `prisma/${provider}/schema.prisma`
    mkdirSync(join(folder, 'prisma', provider), { recursive: true })
    writeFileSync(join(folder, schema), schemaText(provider))
    rmSync(join(folder, 'src/generated', provider), { recursive: true, force: true })
    await runTool('prisma', ['generate', '--schema', schema], { cwd: folder, env: ENVIRONMENT, quiet: true })
  }
}

if (process.argv[1] === import.meta.filename) await generateClients()
