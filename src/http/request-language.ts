import type { FastifyReply, FastifyRequest } from 'fastify'
import { chooseLanguage } from '../core/languages.ts'
import type { Language, Languages } from '../locales/languages.ts'

/** The language of a response outside GraphQL: the best match for `Accept-Language`, else the fallback. */
export function chooseRequestLanguage({ headers }: FastifyRequest, languages: Languages): Language {
  return chooseLanguage([headers['accept-language'] ?? null], languages)
}

/** The language of the message that a link was in, from `?lang=`; null without one that is supported. */
export function readLinkLanguage({ query }: FastifyRequest, { supported }: Languages): Language | null {
  const lang = typeof query === 'object' && query !== null && 'lang' in query ? query.lang : null
  return supported.find(({ tag }) => tag === lang) ?? null
}

/** `Content-Language`, and `Vary` extended by `Accept-Language`. */
export function setLanguageHeaders(reply: FastifyReply, language: Language): FastifyReply {
  const fields = String(reply.getHeader('vary') ?? '')
    .split(',')
    .map((field) => field.trim())
  const vary = [...new Set([...fields, 'Accept-Language'])].filter(Boolean).join(', ')
  return reply.headers({ 'content-language': language.tag, vary })
}
