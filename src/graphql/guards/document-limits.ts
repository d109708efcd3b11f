/**
 * Limits of one GraphQL document. Each number is the largest that is accepted. Fragments count where they are
 * spread, so moving a selection into a fragment changes no number; `@skip` and `@include` change none either.
 */
export const DOCUMENT_LIMITS = {
  /**
   * Lexical tokens of a document. The introspection query of an IDE has about 190, our largest operation 130.
   */
  tokens: 1000,
  /** Nested fields, including the root field and the leaf. The schema has 5 levels. */
  depth: 10,
  /**
   * The same below `__schema` and `__type`, which do not count as `depth`: an IDE requests nested types 15
   * levels deep. Production has no introspection.
   */
  introspectionDepth: 15,
  /** Fields at the root of an operation, including `__typename`. Their resolvers run in parallel. */
  rootFields: 10,
  /** Fields with an alias, including an alias that equals the field name. */
  aliases: 15,
  /** Directives of an operation. */
  directives: 10,
  /**
   * Cost of an operation; see `computeCost`. A full page of posts with all of their fields costs about 1,400.
   */
  cost: 5000,
  /** Items of one list, in the document or in the variables. */
  listItems: 100,
} as const

/** Assumed number of entries of a list: the default page size of connections. */
export const DEFAULT_PAGE = 20
/** Largest number of entries of a page. A variable (`first: $n`) counts as this number. */
export const LARGEST_PAGE = 100

/**
 * Mutations that take or send a secret. Such a mutation must be the only root field of its operation, without
 * `__typename`: a second one would be a second guess in one request (OWASP GraphQL Cheat Sheet, "batching
 * attacks"). `test/graphql/guards.test.ts` fails if a mutation that takes a secret is missing.
 */
export const SENSITIVE_FIELDS: ReadonlySet<string> = new Set([
  'register',
  'registerPhone',
  'requestOtp',
  'verifyEmail',
  'verifyOtp',
  'login',
  'refresh',
  'changePassword',
  'resetPassword',
  'verifyMfa',
  'enrollTotp',
  'confirmTotp',
  'disableTotp',
  'regenerateRecoveryCodes',
])
