import type { MetricDeclaration } from '../../ports/metrics/declarations.ts'

type Labels = Readonly<Record<string, string>>

/** Replaces values of labels above their bound by `other`, so that the number of series is bounded. */
export type LimitLabels = (labels: Labels) => Labels

/** The limit of the labels of one metric. */
export function createLabelLimit(declared: MetricDeclaration['labels']): LimitLabels {
  const bounds = Object.entries(declared).flatMap(([label, values]) =>
    typeof values === 'number' ? [{ label, max: values, seen: new Set<string>() }] : [],
  )
  // Most metrics: nothing is copied where every label has a list.
  if (bounds.length === 0) return (labels) => labels
  return (labels) => {
    const limited = { ...labels }
    for (const { label, max, seen } of bounds) {
      const value = labels[label] ?? ''
      if (seen.size < max) seen.add(value)
      if (!seen.has(value)) limited[label] = 'other'
    }
    return limited
  }
}

/** Every set of labels, if every label has a list of values; otherwise none. */
export function listLabelSets(declared: MetricDeclaration['labels']): Labels[] {
  let sets: Labels[] = [{}]
  for (const [label, values] of Object.entries(declared)) {
    if (typeof values === 'number') return []
    sets = sets.flatMap((set) => values.map((value) => ({ ...set, [label]: value })))
  }
  return sets
}
