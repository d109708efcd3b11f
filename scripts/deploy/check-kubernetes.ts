import { join } from 'node:path'
import ts from 'typescript'
import { parseAllDocuments } from 'yaml'
import { DEPLOY_TOOLS, requireTool } from './tools.ts'

/** An object of Kubernetes. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly [field: string]: unknown
}
type ModelClass = new (data: object) => { validate(): void }

/** Objects of a text, read as Kubernetes reads them: YAML 1.1, in which 0440 is octal. */
export function parseManifests(text: string): readonly Manifest[] {
  return parseAllDocuments(text, { version: '1.1' }).map((document) => document.toJS() as Manifest)
}

/**
 * Problems of objects: values by the schemas of Kubernetes, and fields that do not exist by its types,
 * because the schemas accept unknown fields.
 */
export function checkKubernetes(manifests: readonly Manifest[]): string[] {
  return [...manifests.flatMap(validate), ...findTypeErrors(manifests)]
}

function validate(manifest: Manifest): string[] {
  const name = describe(manifest)
  try {
    const models = requireTool<Readonly<Record<string, ModelClass>>>(toModule(manifest))
    const Model = models[manifest.kind]
    if (!Model) return [`${name}: unknown kind`]
    new Model(manifest).validate()
    return []
  } catch (error) {
    return [`${name}: ${error instanceof Error ? error.message : String(error)}`]
  }
}

/** Compiles the objects as literals of their types: TypeScript rejects excess properties of literals. */
function findTypeErrors(manifests: readonly Manifest[]): string[] {
  const file = join(DEPLOY_TOOLS, 'manifests.ts')
  const source = manifests
    .map((manifest, index) => {
      const type = `import('${toModule(manifest)}').I${manifest.kind}`
      return `export const manifest${index}: ${type} = ${JSON.stringify(manifest)}`
    })
    .join('\n')
  const options: ts.CompilerOptions = {
    ...{ strict: true, noEmit: true, skipLibCheck: true, types: [] },
    ...{ module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
    target: ts.ScriptTarget.ES2023,
  }
  const host = ts.createCompilerHost(options)
  const readSource = host.getSourceFile.bind(host)
  host.getSourceFile = (name, version) =>
    name === file ? ts.createSourceFile(name, source, version) : readSource(name, version)
  const program = ts.createProgram([file], options, host)
  return ts.getPreEmitDiagnostics(program).map(({ messageText, start = 0 }) => {
    const manifest = manifests[source.slice(0, start).split('\n').length - 1]
    return `${manifest ? describe(manifest) : file}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
  })
}

function describe({ kind, metadata: { name } }: Manifest): string {
  return `${kind} ${name}`
}

/** The module of a type, such as `kubernetes-models/apps/v1/Deployment`. */
function toModule({ apiVersion, kind }: Manifest): string {
  return `kubernetes-models/${apiVersion}/${kind}`
}
