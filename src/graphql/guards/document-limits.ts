/**
 * Limits of one GraphQL document. Each number is the largest that is accepted. Fragments count where they are
 * spread, so moving a selection into a fragment changes no number; `@skip` and `@include` change none either.
 */
export const DOCUMENT_LIMITS = {
  /**
   * Lexical tokens of a document; it can have as many comments. The introspection query of an IDE has about
   * 190 tokens, our largest operation 130.
   */
  tokens: 1000,
  /** Nested fields, including the root field and the leaf. The schema has 5 levels. */
  depth: 10,
  /**
   * The same below `__schema` and `__type`, which do not count as `depth`: an IDE requests nested types 15
   * levels deep. Production has no introspection.
   */
  introspectionDepth: 15,
  /**
   * Fields at the root of an operation; their resolvers run in parallel. Meta fields such as `__typename`,
   * which clients add to every selection, are not counted.
   */
  rootFields: 10,
  /** Fields with an alias, including an alias that equals the field name. */
  aliases: 15,
  /** Directives of an operation. */
  directives: 10,
  /**
   * Cost of an operation; see `computeCost`. A page of 100 posts with all of their fields costs about 4,500.
   */
  cost: 5000,
  /** Items of one list, in the document or in the variables. */
  listItems: 100,
  /**
   * Values in the variables: objects, lists, and what they contain. graphql-js quotes the whole variable in
   * each of up to 50 errors, which took 0.2 s for an object of 8,000 unknown fields.
   */
  variableValues: 1000,
  /**
   * UTF-16 units of all texts in the response to a query. Writing 2.5 million as JSON takes the event loop
   * 10 to 30 ms. A page of 100 posts of 20,000 characters fits without `contentHtml`.
   */
  responseCharacters: 2_500_000,
} as const

/**
 * Cost up to which no response exceeds `responseCharacters`: a unit of cost pays for at most 6,000 characters
 * (`contentHtml`: 120,011 for 20).
 */
export const LIGHT_COST = 400

/** Assumed number of entries of a list: the default page size of connections. */
export const DEFAULT_PAGE = 20
/** Largest number of entries of a page. A variable (`first: $n`) counts as this number. */
export const LARGEST_PAGE = 100

/**
 * Mutations that take or send a secret. Such a mutation must be the only root field of its operation: a
 * second one would be a second guess in one request (OWASP GraphQL Cheat Sheet, "batching attacks"). Meta
 * fields take no secret, so they can stand beside it. `test/graphql/guards.test.ts` fails if a mutation that
 * takes a secret is missing.
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
  'undoChange',
  'createApiKey',
  'issueToken',
])
