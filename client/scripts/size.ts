import { measureCore } from '../test/support/measure-core.ts'
import { IMPORT_BUDGETS, measureImport } from '../test/support/measure-imports.ts'

/** Prints what imports add to an application, minified and gzipped; exits with 1 above a limit. */
const core = await measureCore()
const rows = [{ name: 'createAuthClient', ...core }]
for (const [name, limit] of Object.entries(IMPORT_BUDGETS))
  rows.push({ name, limit, bytes: (await measureImport(name)).bytes })
for (const { name, bytes, limit } of rows) console.log(`${name}: ${bytes} bytes of at most ${limit}`)
process.exitCode = rows.some(({ bytes, limit }) => bytes > limit) ? 1 : 0
