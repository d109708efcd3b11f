import type { PageResult } from './page-operations.ts'

/** A page behind a link in a message. */
export interface LinkPage<State extends string> {
  readonly path: string
  /** The GraphQL operation of the page; `token` is one of its variables. */
  readonly document: string
  /** The form of a token that was not cut off. */
  readonly tokenForm: RegExp
  /** The state after the operation; null: the gateway could not tell, so the same can be tried again. */
  readonly classify: (result: PageResult, form: URLSearchParams) => State | null
  /** Variables beside `token`. */
  readonly readVariables: (form: URLSearchParams) => Readonly<Record<string, unknown>>
  /** States after which the link has done its part. */
  readonly finalStates: readonly State[]
  readonly sections: readonly LinkPageSection<State>[]
  /** Which texts of a language the placeholders of its sections are. */
  readonly texts: 'verifyEmail' | 'undoChange'
}

/** A part of a page that is shown in some of its states. */
export interface LinkPageSection<State extends string> {
  readonly states: readonly (State | SharedState)[]
  readonly icon?: 'success' | 'failure'
  /** HTML with placeholders. */
  readonly html: string
  /** Whether the link to the app follows. */
  readonly leadsToApp?: boolean
}

/**
 * States of every page: `entry` before the script has run, or without scripts; `confirm` with a link;
 * `broken` without one; `limited` after too many attempts; `unavailable` without a result.
 */
export type SharedState = 'entry' | 'confirm' | 'broken' | 'limited' | 'unavailable'
