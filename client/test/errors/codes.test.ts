import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSchema, isEnumType } from 'graphql'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { ERROR_CODES, ERROR_REASONS, FIELD_ERROR_CODES } from '../../src/index.ts'

const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'))

describe('the codes of the client', () => {
  it.each([
    ['ErrorCode', ERROR_CODES],
    ['ErrorReason', ERROR_REASONS],
    ['FieldErrorCode', FIELD_ERROR_CODES],
  ])('are those of the enum %s of the schema', (name, values) => {
    const type = schema.getType(name)
    expect(isEnumType(type) && type.getValues().map((value) => value.name)).toEqual(values)
  })

  it('let a switch compile only when it is complete', () => {
    const cases = [...ERROR_CODES, 'NETWORK', 'SESSION_CHANGED'].map((code) => `case '${code}':`)
    const writeSwitch = (labels: readonly string[]) => `
      import type { AuthProblem } from '../../src/errors/problem.ts'
      export function describe(code: AuthProblem['code']): string {
        switch (code) {
          ${labels.join('\n')}
            return 'text'
        }
      }`
    expect(compile(writeSwitch(cases))).toEqual([])
    expect(compile(writeSwitch(cases.slice(1)))).toEqual([
      "Function lacks ending return statement and return type does not include 'undefined'.",
    ])
  })
})

/** The errors that TypeScript reports for a file of this folder. */
function compile(text: string): string[] {
  const path = join(import.meta.dirname, 'switch.ts')
  const { config } = ts.readConfigFile('tsconfig.json', (name) => ts.sys.readFile(name))
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, process.cwd())
  const host = ts.createCompilerHost(options)
  const readSource = host.getSourceFile.bind(host)
  host.getSourceFile = (name, ...rest) =>
    name === path ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2023) : readSource(name, ...rest)
  const { tsBuildInfoFile: _, ...rest } = options
  const program = ts.createProgram([path], { ...rest, incremental: false }, host)
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))
}
