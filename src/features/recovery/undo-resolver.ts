import { Arg, Mutation, Resolver } from 'type-graphql'
import type { Caller } from '../../core/caller.ts'
import { RateLimit } from '../../graphql/guards/rate-limit.ts'
import { Access } from '../../graphql/schema/access.ts'
import { AnyCaller } from '../../graphql/schema/signed-in.ts'
import { LIMITS } from '../limits/limits.ts'
import type { UndoService } from './undo-service.ts'
import { UndoChangePayload } from './undo-types.ts'

/** The undo of account changes. */
@Resolver()
export class UndoResolver {
  readonly #undo: UndoService

  constructor(undo: UndoService) {
    this.#undo = undo
  }

  @Access('public')
  @Mutation(() => UndoChangePayload, {
    description:
      'Undoes a change of an account, and all later ones, with the token of the link in its notification, and ends all sessions. `PROOF_REQUIRED` if a second factor would be removed or replaced: then the password from before the change is required, or a device that was known before it.',
  })
  @RateLimit(LIMITS.undoChange)
  async undoChange(
    @Arg('token', () => String, { description: 'Token after `#token=` in the link.' }) token: string,
    @Arg('password', () => String, {
      nullable: true,
      description: 'Password of the account before the change. Only needed after `PROOF_REQUIRED`.',
    })
    password: string | null,
    @AnyCaller() caller: Caller,
  ): Promise<UndoChangePayload> {
    const outcome = await this.#undo.undo({ token, password }, caller.client)
    return { messageKey: 'CHANGE_UNDONE', ...outcome }
  }
}
