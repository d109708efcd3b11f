import { requireTool } from './tools.ts'

interface Diagnostic {
  readonly severity: string
  readonly ruleId: string
  readonly message: string
}
interface Validator {
  readonly RegoEngine: new () => {
    validateStandard(
      template: object,
      config: { readonly severityLevel: 'WARN' },
    ): { readonly status: string; readonly diagnostics: readonly Diagnostic[] }
    free(): void
  }
  readonly TemplateFile: new (path: string) => object
}

/**
 * Problems of CloudFormation templates, by their file: schemas of resources, references, and rules of AWS
 * from warnings on. The validator takes about five seconds to start, so it checks all templates at once.
 */
export function checkCloudFormation(files: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const { RegoEngine, TemplateFile } = requireTool<Validator>('@aws/cloudformation-validate')
  const engine = new RegoEngine()
  try {
    return new Map(files.map((file) => [file, check(file)]))
  } finally {
    engine.free()
  }

  function check(file: string): string[] {
    const { status, diagnostics } = engine.validateStandard(new TemplateFile(file), { severityLevel: 'WARN' })
    const problems = diagnostics.map(({ severity, ruleId, message }) => `${severity} ${ruleId}: ${message}`)
    return status === 'OK' ? problems : [`validation ended with ${status}`, ...problems]
  }
}
