import { once } from 'node:events'
import type { Permits } from '../../ports/shared-hashing.ts'
import type { MessageToPrimary, MessageToWorker, StartMessage } from './messages.ts'

/** The end of a worker of the channel to its primary process. */
export class PrimaryConnection {
  readonly #granted = new Map<number, () => void>()
  #lastPermit = 0

  /** Permits of the primary process, which bounds the concurrent hashes of all workers. */
  readonly permits: Permits = { run: (work) => this.#runWithPermit(work) }

  /** Sends a message, and resolves when it was sent or the primary process has ended. */
  async send(message: MessageToPrimary): Promise<void> {
    if (!process.connected) return
    await new Promise<void>((resolve) => process.send?.(message, undefined, undefined, () => resolve()))
  }

  /** Reports this process as loaded and resolves to what it shall serve. */
  async receiveStart(version: string): Promise<StartMessage> {
    const received = once(process, 'message') as Promise<[MessageToWorker]>
    await this.send({ kind: 'loaded', version })
    const [message] = await received
    if (message.kind !== 'start') throw new Error(`expected a message of kind start, not ${message.kind}`)
    return message
  }

  /** Calls back for each message other than `start`. */
  listen(handle: (message: MessageToWorker) => void): void {
    process.on('message', (message: MessageToWorker) => {
      if (message.kind === 'permit_granted') this.#granted.get(message.id)?.()
      else handle(message)
    })
  }

  async #runWithPermit<Result>(work: () => Promise<Result>): Promise<Result> {
    const id = (this.#lastPermit += 1)
    const granted = new Promise<void>((resolve) => this.#granted.set(id, resolve))
    void this.send({ kind: 'request_permit', id })
    await granted
    this.#granted.delete(id)
    try {
      return await work()
    } finally {
      void this.send({ kind: 'return_permit', id })
    }
  }
}
