import type { InjectOptions } from 'fastify'
import { hashClientSecret } from '../../src/core/client-secrets.ts'
import type { TestGateway } from './gateway.ts'

/** A service client with its secret, and the settings that register it. */
export const SERVICE = { id: 'orders', secret: 'rM2lJb6eD4nQ0xW8kT5yV1uC3hG7sZ9pAfEiOjLqXtB' } as const
export const SERVICE_SETTINGS = {
  INTROSPECTION_CLIENTS: `${SERVICE.id}:${hashClientSecret(SERVICE.secret)}`,
  RATE_LIMIT_SCALE: '1000',
}

/** The `Authorization` header of a service client (RFC 6749 §2.3.1). */
export function basic(id: string = SERVICE.id, secret: string = SERVICE.secret): { authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` }
}

/** Sends any request without a socket. */
export async function request(gateway: TestGateway, options: InjectOptions) {
  const { statusCode, headers, body } = await gateway.app.http.app.inject(options)
  return { status: statusCode, headers, text: body }
}

/** Posts a form. */
export function postForm(
  gateway: TestGateway,
  url: string,
  form: Readonly<Record<string, string>> | string,
  headers: Readonly<Record<string, string>> = basic(),
) {
  return request(gateway, {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    payload: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
  })
}

/** Introspects a token: status and exact text. */
export async function introspect(gateway: TestGateway, token: string | null | undefined) {
  const { status, text } = await postForm(gateway, '/introspect', { token: token ?? '' })
  return { status, text, body: JSON.parse(text) as Record<string, unknown> }
}

/** Revokes a token: status and exact text. */
export async function revoke(gateway: TestGateway, token: string | null | undefined) {
  const { status, text } = await postForm(gateway, '/revoke', { token: token ?? '' })
  return [status, text]
}
