import type { SettingGroup, Settings, ValuesOf } from '../setting-group.ts'
import { wholeNumber } from '../setting-types.ts'

const settings = {
  POSTS_PER_USER: {
    type: wholeNumber(1, 100_000_000).default(10_000),
    doc: 'Maximum number of posts of one account, drafts included. A further post is rejected with `QUOTA_EXCEEDED`. A lower value removes no post.',
  },
  POST_STORAGE_KIB: {
    type: wholeNumber(1, 100_000_000).default(51_200),
    unit: 'KiB',
    doc: 'Maximum size of all posts of one account: titles and contents in UTF-8, without the overhead of the database. A post that exceeds it, and a change that makes a post larger, is rejected with `QUOTA_EXCEEDED`.',
  },
} as const satisfies Settings

/** Parsed values of this group. */
export type PostValues = ValuesOf<typeof settings>

/** What the posts of one account may take. */
export interface PostConfig {
  readonly posts: number
  /** Bytes of titles and contents in UTF-8. */
  readonly bytes: number
}

/** Settings of the storage of posts. */
export const postGroup = {
  title: 'Posts',
  settings,
  toConfig: (values: PostValues): PostConfig => ({
    posts: values.POSTS_PER_USER,
    bytes: values.POST_STORAGE_KIB * 1024,
  }),
  crossChecks: () => [],
} satisfies SettingGroup<PostValues, PostConfig>
