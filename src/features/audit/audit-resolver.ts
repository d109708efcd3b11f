import { Args, Query, Resolver } from 'type-graphql'
import type { SignedInCaller } from '../../core/caller.ts'
import { Access } from '../../graphql/schema/access.ts'
import { PageArguments } from '../../graphql/schema/connections.ts'
import { SignedIn } from '../../graphql/schema/signed-in.ts'
import type { AuditService } from './audit-service.ts'
import { AuditEventConnection, toAuditEventConnection } from './audit-types.ts'

/** What an account may see of its own audit trail. */
@Resolver()
export class AuditResolver {
  readonly #audit: AuditService

  constructor(audit: AuditService) {
    this.#audit = audit
  }

  @Access('owner')
  @Query(() => AuditEventConnection, {
    description:
      'What happened to the security of my account, newest first; the latest within a second. Signed-in only.',
  })
  async myAuditEvents(
    @Args(() => PageArguments) page: PageArguments,
    @SignedIn() caller: SignedInCaller,
  ): Promise<AuditEventConnection> {
    return toAuditEventConnection(await this.#audit.list(caller, page))
  }
}
