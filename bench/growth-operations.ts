/** Measured requests of an operation. */
export const SAMPLES = 30

/** What is measured, and what a growing figure grows with. The first, a control, touches no data. */
export const OPERATIONS = {
  none: { name: '`{ __typename }`', growsWith: 'nothing: the machine varied' },
  me: { name: '`me`', growsWith: 'the depth of the indexes' },
  login: { name: '`login`', growsWith: 'the depth of the indexes' },
  refresh: { name: '`refresh`', growsWith: 'the depth of the indexes' },
  first: { name: 'page 1', growsWith: 'the posts' },
  far: { name: 'page 2,000', growsWith: 'the posts before the page' },
  rare: { name: 'search: 20 posts', growsWith: 'the posts' },
  frequent: { name: 'search: 1 % of posts', growsWith: 'the found posts' },
  absent: { name: 'search: no post', growsWith: 'the posts' },
  drafts: { name: 'drafts: none', growsWith: 'the posts' },
  total: { name: '`totalCount`', growsWith: 'the counted posts' },
} as const

/** A measured operation. */
export type OperationName = keyof typeof OPERATIONS
/** Median milliseconds of each operation; null where the gateway refused the requests. */
export type Timings = Readonly<Record<OperationName, number | null>>
