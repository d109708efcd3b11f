import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { GraphQLSchema } from 'graphql'
import { AccountResolver } from '../src/features/accounts/account-resolver.ts'
import { AuditResolver } from '../src/features/audit/audit-resolver.ts'
import { PasswordResolver } from '../src/features/passwords/password-resolver.ts'
import { MfaResolver } from '../src/features/mfa/mfa-resolver.ts'
import { OtpResolver } from '../src/features/otp/otp-resolver.ts'
import { PostConnectionResolver, PostResolver } from '../src/features/posts/post-resolver.ts'
import { SessionResolver } from '../src/features/sessions/session-resolver.ts'
import { CodeSignInResolver } from '../src/features/sign-in/code-sign-in-resolver.ts'
import { PasswordSignInResolver } from '../src/features/sign-in/password-sign-in-resolver.ts'
import { SecondStepResolver } from '../src/features/sign-in/second-step-resolver.ts'
import { createSchema, printedSchema } from '../src/graphql/schema/schema.ts'

/**
 * The schema as every gateway serves it in production, without anything behind it: what clients may rely on. Development adds
 * `devOutbox`, which no client should know; nothing else of its shape depends on settings.
 */
export function schemaWithoutServices(): GraphQLSchema {
  const classes = [
    AccountResolver,
    PasswordSignInResolver,
    CodeSignInResolver,
    SecondStepResolver,
    OtpResolver,
    PasswordResolver,
    MfaResolver,
    SessionResolver,
    AuditResolver,
    PostResolver,
    PostConnectionResolver,
  ]
  return createSchema(classes.map((resolver) => Object.create(resolver.prototype) as object))
}

/** Writes `schema/schema.graphql`. */
export function writeSchema(): void {
  writeFileSync(
    join(resolve(import.meta.dirname, '..'), 'schema/schema.graphql'),
    printedSchema(schemaWithoutServices()),
  )
}

if (process.argv[1] === import.meta.filename) writeSchema()
