import { Arg, ID, Mutation, Query, Resolver } from 'type-graphql'
import type { Caller, SignedInCaller } from '../../core/caller.ts'
import { AnyCaller, SignedIn } from '../../graphql/signed-in.ts'
import { AuthPayload, authPayload } from '../accounts/account-types.ts'
import type { RefreshService } from './refresh-service.ts'
import type { SessionService } from './session-service.ts'
import {
  LogoutPayload,
  RevokeOtherSessionsPayload,
  RevokeSessionPayload,
  SessionType,
  sessionView,
} from './session-types.ts'

/** Refresh, sign-out, and the list of sign-ins. */
@Resolver()
export class SessionResolver {
  readonly #sessions: SessionService
  readonly #refresh: RefreshService

  constructor(sessions: SessionService, refresh: RefreshService) {
    this.#sessions = sessions
    this.#refresh = refresh
  }

  @Query(() => [SessionType], { description: 'My active sessions, newest first. Signed-in only.' })
  async sessions(@SignedIn() caller: SignedInCaller): Promise<SessionType[]> {
    const sessions = await this.#sessions.list(caller)
    return sessions.map((session) => sessionView(session, caller.sessionId))
  }

  @Mutation(() => AuthPayload, {
    description:
      'New tokens for a refresh token. The last token answers the same successor again for a short while; an older one ends the session.',
  })
  async refresh(
    @Arg('refreshToken', () => String, {
      nullable: true,
      description: 'The latest refresh token of the session.',
    })
    refreshToken: string | null,
    @AnyCaller() caller: Caller,
  ): Promise<AuthPayload> {
    return authPayload('TOKEN_REFRESHED', await this.#refresh.refresh(refreshToken ?? '', caller.client))
  }

  @Mutation(() => LogoutPayload, {
    description:
      'Signs out. Once it is answered, the tokens of the ended sessions work nowhere. Without a usable token it succeeds and changes nothing.',
  })
  async logout(
    @Arg('everywhere', () => Boolean, {
      defaultValue: false,
      description: 'End every session of the account, not only this one.',
    })
    everywhere: boolean,
    @AnyCaller() caller: Caller,
  ): Promise<LogoutPayload> {
    return {
      messageKey: 'LOGOUT_SUCCESSFUL',
      revokedSessions: await this.#sessions.logout(caller, everywhere),
    }
  }

  @Mutation(() => RevokeSessionPayload, {
    description: 'Ends one of my sessions. NOT_FOUND for any other. Signed-in only.',
  })
  async revokeSession(
    @Arg('id', () => ID, { description: 'From `sessions`.' }) id: string,
    @SignedIn() caller: SignedInCaller,
  ): Promise<RevokeSessionPayload> {
    await this.#sessions.revoke(caller, id)
    return { messageKey: 'SESSION_REVOKED', sessionId: id }
  }

  @Mutation(() => RevokeOtherSessionsPayload, {
    description: 'Ends every session of mine but this one. Signed-in only.',
  })
  async revokeOtherSessions(@SignedIn() caller: SignedInCaller): Promise<RevokeOtherSessionsPayload> {
    return {
      messageKey: 'OTHER_SESSIONS_REVOKED',
      revokedSessions: await this.#sessions.revokeOthers(caller),
    }
  }
}
