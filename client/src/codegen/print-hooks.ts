import type { GraphQLSchema } from 'graphql'
import { listOperations, type DocumentFile, type HookedOperation } from './operations.ts'

/** Settings of the plug-ins, under `config` in `codegen.yml`. */
export interface HooksConfig {
  /**
   * Module of the typed documents, as it is imported. Without it the hooks are written into the file of the
   * documents, below them.
   */
  readonly documentsFrom?: string
  /** Module of the functions that make hooks. Default: the entry of this package for the client library. */
  readonly hooksFrom?: string
}

/** A hook to be written: `export const <name> = <create>(<args>)`. */
export interface HookSource {
  readonly name: string
  /** Name of the function that makes it. */
  readonly create: string
  readonly args: string
  readonly operation: HookedOperation
  /** What this form of the hook adds to the description. */
  readonly form?: string
}

/** Output of a plug-in: import lines, then code. */
export interface PluginOutput {
  readonly prepend: string[]
  readonly content: string
}

/** The name of the constant that holds the typed document of an operation. */
export function toDocumentName({ name }: HookedOperation): string {
  return `${name}Document`
}

/** A plug-in of GraphQL Code Generator. */
export type Plugin = (
  schema: GraphQLSchema,
  files: readonly DocumentFile[],
  config: HooksConfig,
) => PluginOutput

/**
 * Creates a plug-in that writes the hooks of each operation. `entry`: the module of this package with the
 * functions that make them, unless the settings name another.
 */
export function createPlugin(
  entry: string,
  listHooks: (operation: HookedOperation) => readonly HookSource[],
): Plugin {
  return (schema, files, { documentsFrom, hooksFrom = entry }) =>
    printHooks(listOperations(schema, files).flatMap(listHooks), documentsFrom, hooksFrom)
}

/** Writes hooks and what they import. */
function printHooks(
  hooks: readonly HookSource[],
  documentsFrom: string | undefined,
  hooksFrom: string,
): PluginOutput {
  const creators = hooks.map(({ create }) => create)
  const documents = hooks.map(({ operation }) => toDocumentName(operation))
  return {
    prepend: [
      printImport(creators, hooksFrom),
      ...(documentsFrom === undefined ? [] : [printImport(documents, documentsFrom)]),
      '',
    ],
    content: `${hooks.map(printHook).join('\n\n')}\n`,
  }
}

function printImport(names: readonly string[], module: string): string {
  const lines = [...new Set(names)].sort().map((name) => `  ${name},\n`)
  return `import {\n${lines.join('')}} from '${module}';`
}

/** A comment that opens a hook in an editor, and a call that bundlers remove when the hook is not used. */
function printHook({ name, create, args, operation, form }: HookSource): string {
  const about = [`\`${operation.kind} ${operation.name}\`${form ? `, ${form}` : ''}.`, operation.description]
  const comment = about.filter((text) => text !== undefined).join(' ')
  const lines = comment.replaceAll('*/', '*\\/').split('\n')
  const call = `export const ${name} = /* @__PURE__ */ ${create}(${args});`
  return `/** ${lines.join('\n * ')} */\n${call}`
}
