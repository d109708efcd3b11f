import type { GraphQLField } from 'graphql'
import { Extensions } from 'type-graphql'

/** Name of the GraphQL extension that contains the price of a field. */
const PRICE_EXTENSION = 'price'

/** Price of a field that declares none: a value that is loaded already. */
export const DEFAULT_PRICE = 1

/**
 * Declares what a field costs; see `computeCost`. Each alias costs it again, and in a list each entry.
 * A price follows the characters of a field, one for at most 6,000, or its statements and computations.
 */
export function Price(price: number): MethodDecorator & PropertyDecorator {
  return Extensions({ [PRICE_EXTENSION]: price })
}

/** The price of a field of the schema. */
export function readPrice({ extensions }: GraphQLField<unknown, unknown>): number {
  const price = extensions[PRICE_EXTENSION]
  return typeof price === 'number' ? price : DEFAULT_PRICE
}
