import type { ApolloServerPlugin } from '@apollo/server'
import type { Language } from '../../core/languages.ts'
import type { Context } from '../context.ts'

/** The languages of the errors that wait to be formatted. */
export interface ErrorLanguages {
  /**
   * Returns undefined for an error from before the context was created: the request was not GraphQL over
   * HTTP.
   */
  findLanguage(error: unknown): Language | undefined
  readonly plugin: ApolloServerPlugin<Context>
}

/**
 * Apollo formats errors without their context. Before that it passes the same objects to plugins, where this
 * one records the language of their request.
 */
export function createErrorLanguages(): ErrorLanguages {
  const languages = new WeakMap<object, Language>()
  return {
    findLanguage: (error) => (typeof error === 'object' && error !== null ? languages.get(error) : undefined),
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
