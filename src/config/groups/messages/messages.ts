import type { CrossCheck, SettingGroup, Settings, ValuesOf } from '../../setting-group.ts'
import { commaSeparated, wholeNumber } from '../../setting-types.ts'
import { mailgunGroup } from './mailgun.ts'
import type { ProviderGroup } from './provider.ts'
import { sendGridGroup } from './sendgrid.ts'
import { senderSettings } from './senders.ts'
import { smtpGroup } from './smtp.ts'
import { twilioGroup } from './twilio.ts'
import { webhookGroup } from './webhook.ts'

/** The development mailbox: a file in the data folder. It has no settings. */
const mailboxGroup = {
  title: 'Development mailbox',
  settings: {},
  required: [],
  toConfig: () => ({ kind: 'outbox' }) as const,
  crossChecks: () => [],
} satisfies ProviderGroup<object, { readonly kind: 'outbox' }>

/** Transports by the name that selects them. */
const MAIL_TRANSPORTS = {
  smtp: smtpGroup,
  sendgrid: sendGridGroup,
  mailgun: mailgunGroup,
  webhook: webhookGroup,
  outbox: mailboxGroup,
}
const SMS_TRANSPORTS = { twilio: twilioGroup, webhook: webhookGroup, outbox: mailboxGroup }
const TRANSPORTS = { ...MAIL_TRANSPORTS, ...SMS_TRANSPORTS }

const settings = {
  MAIL_TRANSPORTS: {
    type: buildSelection(MAIL_TRANSPORTS).prefault('outbox'),
    doc: 'Transports for e-mail in order of preference: when one fails, the next one is tried. `outbox` is the development mailbox, a file in `DATA_DIR` whose messages development also prints to the console.',
  },
  SMS_TRANSPORTS: {
    type: buildSelection(SMS_TRANSPORTS).prefault('outbox'),
    doc: 'Transports for text messages in order of preference.',
  },
  MESSAGE_ATTEMPTS: {
    type: wholeNumber(1, 50).default(16),
    doc: 'Maximum number of delivery attempts per message. The delay between attempts starts at 2 s and grows, so that the last attempt is made shortly before the message expires. A message with a code expires with the code, or with its link if that is valid for longer, any other message after a day.',
  },
  ...senderSettings,
  ...smtpGroup.settings,
  ...sendGridGroup.settings,
  ...mailgunGroup.settings,
  ...twilioGroup.settings,
  ...webhookGroup.settings,
} as const satisfies Settings

/** Parsed values of this group. */
export type MessageValues = ValuesOf<typeof settings>

/** A transport for e-mail, with everything that its adapter needs. */
export type MailTransportConfig = PartOf<typeof MAIL_TRANSPORTS>

/** A transport for text messages, with everything that its adapter needs. */
export type SmsTransportConfig = PartOf<typeof SMS_TRANSPORTS>

/** Delivery of messages. */
export interface MessageConfig {
  /** In order of preference. */
  readonly mail: readonly MailTransportConfig[]
  readonly sms: readonly SmsTransportConfig[]
  readonly attempts: number
}

/** Settings of the delivery of messages. */
export const messageGroup = {
  title: 'Messages',
  settings,
  toConfig: (values: MessageValues): MessageConfig => ({
    mail: values.MAIL_TRANSPORTS.map((name) => MAIL_TRANSPORTS[name].toConfig(values)),
    sms: values.SMS_TRANSPORTS.map((name) => SMS_TRANSPORTS[name].toConfig(values)),
    attempts: values.MESSAGE_ATTEMPTS,
  }),
  crossChecks: (values: MessageValues, now: number) =>
    Object.entries(TRANSPORTS).flatMap(([name, { required, crossChecks }]) => [
      ...checkRequired(name, required, values),
      ...crossChecks(values, now),
    ]),
} satisfies SettingGroup<MessageValues, MessageConfig>

type PartOf<Transports extends Readonly<Record<string, { readonly toConfig: (values: never) => unknown }>>> =
  ReturnType<Transports[keyof Transports]['toConfig']>

function checkRequired(
  transport: string,
  required: readonly (keyof MessageValues)[],
  values: MessageValues,
): CrossCheck[] {
  const selected: readonly string[] = [...values.MAIL_TRANSPORTS, ...values.SMS_TRANSPORTS]
  const isSelected = selected.includes(transport)
  const [own] = required
  return [
    ...required.map((name): CrossCheck => [
      isSelected && values[name] === undefined,
      `${name}: required with the transport ${transport}`,
    ]),
    [
      !isSelected && own !== undefined && values[own] !== undefined,
      `${own}: must be set only when MAIL_TRANSPORTS or SMS_TRANSPORTS contains ${transport}`,
    ],
  ]
}

/** Names of transports, each at most once, separated by commas. */
function buildSelection<Name extends string>(transports: Readonly<Record<Name, unknown>>) {
  const names = Object.keys(transports)
  const isName = (item: string): item is Name => names.includes(item)
  return commaSeparated
    .refine(
      (list) => new Set(list).size === list.length && list.every(isName),
      `one or more of ${names.join(', ')}, each at most once, separated by commas`,
    )
    .transform((list) => list.filter(isName))
    .describe(`${names.map((name) => `\`${name}\``).join(', ')}, separated by commas`)
}
