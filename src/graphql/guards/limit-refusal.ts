import { GraphQLError, type ASTNode } from 'graphql'

/** Where a limit was passed: in the document, which is then no valid one here, or in the variables. */
type LimitCode = 'GRAPHQL_VALIDATION_FAILED' | 'BAD_USER_INPUT'

/** A request that asks for more than a limit. Its sentence holds numbers and never a part of the request. */
export class LimitRefusal extends GraphQLError {
  readonly code: LimitCode

  constructor(sentence: string, node?: ASTNode, code: LimitCode = 'GRAPHQL_VALIDATION_FAILED') {
    super(sentence, { nodes: node ?? null, extensions: { code, http: { status: 400 } } })
    this.code = code
  }
}

/** The parser's sentence, which ends the parsing: how many tokens there are is never known. */
const TOO_MANY_TOKENS = /^Syntax Error: Document contains more tha[nt] (\d+) tokens\b/

/** What may be said of an error that is about a limit, also inside the error that Apollo makes of it; null for any other. */
export function limitRefusalOf(
  error: unknown,
): { readonly code: LimitCode; readonly message: string } | null {
  if (!(error instanceof GraphQLError)) return null
  const refusal = error instanceof LimitRefusal ? error : error.originalError
  if (refusal instanceof LimitRefusal) return { code: refusal.code, message: refusal.message }
  const [, tokens] = TOO_MANY_TOKENS.exec(error.message) ?? []
  if (tokens === undefined) return null
  return {
    code: 'GRAPHQL_VALIDATION_FAILED',
    message: `The document has more than ${tokens} tokens, which is the limit.`,
  }
}
