import type { ApolloServerPlugin } from '@apollo/server'
import type { Language } from '../../core/languages.ts'
import type { Context } from '../context.ts'

/** The languages that errors are to be told in. */
export interface ErrorLanguages {
  /** Undefined for an error that came before there was a context: the request was not even GraphQL over HTTP. */
  languageOf(error: unknown): Language | undefined
  readonly plugin: ApolloServerPlugin<Context>
}

/**
 * Apollo formats errors without saying whose they are. It shows them to plugins first, the same objects: there each gets the
 * language of its request.
 */
export function createErrorLanguages(): ErrorLanguages {
  const languages = new WeakMap<object, Language>()
  return {
    languageOf: (error) => (typeof error === 'object' && error !== null ? languages.get(error) : undefined),
    plugin: {
      async requestDidStart() {
        return {
          async didEncounterErrors({ errors, contextValue: { responseLanguage } }) {
            responseLanguage.used = true
            for (const error of errors) languages.set(error, responseLanguage.language)
          },
        }
      },
    },
  }
}
