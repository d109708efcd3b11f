export * from './generated/graphql.ts'
export type { TypedDocumentNode } from './typed-document.ts'
