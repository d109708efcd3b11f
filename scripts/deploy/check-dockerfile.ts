import { readFileSync } from 'node:fs'
import { requireTool } from './tools.ts'

interface Diagnostic {
  readonly message: string
  readonly range: { readonly start: { readonly line: number } }
}
interface Argument {
  getValue(): string
}
interface ParsedInstruction {
  getKeyword(): string
  getArguments(): readonly Argument[]
  getArgumentsContent(): string | null
  getFlags?(): readonly { getName(): string; getValue(): string | null }[]
}

/** One instruction of a Dockerfile. */
export interface Instruction {
  /** In capitals. */
  readonly keyword: string
  /** Arguments without flags. */
  readonly args: readonly string[]
  /** The text after the keyword, its flags included, in one line. */
  readonly text: string
  /** Values by the name of their flag, such as `from`. */
  readonly flags: Readonly<Record<string, string>>
}

/** One stage of a Dockerfile. */
export interface Stage {
  /** Name after `AS`; empty for a stage without one. */
  readonly name: string
  readonly instructions: readonly Instruction[]
}

/** Stages of a Dockerfile, in their order. */
export function parseStages(text: string): readonly Stage[] {
  const { DockerfileParser } = requireTool<{
    readonly DockerfileParser: { parse(text: string): { getInstructions(): readonly ParsedInstruction[] } }
  }>('dockerfile-ast')
  const stages: { name: string; instructions: Instruction[] }[] = []
  for (const instruction of DockerfileParser.parse(text).getInstructions().map(toInstruction)) {
    if (instruction.keyword === 'FROM') stages.push({ name: instruction.args[2] ?? '', instructions: [] })
    else stages.at(-1)?.instructions.push(instruction)
  }
  return stages
}

function toInstruction(parsed: ParsedInstruction): Instruction {
  return {
    keyword: parsed.getKeyword(),
    args: parsed.getArguments().map((argument) => argument.getValue()),
    text: (parsed.getArgumentsContent() ?? '').replace(/\\\n\s*/g, ' '),
    flags: Object.fromEntries(
      (parsed.getFlags?.() ?? []).map((flag) => [flag.getName(), flag.getValue() ?? '']),
    ),
  }
}

/** Problems of a Dockerfile: syntax, flags and arguments. */
export function checkDockerfile(file: string): string[] {
  const { validate } = requireTool<{ readonly validate: (text: string) => readonly Diagnostic[] }>(
    'dockerfile-utils',
  )
  return validate(readFileSync(file, 'utf8')).map(
    ({ message, range }) => `line ${range.start.line + 1}: ${message}`,
  )
}
