import { z } from 'zod'
import { findAuthorityProblem } from '../../core/certificates.ts'
import type { CrossCheck, Settings, ValuesOf } from '../setting-group.ts'
import { onOff, keyPrefix } from '../setting-types.ts'
import type { ServerAddress } from './redis-connection.ts'
import { serverList } from './server-list.ts'

const MEMCACHED_PORT = 11_211

/** Settings of Memcached. */
export const memcachedSettings = {
  MEMCACHED_SERVERS: {
    type: serverList(MEMCACHED_PORT).optional(),
    doc: 'Memcached servers; selects the `memcached` state store. Each key is on one of them: all nodes of the gateway need the same list. The servers must run without evictions (`memcached -M`).',
  },
  MEMCACHED_TLS: {
    type: onOff.default(false),
    onlyWith: ['MEMCACHED_SERVERS'],
    doc: 'Connects with TLS. The certificates are verified with the host names.',
  },
  MEMCACHED_CA: {
    type: z.string().describe('PEM').optional(),
    onlyWith: ['MEMCACHED_SERVERS'],
    doc: 'Authorities that issue the certificates of Memcached, instead of those of Node.js. Usually set as `MEMCACHED_CA_FILE`.',
  },
  MEMCACHED_PREFIX: {
    type: keyPrefix.default('gw'),
    onlyWith: ['MEMCACHED_SERVERS'],
    doc: 'First word of every key. Installations that share a Memcached need different ones.',
  },
} as const satisfies Settings

/** Parsed values of these settings. */
export type MemcachedValues = ValuesOf<typeof memcachedSettings>

/** The state store in Memcached. */
export interface MemcachedConfig {
  readonly kind: 'memcached'
  readonly servers: readonly ServerAddress[]
  /** Null: plain TCP. */
  readonly tls: { readonly ca: string | null } | null
  /** First word of every key, without its colon. */
  readonly prefix: string
}

/** The state store, from values that name the servers. */
export function toMemcachedConfig(values: MemcachedValues): MemcachedConfig {
  return {
    kind: 'memcached',
    servers: values.MEMCACHED_SERVERS ?? [],
    tls: values.MEMCACHED_TLS ? { ca: values.MEMCACHED_CA ?? null } : null,
    prefix: values.MEMCACHED_PREFIX,
  }
}

/** Contradictions among the settings of Memcached. */
export function checkMemcached(
  { MEMCACHED_CA: ca, ...values }: MemcachedValues,
  now: number,
): readonly CrossCheck[] {
  const problem = ca === undefined ? null : findAuthorityProblem(ca, now)
  const isIPv6 = ({ host }: ServerAddress) => host.includes(':')
  return [
    [
      values.MEMCACHED_SERVERS?.some(isIPv6) === true,
      'MEMCACHED_SERVERS: expected host names or IPv4 addresses: the client does not support IPv6 addresses',
    ],
    [ca !== undefined && !values.MEMCACHED_TLS, 'MEMCACHED_CA: requires MEMCACHED_TLS=on'],
    [problem !== null, `MEMCACHED_CA: expected ${problem}`],
  ]
}
