import { reachEndpoint } from '../adapters/messages/reach-endpoint.ts'
import type { Config } from '../config/config.ts'
import { createFindings, nameError, type Finding } from '../core/finding.ts'

/**
 * Checks that the collector of traces accepts connections; nothing is sent. One that does not is a warning:
 * the gateway serves all the same, and drops the spans.
 */
export async function diagnoseTracing({ tracing }: Config): Promise<readonly Finding[]> {
  const findings = createFindings('traces')
  if (tracing === null) return findings.list
  const name = `collector ${new URL(tracing.url).host}`
  try {
    await reachEndpoint(tracing.url)
    findings.ok(`${name} accepts connections`)
  } catch (error) {
    findings.warn(`${name} cannot be used (${nameError(error)})`, 'check its settings and the network')
  }
  return findings.list
}
