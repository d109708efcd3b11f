import type { DirectiveNode } from 'graphql'

/** What of an operation has a limit. */
export interface Shape {
  readonly depth: number
  readonly introspectionDepth: number
  readonly rootFields: number
  /** Root fields that take or send a secret. */
  readonly sensitiveFields: number
  readonly aliases: number
  readonly directives: number
  readonly cost: number
}

/** The same for a selection, with every number as if it stood at the root. */
export interface Part extends Shape {
  /** Cost for each entry of the page around it: what stands in a list whose size the field around it gives. */
  readonly costPerEntry: number
}

/** The shape of nothing at all. */
export const NOTHING: Part = {
  depth: 0,
  introspectionDepth: 0,
  rootFields: 0,
  sensitiveFields: 0,
  aliases: 0,
  directives: 0,
  cost: 0,
  costPerEntry: 0,
}

/** Adds the directives that stand on a node. */
export function withDirectives(
  { directives = [] }: { readonly directives?: readonly DirectiveNode[] | undefined },
  part: Part,
): Part {
  return directives.length === 0 ? part : { ...part, directives: part.directives + directives.length }
}

/** Two parts side by side. */
export function sum(a: Part, b: Part): Part {
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
