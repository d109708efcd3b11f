import { OperationTypeNode, type GraphQLFormattedError } from 'graphql'
import type { Language } from '../../locales/languages.ts'
import type { RequestHooks, RequestPart } from '../request-plugin.ts'
import { DOCUMENT_LIMITS, LIGHT_COST } from '../guards/document-limits.ts'
import { LimitRefusal, toLimitRefusal } from '../guards/limit-refusal.ts'
import { createCostMeter } from '../guards/operation-cost.ts'

/** Options of the part. */
interface OperationCostOptions {
  /** Whether responses have the cost of their operation, and its limit, in `extensions.cost`. */
  readonly showsCost: boolean
}

/**
 * Shows the cost of operations, and replaces the response to a query by an error if its texts exceed
 * `DOCUMENT_LIMITS.responseCharacters`. Aliases share one text in memory, so only writing it costs. The
 * response to a mutation always stays: its work is done, and it has no long list.
 */
export function showOperationCost({ showsCost }: OperationCostOptions): RequestPart {
  const measureCost = createCostMeter()
  const hooks: RequestHooks = {
    willSendResponse({ schema, document, operation, response: { body }, contextValue }) {
      if (!document || !operation || body.kind !== 'single') return
      const asked = measureCost(schema, document, operation)
      const isLong =
        asked > LIGHT_COST &&
        operation.operation === OperationTypeNode.QUERY &&
        exceedsCharacters(body.singleResult.data, DOCUMENT_LIMITS.responseCharacters)
      if (isLong) {
        const { responseLanguage } = contextValue
        responseLanguage.used = true
        body.singleResult = { errors: [formatRefusal(responseLanguage.language)] }
      }
      if (showsCost)
        body.singleResult.extensions = {
          cost: { asked, limit: DOCUMENT_LIMITS.cost },
          ...body.singleResult.extensions,
        }
    },
  }
  return () => hooks
}

function formatRefusal(language: Language): GraphQLFormattedError {
  const limit = DOCUMENT_LIMITS.responseCharacters
  const refusal = new LimitRefusal(
    { of: 'responseCharacters', asked: limit, limit },
    undefined,
    'BAD_USER_INPUT',
  )
  const { code, message } = toLimitRefusal(refusal, language) ?? refusal
  return { message, extensions: { code, messageKey: code } }
}

/** Whether the texts in a value have more characters than the limit. */
function exceedsCharacters(value: unknown, limit: number): boolean {
  let left = limit
  const unvisited: unknown[] = [value]
  while (unvisited.length > 0 && left >= 0) {
    const next = unvisited.pop()
    if (typeof next === 'string') left -= next.length
    else if (typeof next === 'object' && next !== null)
      for (const inner of Object.values(next)) unvisited.push(inner)
  }
  return left < 0
}
