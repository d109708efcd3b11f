/**
 * How much one GraphQL document may ask for. Every number is the largest that passes. Fragments count wherever they are
 * spread, so moving something into a fragment changes no number; `@skip` and `@include` change none either.
 */
export const DOCUMENT_LIMITS = {
  /** Lexical tokens of a document. The introspection query of an IDE has about 190, the largest of our operations 130. */
  tokens: 1000,
  /** Fields above each other, the root field and the leaf included. The schema itself has 5 levels. */
  depth: 10,
  /**
   * The same for `__schema` and `__type`, which count apart: an IDE asks for types within types, 15 deep. What is below them
   * does not count as depth, so that this room is for introspection alone. Production answers neither.
   */
  introspectionDepth: 15,
  /** Fields at the root of an operation, `__typename` included: each is a resolver that starts by itself. */
  rootFields: 10,
  /** Fields under another name, also where it is their own: `a: me`. */
  aliases: 15,
  /** Directives of an operation. */
  directives: 10,
  /** Cost of an operation, see `costOf`. A full page of posts with everything in them costs about 1,400. */
  cost: 5000,
  /** Items of one list, in the document or in the variables. */
  listItems: 100,
} as const

/** Entries that a list is taken to have where nobody says: the page size of connections. */
export const USUAL_PAGE = 20
/** The most entries a connection gives, whatever is asked; also what `first: $variable` counts as. */
export const LARGEST_PAGE = 100

/**
 * Mutations that take or send a secret. One of them stands alone in its operation, not even beside `__typename`: a second
 * one would be a second guess under the cost of one request (OWASP GraphQL Cheat Sheet, "batching attacks").
 * `test/graphql/guards.test.ts` finds every mutation that takes a secret and asks for it here.
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
