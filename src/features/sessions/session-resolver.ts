import { Arg, ID, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql'
import type { Caller, SignedInCaller } from '../../core/caller.ts'
import { Access } from '../../graphql/schema/access.ts'
import type { RefreshTransport } from '../../graphql/cookies/refresh-transport.ts'
import { RateLimit } from '../../graphql/guards/rate-limit.ts'
import {
  AnyCaller,
  CurrentRefreshTransport,
  SignedIn,
  watchOwnSession,
} from '../../graphql/schema/signed-in.ts'
import { AuthPayload, buildAuthPayload } from './auth-payload.ts'
import { LIMITS } from '../limits/limits.ts'
import type { RefreshService } from './refresh-service.ts'
import type { SessionService } from './session-service.ts'
import {
  LogoutPayload,
  RevokeOtherSessionsPayload,
  RevokeSessionPayload,
  SessionEventType,
  SessionType,
  toSessionView,
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

  @Access('owner')
  @Query(() => [SessionType], { description: 'My active sessions, newest first. Signed-in only.' })
  async sessions(@SignedIn() caller: SignedInCaller): Promise<SessionType[]> {
    const sessions = await this.#sessions.list(caller)
    return sessions.map((session) => toSessionView(session, caller.sessionId))
  }

  @Access('public')
  @Mutation(() => AuthPayload, {
    description:
      'New tokens for a refresh token. The last token answers the same successor again for a short while; an older one ends the session.',
  })
  @RateLimit(LIMITS.refresh)
  async refresh(
    @Arg('refreshToken', () => String, {
      nullable: true,
      description: 'The latest refresh token of the session. Left out where it rides in its cookie.',
    })
    refreshToken: string | null,
    @AnyCaller() caller: Caller,
    @CurrentRefreshTransport() transport: RefreshTransport,
  ): Promise<AuthPayload> {
    const token = transport.take(refreshToken)
    const signIn = await this.#refresh.refresh(token ?? '', caller.client)
    return buildAuthPayload('TOKEN_REFRESHED', signIn, transport)
  }

  @Access('public')
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
    @CurrentRefreshTransport() transport: RefreshTransport,
  ): Promise<LogoutPayload> {
    const named = this.#refresh.sessionNamedBy(transport.take(null))
    const revokedSessions = await this.#sessions.logout(caller, everywhere, named)
    transport.forget()
    return { messageKey: 'LOGOUT_SUCCESSFUL', revokedSessions }
  }

  @Access('owner')
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

  @Access('owner')
  @Mutation(() => RevokeOtherSessionsPayload, {
    description: 'Ends every session of mine but this one. Signed-in only.',
  })
  async revokeOtherSessions(@SignedIn() caller: SignedInCaller): Promise<RevokeOtherSessionsPayload> {
    return {
      messageKey: 'OTHER_SESSIONS_REVOKED',
      revokedSessions: await this.#sessions.revokeOthers(caller),
    }
  }

  @Access('owner')
  @Subscription(() => SessionEventType, {
    subscribe: watchOwnSession,
    description:
      'Tells when my session or my access token ends, and is over then. Over WebSocket (`graphql-transport-ws`) at the same address; the token goes into `connection_init` as `authorization`. Signed-in only.',
  })
  sessionEvents(@Root() event: SessionEventType): SessionEventType {
    return event
  }
}
