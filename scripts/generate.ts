import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

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
 * Runs `prisma generate` for one database. The command would first download an engine that generating does not need;
 * pointing it at any existing binary stops that. Only `generate` may be run this way: `migrate` would silently do nothing.
 */
function generateClient(provider: Provider): void {
  const cli = join(root, 'node_modules/prisma/build/index.js')
  const environment = {
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  }
  execFileSync(process.execPath, [cli, 'generate', '--schema', `prisma/${provider}/schema.prisma`], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

/** Writes both schemas and generates both clients. */
export function generate(): void {
  for (const provider of PROVIDERS) {
    writeFileSync(join(root, `prisma/${provider}/schema.prisma`), schemaText(provider))
    generateClient(provider)
  }
}

if (process.argv[1] === import.meta.filename) generate()
