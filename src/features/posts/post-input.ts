import { z } from 'zod'
import type { AccountCaller } from '../../core/caller.ts'
import { AuthError, badInput } from '../../core/errors.ts'
import { boundedText, isStorableId, parseInput } from '../../core/input.ts'
import type { PostChange, PostViewer } from '../../ports/posts.ts'

/** Accounts with this role read, change and delete the posts of all authors. */
const ADMINISTRATOR_ROLE = 'ADMIN'

const title = boundedText(1, 200)
const content = boundedText(1, 20_000)
const createInput = z.object({ title, content, published: z.boolean() })
const optional = <T extends z.ZodType>(field: T) => field.nullish().transform((value) => value ?? undefined)
const VERSION_FORM = 'must be a time from 1970 to 9999'
/** A time that both databases can store; no post has any other. */
const version = z
  .date()
  .refine((time) => time.getUTCFullYear() >= 1970 && time.getUTCFullYear() <= 9999, {
    params: { code: 'OUT_OF_RANGE' },
    message: VERSION_FORM,
  })
  .nullish()
  .transform((time) => time ?? null)
const updateInput = z.object({
  title: optional(title),
  content: optional(content),
  published: optional(z.boolean()),
  expectedUpdatedAt: version,
})

/** The fields of a new post. Throws `BAD_USER_INPUT`. */
export function parsePostFields(input: unknown): z.output<typeof createInput> {
  return parseInput(createInput, input)
}

/** A change, and the version that it is made to; null: any. Throws `BAD_USER_INPUT`. */
export function parsePostChange(input: unknown): {
  readonly expectedUpdatedAt: Date | null
  readonly change: PostChange
} {
  const { title, content, published, expectedUpdatedAt } = parseInput(updateInput, input)
  const change = {
    ...(title === undefined ? {} : { title }),
    ...(content === undefined ? {} : { content }),
    ...(published === undefined ? {} : { published }),
  }
  return { expectedUpdatedAt, change }
}

/** The version of the argument `expectedUpdatedAt`; null: any. Throws `BAD_USER_INPUT`. */
export function parseExpectedVersion(expected: unknown): Date | null {
  const parsed = version.safeParse(expected)
  if (parsed.success) return parsed.data
  throw badInput({ path: ['expectedUpdatedAt'], code: 'OUT_OF_RANGE', message: VERSION_FORM })
}

/** Throws `NOT_FOUND` for a text that cannot be an id. */
export function parsePostId(id: string): string {
  if (!isStorableId(id)) throw new AuthError('NOT_FOUND')
  return id
}

/** The caller as the statements of posts need it. The roles are those of this request. */
export function toViewer({ userId, roles }: AccountCaller): PostViewer {
  return { id: userId, isAdministrator: roles.includes(ADMINISTRATOR_ROLE) }
}
