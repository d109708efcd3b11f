import { GraphQLError, type ASTNode } from 'graphql'
import { renderText } from '../../core/template.ts'
import { RESPONSES } from '../../locales/index.ts'
import type { Language } from '../../locales/languages.ts'
import type { ResponseTexts } from '../../locales/types.ts'

/** Code by the place of the excess: the document, or the variables. */
type LimitCode = 'GRAPHQL_VALIDATION_FAILED' | 'BAD_USER_INPUT'

/** A number of a request that exceeds its limit. */
export interface Excess {
  readonly of: keyof ResponseTexts['limits']
  readonly asked: number
  readonly limit: number
}

type Texts = Pick<Language, 'responses'>
/** Of messages that are logged, and of those that are replaced in the language of the request. */
export const ENGLISH: Texts = { responses: RESPONSES.en }

/**
 * The refusal of a request that exceeds a limit. Its message contains numbers, and no part of the request.
 */
export class LimitRefusal extends GraphQLError {
  readonly code: LimitCode
  readonly excess: Excess

  constructor(excess: Excess, node?: ASTNode, code: LimitCode = 'GRAPHQL_VALIDATION_FAILED') {
    super(renderExcess(excess, ENGLISH), { nodes: node ?? null, extensions: { code, http: { status: 400 } } })
    this.code = code
    this.excess = excess
  }
}

/** Message of the parser, which stops at the limit: the number of tokens stays unknown. */
const TOO_MANY_TOKENS = /^Syntax Error: Document contains more tha[nt] (\d+) tokens\b/

/**
 * Returns code and message of an error about a limit, which Apollo can have wrapped; null for other errors.
 */
export function toLimitRefusal(
  error: unknown,
  language: Texts,
): { readonly code: LimitCode; readonly message: string } | null {
  if (!(error instanceof GraphQLError)) return null
  const refusal = error instanceof LimitRefusal ? error : error.originalError
  if (refusal instanceof LimitRefusal)
    return { code: refusal.code, message: renderExcess(refusal.excess, language) }
  const [, tokens] = TOO_MANY_TOKENS.exec(error.message) ?? []
  if (tokens === undefined) return null
  const excess = { of: 'tokens', asked: Number.POSITIVE_INFINITY, limit: Number(tokens) } as const
  return { code: 'GRAPHQL_VALIDATION_FAILED', message: renderExcess(excess, language) }
}

function renderExcess({ of, asked, limit }: Excess, language: Texts): string {
  return renderText(language.responses.limits[of], { asked: String(asked), limit: String(limit) })
}
