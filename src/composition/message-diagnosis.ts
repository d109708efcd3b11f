import { verifySmtp } from '../adapters/mailer/smtp.ts'
import { reachEndpoint } from '../adapters/messages/reach-endpoint.ts'
import type { Config } from '../config/config.ts'
import { createFindings, nameError, type Finding } from '../core/finding.ts'

type Transport = Config['messages']['mail' | 'sms'][number]

/** Checks that each transport can be reached. Nothing is sent. */
export async function diagnoseMessages({ messages }: Config): Promise<readonly Finding[]> {
  const channels = [
    ['e-mail', messages.mail],
    ['SMS', messages.sms],
  ] as const
  const found = channels.flatMap(([channel, transports]) =>
    transports.map((transport) => diagnoseTransport(channel, transport)),
  )
  return (await Promise.all(found)).flat()
}

async function diagnoseTransport(channel: string, transport: Transport): Promise<readonly Finding[]> {
  const findings = createFindings('messages')
  const name = `${channel}: ${transport.kind}`
  if (transport.kind === 'outbox') {
    findings.warn(
      `${name}, messages are written to a file`,
      'set a transport before people depend on messages',
    )
    return findings.list
  }
  try {
    if (transport.kind === 'smtp') await verifySmtp(transport.url, transport.ca)
    else await reachEndpoint(transport.url)
    findings.ok(`${name} accepts connections`)
  } catch (error) {
    findings.fail(`${name} cannot be used (${nameError(error)})`, 'check its settings and the network')
  }
  return findings.list
}
