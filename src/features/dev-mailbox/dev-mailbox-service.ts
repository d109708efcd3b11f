import { z } from 'zod'
import { parseInput } from '../../core/input.ts'
import type { DevMailbox, DevMailboxMessage } from '../../ports/dev-mailbox.ts'

/** Maximum number of messages in one response. */
const MAX_MESSAGES = 100

const input = z.object({
  first: z.number().refine((first) => first >= 1 && first <= MAX_MESSAGES, {
    params: { code: 'OUT_OF_RANGE' },
    message: `must be 1 to ${MAX_MESSAGES}`,
  }),
})

/**
 * The sent messages, for developers. The schema of a production gateway has no field that uses this service.
 */
export class DevMailboxService {
  readonly #devMailbox: DevMailbox

  constructor(devMailbox: DevMailbox) {
    this.#devMailbox = devMailbox
  }

  /** The latest messages, newest first, 1 to 100. Throws `BAD_USER_INPUT`. */
  async latest(first: number): Promise<readonly DevMailboxMessage[]> {
    return this.#devMailbox.latest(parseInput(input, { first }).first)
  }
}
