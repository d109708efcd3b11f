import type { DirectiveNode } from 'graphql'

/** The numbers of an operation that have limits. */
export interface Shape {
  readonly depth: number
  readonly introspectionDepth: number
  /** Without meta fields. */
  readonly rootFields: number
  /** Root fields that take or send a secret. */
  readonly sensitiveFields: number
  readonly aliases: number
  readonly directives: number
  readonly cost: number
}

/** The numbers of a selection, as if it were at the root. */
export interface Part extends Shape {
  /**
   * Cost for each entry of the enclosing page: of selections in a list whose length the enclosing field sets.
   */
  readonly costPerEntry: number
}

/** An empty selection. */
export const EMPTY_PART: Part = {
  depth: 0,
  introspectionDepth: 0,
  rootFields: 0,
  sensitiveFields: 0,
  aliases: 0,
  directives: 0,
  cost: 0,
  costPerEntry: 0,
}

/** Adds the directives of a node to a part. */
export function addDirectives(
  { directives = [] }: { readonly directives?: readonly DirectiveNode[] | undefined },
  part: Part,
): Part {
  return directives.length === 0 ? part : { ...part, directives: part.directives + directives.length }
}

/** Adds two selections that are side by side. */
export function addParts(a: Part, b: Part): Part {
  return {
    depth: Math.max(a.depth, b.depth),
    introspectionDepth: Math.max(a.introspectionDepth, b.introspectionDepth),
    rootFields: a.rootFields + b.rootFields,
    sensitiveFields: a.sensitiveFields + b.sensitiveFields,
    aliases: a.aliases + b.aliases,
    directives: a.directives + b.directives,
    cost: a.cost + b.cost,
    costPerEntry: a.costPerEntry + b.costPerEntry,
  }
}
