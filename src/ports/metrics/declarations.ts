/** The values of a label: a list; or the most that have series, after which values count as `other`. */
export type LabelValues = readonly string[] | number

/** What metrics of every kind declare. User input never becomes the value of a label without a list. */
export interface MetricDeclaration {
  readonly help: string
  readonly labels: Readonly<Record<string, LabelValues>>
}

/** The bound of labels whose values are names that the gateway chooses, and of names of operations. */
export const FIRST_HUNDRED = 100
/** The bound of labels with prefixes of phone numbers. */
export const FIRST_THOUSAND = 1000

/** The labels of one value of a metric. */
export type LabelsOf<Declared extends MetricDeclaration> = {
  readonly [
    Label in keyof Declared['labels']
  ]: Declared['labels'][Label] extends readonly (infer Value extends string)[] ? Value : string
}
