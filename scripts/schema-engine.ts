import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import * as engineModule from '@prisma/schema-engine-wasm/schema_engine_bg'

/** The used part of Node's `WebAssembly`, whose types are part of the DOM library. */
interface WebAssemblyLoader {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: Record<string, unknown> } }>
}

/** The engine reports a panic to this global before it aborts. */
interface PanicGlobals {
  WebAssembly: WebAssemblyLoader
  PRISMA_WASM_PANIC_REGISTRY: { set_message(message: string): void }
}

/**
 * Prisma's schema engine as WebAssembly, which `prisma migrate` would download as a binary. The package
 * imports its `.wasm` file as a module, which Node.js supports only with a flag, so it is loaded by hand.
 */
export function loadSchemaEngine(): Promise<SchemaEngineClass> {
  return (loading ??= load())
}

type SchemaEngineClass = typeof engineModule.SchemaEngine
// Once per process: a second instance would overwrite the memory of the first.
let loading: Promise<SchemaEngineClass> | undefined

async function load(): Promise<SchemaEngineClass> {
  const folder = dirname(
    createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg'),
  )
  const bytes = readFileSync(join(folder, 'schema_engine_bg.wasm'))
  const globals = globalThis as unknown as PanicGlobals
  globals.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => console.error(message) }
  const { instance } = await globals.WebAssembly.instantiate(bytes, {
    './schema_engine_bg.js': engineModule,
  })
  engineModule.__wbg_set_wasm(instance.exports)
  const start = instance.exports['__wbindgen_start']
  if (typeof start === 'function') Reflect.apply(start, undefined, [])
  return engineModule.SchemaEngine
}
