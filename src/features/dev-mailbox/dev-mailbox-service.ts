import { z } from 'zod'
import { parseInput } from '../../core/input.ts'
import type { DevMailbox, DevMailboxMessage } from '../../ports/dev-mailbox.ts'

/** Most messages of one look. */
const MOST = 100

const input = z.object({
  first: z.number().refine((first) => first >= 1 && first <= MOST, {
    params: { code: 'OUT_OF_RANGE' },
    message: `must be 1 to ${MOST}`,
  }),
})

/** What a developer may see of the messages that went out. Nothing of it exists in production. */
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
