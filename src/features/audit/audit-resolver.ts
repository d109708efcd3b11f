import { Args, Query, Resolver } from 'type-graphql'
import type { SignedInCaller } from '../../core/caller.ts'
import { Access } from '../../graphql/schema/access.ts'
import { Price } from '../../graphql/guards/price.ts'
import { RateLimit } from '../../graphql/guards/rate-limit.ts'
import { PageArguments } from '../../graphql/schema/connections.ts'
import { SignedIn } from '../../graphql/schema/signed-in.ts'
import { LIMITS } from '../limits/limits.ts'
import type { AuditService } from './audit-service.ts'
import { AuditEventConnection, toAuditEventConnection } from './audit-types.ts'

/** The audit trail of the caller's account. */
@Resolver()
export class AuditResolver {
  readonly #audit: AuditService

  constructor(audit: AuditService) {
    this.#audit = audit
  }

  @Access('owner', 'session')
  @Query(() => AuditEventConnection, {
    description:
      'Security events of the caller’s account, newest first. An event is listed within a second. Requires sign-in.',
  })
  @RateLimit(LIMITS.auditEvents)
  @Price(20)
  async myAuditEvents(
    @Args(() => PageArguments) page: PageArguments,
    @SignedIn() caller: SignedInCaller,
  ): Promise<AuditEventConnection> {
    return toAuditEventConnection(await this.#audit.list(caller, page))
  }
}
