import { isInterfaceType, isIntrospectionType, isObjectType } from 'graphql'
import { POST_BOUNDS } from '../src/core/markdown-bounds.ts'
import { DEFAULT_PAGE, DOCUMENT_LIMITS, LARGEST_PAGE } from '../src/graphql/guards/document-limits.ts'
import { DEFAULT_PRICE, readPrice } from '../src/graphql/guards/price.ts'
import { schemaWithoutServices } from './print-schema.ts'

/** What each limit of a request counts. */
const MEANINGS: Readonly<Record<keyof typeof DOCUMENT_LIMITS, string>> = {
  tokens: 'lexical tokens of a document; as many comments',
  depth: 'nested fields, including the root field and the leaf',
  introspectionDepth: 'the same below `__schema` and `__type`, in development only',
  rootFields: 'fields at the root of an operation; `__typename` is not counted',
  aliases: 'fields with an alias',
  directives: 'directives of an operation',
  cost: 'cost of an operation: the sum of the prices of its fields',
  listItems: 'items of one list, in the document or in the variables',
  variableValues: 'values in the variables: objects, lists, and what they contain',
  responseCharacters: 'characters (UTF-16 units) of all texts in the response to a query',
}

/** The table of `DOCUMENT_LIMITS`. */
export function listDocumentLimits(): string {
  const rows = Object.entries(MEANINGS).map(
    ([name, meaning]) => `| ${meaning} | ${DOCUMENT_LIMITS[name as keyof typeof DOCUMENT_LIMITS]} |`,
  )
  return ['| what is counted | at most |', '| --- | --: |', ...rows].join('\n')
}

/** The table of prices: each field that declares one, and the others together. */
export function listPrices(): string {
  const types = Object.values(schemaWithoutServices().getTypeMap())
  const rows = types
    .filter((type) => !isIntrospectionType(type))
    .flatMap((type) =>
      isObjectType(type) || isInterfaceType(type)
        ? Object.values(type.getFields()).map((field) => ({
            name: `${type.name}.${field.name}`,
            price: readPrice(field),
          }))
        : [],
    )
    .filter(({ price }) => price !== DEFAULT_PRICE)
    .sort((a, b) => b.price - a.price || a.name.localeCompare(b.name, 'en'))
    .map(({ name, price }) => `| \`${name}\` | ${price} |`)
  return [
    '| field | price |',
    '| --- | --: |',
    ...rows,
    `| every other field, also \`__typename\` | ${DEFAULT_PRICE} |`,
    '',
    `The selection of a list is counted for each entry: \`first\` or \`last\`, ${DEFAULT_PAGE} without them, and ${LARGEST_PAGE} if the number is a variable.`,
  ].join('\n')
}

/** The table of the bounds of Markdown. */
export function listMarkdownBounds(): string {
  const { tokens, nesting, html } = POST_BOUNDS
  return [
    '| bound of Markdown | at most |',
    '| --- | --: |',
    `| tokens: blocks, table cells, code, links, breaks and marks of emphasis | ${tokens} |`,
    `| nested elements | ${nesting} |`,
    `| characters of HTML (UTF-16 units) | ${html} |`,
  ].join('\n')
}
