import type { FastifyReply, FastifyRequest } from 'fastify'
import { chooseLanguage, type Language } from '../core/languages.ts'

/** The language of a response outside GraphQL: the best match for `Accept-Language`, else `fallback`. */
export function chooseRequestLanguage({ headers }: FastifyRequest, fallback: Language): Language {
  return chooseLanguage([headers['accept-language'] ?? null], fallback)
}

/** `Content-Language`, and `Vary` extended by `Accept-Language`. */
export function setLanguageHeaders(reply: FastifyReply, language: Language): FastifyReply {
  const fields = String(reply.getHeader('vary') ?? '')
    .split(',')
    .map((field) => field.trim())
  const vary = [...new Set([...fields, 'Accept-Language'])].filter(Boolean).join(', ')
  return reply.headers({ 'content-language': language, vary })
}
