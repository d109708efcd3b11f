import { z } from 'zod'
import { findTlsProblem } from '../../core/certificates.ts'
import { isLoopback } from '../../core/network.ts'
import { findOriginFlaw, type OriginFlaw } from '../../core/origins.ts'
import type { CrossCheck, SettingGroup, Settings, ValuesOf } from '../setting-group.ts'
import { onOff, wholeNumber, wordList } from '../setting-types.ts'
import type { ServerValues } from './server.ts'

const pem = z.string().describe('PEM')

const origins = wordList
  .superRefine((list, context) => {
    for (const [index, value] of list.entries()) {
      const flaw = findOriginFlaw(value)
      if (flaw) context.addIssue({ code: 'custom', message: describeOriginFlaw(flaw, index + 1) })
    }
  })
  .describe('origins separated by commas')

const settings = {
  TLS_CERT: {
    type: pem.optional(),
    doc: 'Certificate chain. With it the gateway serves HTTPS (TLS 1.2 and 1.3) itself. Usually set as `TLS_CERT_FILE`.',
    fallback: 'plain HTTP',
  },
  TLS_KEY: {
    type: pem.optional(),
    secret: true,
    doc: 'Private key of `TLS_CERT`, without a passphrase. Usually set as `TLS_KEY_FILE`.',
  },
  TRUST_PROXY: {
    type: wholeNumber(0, 10).default(0),
    doc: 'Number of reverse proxies in front of the gateway. The client address is taken from `X-Forwarded-For`, that many entries from the right; with 0 the header is ignored.',
  },
  REQUIRE_HTTPS: {
    type: onOff.optional(),
    doc: 'Rejects requests that were not made over TLS, to the gateway or to the outermost of the `TRUST_PROXY` proxies (`X-Forwarded-Proto`). Health checks are exempt.',
    fallback: '`on` in production, unless `HOST` is a loopback address and `TRUST_PROXY` is 0',
  },
  CORS_ORIGINS: {
    type: origins.default([]),
    doc: 'Origins (RFC 6454) whose pages may call the gateway from a browser (CORS), such as `https://app.example.com`; those of apps have their own scheme, such as `capacitor://localhost`. Development adds all loopback origins and Apollo Sandbox. The first request of a refused origin is logged as `http.origin_refused`.',
    fallback: 'none',
  },
} as const satisfies Settings

/** Parsed values of this group. */
export type TransportValues = ValuesOf<typeof settings>

type Values = TransportValues & ServerValues

/** HTTPS, reverse proxies and the origins of browsers. */
export interface TransportConfig {
  /** Certificate chain and key, PEM; null: plain HTTP. */
  readonly tls: { readonly cert: string; readonly key: string } | null
  readonly trustProxy: number
  /** Plain requests are rejected, except for health checks. */
  readonly requireHttps: boolean
  readonly corsOrigins: readonly string[]
}

/** Settings of HTTPS, reverse proxies and CORS. */
export const transportGroup = {
  title: 'HTTPS, proxies and CORS',
  settings,
  toConfig: (values: Values): TransportConfig => ({
    tls: toTls(values),
    trustProxy: values.TRUST_PROXY,
    requireHttps: requiresHttps(values),
    corsOrigins: values.CORS_ORIGINS,
  }),
  crossChecks: (values: Values, now: number) => [...checkTls(values, now), ...checkHttps(values)],
} satisfies SettingGroup<Values, TransportConfig>

/**
 * On in production by default. A gateway that listens on loopback and trusts no proxy is exempt: its requests
 * come from the same machine.
 */
function requiresHttps(values: Values): boolean {
  const isLocal = isLoopback(values.HOST) && values.TRUST_PROXY === 0
  return values.REQUIRE_HTTPS ?? (values.NODE_ENV === 'production' && !isLocal)
}

function toTls({ TLS_CERT: cert, TLS_KEY: key }: TransportValues): TransportConfig['tls'] {
  return cert === undefined || key === undefined ? null : { cert, key }
}

function checkTls(values: TransportValues, now: number): CrossCheck[] {
  const tls = toTls(values)
  const flaw = tls && findTlsProblem(tls.cert, tls.key, now)
  return [
    [values.TLS_CERT !== undefined && values.TLS_KEY === undefined, 'TLS_KEY: required with TLS_CERT'],
    [values.TLS_KEY !== undefined && values.TLS_CERT === undefined, 'TLS_CERT: required with TLS_KEY'],
    [flaw !== null, `TLS_${flaw?.of.toUpperCase()}: expected ${flaw?.expected}`],
  ]
}

function checkHttps(values: Values): CrossCheck[] {
  const isRequired = requiresHttps(values)
  return [
    [
      isRequired && toTls(values) === null && values.TRUST_PROXY === 0,
      'REQUIRE_HTTPS: requires TLS_CERT and TLS_KEY, or TRUST_PROXY for a proxy that terminates TLS; otherwise every request would be rejected',
    ],
    [
      isRequired && values.PUBLIC_URL?.startsWith('http:') === true,
      'PUBLIC_URL: must begin with https:// when REQUIRE_HTTPS is on',
    ],
  ]
}

/** The entry is named by its number: messages never show a value. */
function describeOriginFlaw(flaw: OriginFlaw, entry: number): string {
  return {
    pattern: `origins such as https://app.example.com; entry ${entry} has a wildcard, which is not supported: list each origin`,
    path: `origins such as https://app.example.com; entry ${entry} has a path or a slash at its end: remove it`,
    form: `origins such as https://app.example.com or capacitor://localhost, separated by commas; entry ${entry} is none`,
  }[flaw]
}
