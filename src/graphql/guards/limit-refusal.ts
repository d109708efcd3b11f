import { GraphQLError, type ASTNode } from 'graphql'
import { renderText } from '../../core/template.ts'
import type { Language } from '../../core/languages.ts'
import { RESPONSES } from '../../locales/index.ts'
import type { ResponseTexts } from '../../locales/types.ts'

/** Where a limit was passed: in the document, which is then no valid one here, or in the variables. */
type LimitCode = 'GRAPHQL_VALIDATION_FAILED' | 'BAD_USER_INPUT'

/** By how much a request is too large, and in what. */
export interface Excess {
  readonly of: keyof ResponseTexts['limits']
  readonly asked: number
  readonly limit: number
}

/** A request that asks for more than a limit. Its sentence holds numbers and never a part of the request. */
export class LimitRefusal extends GraphQLError {
  readonly code: LimitCode
  readonly excess: Excess

  constructor(excess: Excess, node?: ASTNode, code: LimitCode = 'GRAPHQL_VALIDATION_FAILED') {
    super(sentenceOf(excess, 'en'), { nodes: node ?? null, extensions: { code, http: { status: 400 } } })
    this.code = code
    this.excess = excess
  }
}

/** The parser's sentence, which ends the parsing: how many tokens there are is never known. */
const TOO_MANY_TOKENS = /^Syntax Error: Document contains more tha[nt] (\d+) tokens\b/

/** What may be said of an error that is about a limit, also inside the error that Apollo makes of it; null for any other. */
export function toLimitRefusal(
  error: unknown,
  language: Language,
): { readonly code: LimitCode; readonly message: string } | null {
  if (!(error instanceof GraphQLError)) return null
  const refusal = error instanceof LimitRefusal ? error : error.originalError
  if (refusal instanceof LimitRefusal)
    return { code: refusal.code, message: sentenceOf(refusal.excess, language) }
  const [, tokens] = TOO_MANY_TOKENS.exec(error.message) ?? []
  if (tokens === undefined) return null
  const excess = { of: 'tokens', asked: Number.POSITIVE_INFINITY, limit: Number(tokens) } as const
  return { code: 'GRAPHQL_VALIDATION_FAILED', message: sentenceOf(excess, language) }
}

function sentenceOf({ of, asked, limit }: Excess, language: Language): string {
  return renderText(RESPONSES[language].limits[of], { asked: String(asked), limit: String(limit) })
}
