import type { Logger } from '../../ports/logger.ts'
import { describeFailure } from '../run-command.ts'
import type { StartFailure } from '../start-error.ts'
import { warnOfSettings } from '../startup-messages.ts'
import type { Primary } from './primary.ts'
import type { PrimaryState } from './primary-state.ts'
import type { ReadSettings } from './settings-reader.ts'

/** What reloads work with. */
export interface ReloaderOptions {
  readonly primary: Primary
  readonly log: Logger
  /** Reads the present settings. Throws a `ConfigError`. */
  readonly readSettings: () => ReadSettings
  /** Tells others about the state of reloads. */
  readonly publish: (state: Omit<PrimaryState, 'identity'>) => void
}

/** Carries out reloads one after the other. Requests that arrive during one are carried out together. */
export class Reloader {
  readonly #options: ReloaderOptions
  #begun = 0
  #completed = 0
  #refusal: StartFailure | null = null
  #isRequested = false
  #isRunning = false

  constructor(options: ReloaderOptions) {
    this.#options = options
    this.#publish()
  }

  /** Reloads as soon as the present reload is complete, if there is one. */
  async request(): Promise<void> {
    this.#isRequested = true
    if (this.#isRunning) return
    this.#isRunning = true
    while (this.#isRequested) {
      this.#isRequested = false
      await this.#reload()
    }
    this.#isRunning = false
  }

  async #reload(): Promise<void> {
    this.#begun += 1
    this.#publish()
    try {
      await this.#replaceWorkers()
      this.#refusal = null
    } catch (error) {
      if (this.#options.primary.isStopping) return
      this.#refusal = describeFailure(error)
      this.#logRefusal(this.#refusal)
    }
    this.#completed = this.#begun
    this.#publish()
  }

  async #replaceWorkers(): Promise<void> {
    const { primary, log, readSettings } = this.#options
    const settings = readSettings()
    const address = await primary.replaceWorkers(settings)
    log.info(
      { event: 'server.reloaded', address, workers: primary.workers },
      'new workers serve with the present settings',
    )
    warnOfSettings(settings.config, settings.snapshot.variables, log)
  }

  #logRefusal({ message, problems }: StartFailure): void {
    const reason = problems === null ? { reason: message } : { problems }
    this.#options.log.error(
      { event: 'server.reload_refused', ...reason },
      'reload refused: the workers continue to serve with their settings',
    )
  }

  #publish(): void {
    this.#options.publish({
      begun: this.#begun,
      completed: this.#completed,
      refusal: this.#refusal,
      workers: this.#options.primary.workers,
    })
  }
}
