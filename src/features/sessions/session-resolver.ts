import { Arg, ID, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql'
import type { Caller, SignedInCaller } from '../../core/caller.ts'
import { Access } from '../../graphql/schema/access.ts'
import type { RefreshTransport } from '../../graphql/cookies/refresh-transport.ts'
import { Price } from '../../graphql/guards/price.ts'
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

/** Refresh, sign-out, and the sessions of an account. */
@Resolver()
export class SessionResolver {
  readonly #sessions: SessionService
  readonly #refresh: RefreshService

  constructor(sessions: SessionService, refresh: RefreshService) {
    this.#sessions = sessions
    this.#refresh = refresh
  }

  @Access('owner', 'session')
  @Query(() => [SessionType], {
    description: 'Active sessions of the caller’s account, newest first. Requires sign-in.',
  })
  @RateLimit(LIMITS.sessions)
  @Price(20)
  async sessions(@SignedIn() caller: SignedInCaller): Promise<SessionType[]> {
    const sessions = await this.#sessions.list(caller)
    return sessions.map((session) => toSessionView(session, caller.sessionId))
  }

  @Access('public')
  @Mutation(() => AuthPayload, {
    description:
      'Exchanges a refresh token for new tokens. The previous token returns the same successor for a short time; an older token ends the session.',
  })
  @RateLimit(LIMITS.refresh)
  async refresh(
    @Arg('refreshToken', () => String, {
      nullable: true,
      description: 'Latest refresh token of the session. Omit it if the token is in a cookie.',
    })
    refreshToken: string | null,
    @AnyCaller() caller: Caller,
    @CurrentRefreshTransport() transport: RefreshTransport,
  ): Promise<AuthPayload> {
    const token = transport.take(refreshToken)
    const signIn = await this.#refresh.refresh(token ?? '', caller.client)
    return buildAuthPayload('TOKEN_REFRESHED', signIn, transport)
  }

  @Access('public', 'session')
  @Mutation(() => LogoutPayload, {
    description:
      'Signs out. The tokens of the ended sessions are rejected from then on. Without a valid token it succeeds and changes nothing.',
  })
  async logout(
    @Arg('everywhere', () => Boolean, {
      defaultValue: false,
      description: 'Whether to end all sessions of the account.',
    })
    everywhere: boolean,
    @AnyCaller() caller: Caller,
    @CurrentRefreshTransport() transport: RefreshTransport,
  ): Promise<LogoutPayload> {
    const cookieSessionId = this.#refresh.readSessionId(transport.take(null))
    const revokedSessions = await this.#sessions.logout(caller, everywhere, cookieSessionId)
    transport.forget()
    return { messageKey: 'LOGOUT_SUCCESSFUL', revokedSessions }
  }

  @Access('owner', 'session')
  @Mutation(() => RevokeSessionPayload, {
    description:
      'Ends a session of the caller’s account. `NOT_FOUND` for sessions of other accounts. Requires sign-in.',
  })
  @RateLimit(LIMITS.endSessions)
  async revokeSession(
    @Arg('id', () => ID, { description: 'Session id.' }) id: string,
    @SignedIn() caller: SignedInCaller,
  ): Promise<RevokeSessionPayload> {
    await this.#sessions.revoke(caller, id)
    return { messageKey: 'SESSION_REVOKED', sessionId: id }
  }

  @Access('owner', 'session')
  @Mutation(() => RevokeOtherSessionsPayload, {
    description: 'Ends all sessions of the caller’s account except the current one. Requires sign-in.',
  })
  @RateLimit(LIMITS.endSessions)
  async revokeOtherSessions(@SignedIn() caller: SignedInCaller): Promise<RevokeOtherSessionsPayload> {
    return {
      messageKey: 'OTHER_SESSIONS_REVOKED',
      revokedSessions: await this.#sessions.revokeOthers(caller),
    }
  }

  @Access('owner', 'session')
  @Subscription(() => SessionEventType, {
    subscribe: watchOwnSession,
    description:
      'Sends one event when the caller’s session or access token ends, and completes. Over WebSocket (`graphql-transport-ws`) at the same URL, with the token as `authorization` in the payload of `connection_init`, or over server-sent events (`graphql-sse`) with the token in the `Authorization` header. Requires sign-in.',
  })
  sessionEvents(@Root() event: SessionEventType): SessionEventType {
    return event
  }
}
