import { z } from 'zod'
import { findAuthorityProblem } from '../../../core/certificates.ts'
import type { MailFrom } from '../../../ports/mailer.ts'
import type { CrossCheck, Settings, ValuesOf } from '../../setting-group.ts'
import type { ProviderGroup } from './provider.ts'
import { toMailFrom, type SenderValues } from './senders.ts'

const smtpUrl = z
  .string()
  .refine(isSmtpUrl, 'smtp://host:port or smtps://host:port, with or without user:password@')
  .describe('smtp://… or smtps://…')

const settings = {
  SMTP_URL: {
    type: smtpUrl.optional(),
    secret: true,
    doc: 'SMTP server: `smtp://user:password@host:587` (STARTTLS, required unless the host is a loopback address) or `smtps://user:password@host:465`. User and password are percent-encoded. The certificate is verified.',
  },
  SMTP_CA: {
    type: z.string().describe('PEM').optional(),
    doc: 'Certificate authority of the SMTP server. Usually set as `SMTP_CA_FILE`. With it TLS is required for loopback addresses, too.',
    fallback: 'the authorities that Node.js trusts',
  },
} as const satisfies Settings

type Values = ValuesOf<typeof settings> & SenderValues

/** An SMTP server. */
export interface SmtpConfig {
  readonly kind: 'smtp'
  readonly url: string
  /** PEM; null: the authorities that Node.js trusts. */
  readonly ca: string | null
  readonly from: MailFrom
}

/** Settings of SMTP. */
export const smtpGroup = {
  title: 'SMTP',
  settings,
  required: ['SMTP_URL', 'MAIL_FROM'],
  toConfig: (values: Values): SmtpConfig => ({
    kind: 'smtp',
    url: values.SMTP_URL ?? '',
    ca: values.SMTP_CA ?? null,
    from: toMailFrom(values),
  }),
  crossChecks: checkAuthority,
} satisfies ProviderGroup<Values, SmtpConfig>

function checkAuthority({ SMTP_CA: ca }: Values, now: number): CrossCheck[] {
  const problem = ca === undefined ? null : findAuthorityProblem(ca, now)
  return [[problem !== null, `SMTP_CA: expected ${problem}`]]
}

/** Without a query, whose options could turn off the verification of the certificate. */
function isSmtpUrl(value: string): boolean {
  // The URL parser would remove control characters, and spaces around.
  if (!URL.canParse(value) || /\p{Cc}|^ | $/u.test(value)) return false
  const { protocol, hostname, pathname, search, hash } = new URL(value)
  // The parser percent-encodes other characters of a host, and decodes none.
  const isHost = /^([A-Za-z0-9.-]+|\[[0-9a-f:.]+\])$/.test(hostname)
  return /^smtps?:$/.test(protocol) && isHost && /^\/?$/.test(pathname) && search + hash === ''
}
