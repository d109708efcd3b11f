import { z } from 'zod'
import type { Settings, ValuesOf } from '../setting-group.ts'
import { connectionUrl, host, keyPrefix, nonEmptyText, onOff, wholeNumber } from '../setting-types.ts'
import { REDIS_PORT, hasOnlyDatabase, isSocketUrl } from './redis-connection.ts'
import { serverList } from './server-list.ts'

const EXPECTED_URL = 'redis://…, rediss://… or the path of a Unix socket (unix:///…)'
const EXPECTED_DATABASE =
  'nothing but the number of a database behind the host (redis://…/1) or the socket (unix:///…?db=1)'
/** Port of a Sentinel without a port. */
const SENTINEL_PORT = 26_379

const networkUrl = connectionUrl({ expected: EXPECTED_URL, protocols: ['redis:', 'rediss:'] })

const redisUrl = z
  .string()
  .superRefine((text, context) => {
    const problem = isSocketUrl(text) ? undefined : networkUrl.safeParse(text).error?.issues[0]?.message
    if (problem !== undefined || !hasOnlyDatabase(text))
      context.addIssue({ code: 'custom', message: problem ?? EXPECTED_DATABASE })
  })
  .describe(EXPECTED_URL)

/** A port, also in the form that Kubernetes injects: `tcp://10.0.0.7:6379`. */
const redisPort = z
  .string()
  .transform((text) => /^tcp:\/\/.+:(\d+)$/.exec(text)?.[1] ?? text)
  .pipe(wholeNumber(1, 65535))
  .describe('1 to 65535')

const text = z.string().describe('text')
const pem = z.string().describe('PEM')
/** What names the servers; one of them at most. */
export const REDIS_SOURCES = ['REDIS_URL', 'REDIS_HOST', 'REDIS_SENTINELS', 'REDIS_CLUSTER'] as const
const IN_PARTS = ['REDIS_HOST', 'REDIS_SENTINELS', 'REDIS_CLUSTER'] as const

/** Settings of Redis. */
export const redisSettings = {
  REDIS_URL: {
    type: redisUrl.optional(),
    secret: true,
    doc: 'Redis server; selects the `redis` state store.',
  },
  REDIS_HOST: { type: host.optional(), doc: 'Redis server, instead of `REDIS_URL`.' },
  REDIS_PORT: {
    type: redisPort.default(REDIS_PORT),
    onlyWith: ['REDIS_HOST'],
    doc: 'Port of `REDIS_HOST`. Without `REDIS_HOST` it is not read: Kubernetes injects a variable of this name for a service called `redis`.',
  },
  REDIS_SENTINELS: {
    type: serverList(SENTINEL_PORT).optional(),
    doc: 'Sentinels that name the primary, instead of `REDIS_URL`; after a fail-over the gateway follows them.',
  },
  REDIS_SENTINEL_NAME: {
    type: nonEmptyText('the name of a group, such as mymaster').optional(),
    onlyWith: ['REDIS_SENTINELS'],
    doc: 'Name of the primary and its replicas in the configuration of the Sentinels (`sentinel monitor`).',
  },
  REDIS_SENTINEL_USERNAME: {
    type: text.optional(),
    onlyWith: ['REDIS_SENTINELS'],
    doc: 'User name at the Sentinels. `REDIS_USERNAME` is the one at the servers that they name.',
  },
  REDIS_SENTINEL_PASSWORD: {
    type: text.optional(),
    onlyWith: ['REDIS_SENTINELS'],
    secret: true,
    doc: 'Password at the Sentinels.',
  },
  REDIS_SENTINEL_TLS: {
    type: onOff.optional(),
    onlyWith: ['REDIS_SENTINELS'],
    doc: 'Connects to the Sentinels with TLS.',
    fallback: '`REDIS_TLS`',
  },
  REDIS_CLUSTER: {
    type: serverList(REDIS_PORT).optional(),
    doc: 'Nodes of a Redis Cluster, instead of `REDIS_URL`. Name several: the first that answers names the others.',
  },
  REDIS_DB: {
    type: wholeNumber(0, 65535).default(0),
    onlyWith: IN_PARTS,
    doc: 'Number of the database, where `REDIS_URL` is not set.',
  },
  REDIS_USERNAME: {
    type: text.optional(),
    onlyWith: REDIS_SOURCES,
    doc: 'User name at Redis (ACL), where `REDIS_URL` has none.',
  },
  REDIS_PASSWORD: {
    type: text.optional(),
    onlyWith: REDIS_SOURCES,
    secret: true,
    doc: 'Password at Redis, where `REDIS_URL` has none; as it is: not percent-encoded.',
  },
  REDIS_TLS: {
    type: onOff.default(false),
    onlyWith: IN_PARTS,
    doc: 'Connects with TLS, where `REDIS_URL` is not set: a URL begins with `rediss://`. The certificate is verified with the host name.',
  },
  REDIS_CA: {
    type: pem.optional(),
    onlyWith: REDIS_SOURCES,
    doc: 'Authorities that issue the certificates of Redis, instead of those of Node.js. Usually set as `REDIS_CA_FILE`.',
  },
  REDIS_CERT: {
    type: pem.optional(),
    onlyWith: REDIS_SOURCES,
    doc: 'Client certificate for Redis. Usually set as `REDIS_CERT_FILE`.',
  },
  REDIS_KEY: {
    type: pem.optional(),
    onlyWith: REDIS_SOURCES,
    secret: true,
    doc: 'Private key of `REDIS_CERT`, without a passphrase. Usually set as `REDIS_KEY_FILE`.',
  },
  REDIS_PREFIX: {
    type: keyPrefix.default('gw'),
    doc: 'First word of every key and channel. Installations that share a Redis need different ones.',
  },
  REDIS_WAIT_REPLICAS: {
    type: wholeNumber(0, 5).default(0),
    doc: 'Number of replicas that must confirm a write (Redis `WAIT`, at most 200 ms) before the request succeeds; with fewer confirmations it fails with `SERVICE_UNAVAILABLE`. With 0 a failover can lose the latest writes, so that a revoked session stays valid for up to 60 s.',
  },
} as const satisfies Settings

/** Parsed values of these settings. */
export type RedisValues = ValuesOf<typeof redisSettings>
