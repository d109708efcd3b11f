import type { AccountChanges } from '../../ports/account-changes.ts'
import type { Posts } from '../../ports/posts.ts'
import type { SecondFactors } from '../../ports/second-factors.ts'
import type { Sessions } from '../../ports/sessions.ts'
import type { Users } from '../../ports/users.ts'
import { POSTS_GENERATION, toAccountGeneration } from './generations.ts'
import type { ChangesOf } from './tracked-port.ts'

/** A change of the account that no other caller can see. */
function changeAccount(userId: string): readonly string[] {
  return [toAccountGeneration(userId)]
}

/** A change of the name or the status of an account: posts show both of their author. */
function changeAuthor(userId: string): readonly string[] {
  return [toAccountGeneration(userId), POSTS_GENERATION]
}

function changePosts(): readonly string[] {
  return [POSTS_GENERATION]
}

/**
 * `register` and the accounts that `setPhone` removes: a PENDING account was never confirmed, so it has no
 * session and no posts, and nothing of it is cached. `replacePasswordHash` changes nothing but the hash.
 */
export const USER_CHANGES: ChangesOf<Users> = {
  findById: null,
  listNewest: null,
  findByContact: null,
  findCredentials: null,
  findCredentialsById: null,
  register: null,
  replacePasswordHash: null,
  verifyEmail: ({ userId }) => changeAuthor(userId),
  setPhone: ({ userId }) => changeAccount(userId),
  removePhone: (userId) => changeAccount(userId),
  changePassword: ({ userId }) => changeAccount(userId),
  resetPassword: ({ userId }) => changeAuthor(userId),
  suspend: (userId) => changeAuthor(userId),
  reinstate: (userId) => changeAuthor(userId),
  setRoles: (userId) => changeAccount(userId),
}

/** `reseal` replaces a secret by the same one, sealed again. */
export const ACCOUNT_CHANGE_CHANGES: ChangesOf<AccountChanges> = {
  find: null,
  undo: ({ userId }) => changeAuthor(userId),
  resetSecondFactor: (userId) => changeAccount(userId),
  listSealed: null,
  reseal: null,
}

/** Only the security stamp is part of the account, and `confirm` and `remove` raise it. */
export const SECOND_FACTOR_CHANGES: ChangesOf<SecondFactors> = {
  find: null,
  enroll: null,
  confirm: (userId) => changeAccount(userId),
  remove: (userId) => changeAccount(userId),
  replaceRecoveryCodes: null,
  listSealed: null,
  reseal: null,
}

/**
 * Sessions themselves are not cached. A start verifies the contact that its proof went to, which can make the
 * account ACTIVE; the security stamp rises when all sessions end.
 */
export const SESSION_CHANGES: ChangesOf<Sessions> = {
  start: ({ userId }, { contact }) => (contact === null ? [] : changeAuthor(userId)),
  find: null,
  rotate: null,
  endReason: null,
  countActive: null,
  listActive: null,
  revoke: null,
  revokeAll: (userId) => changeAccount(userId),
}

/** Every change of a post can change every list. */
export const POST_CHANGES: ChangesOf<Posts> = {
  list: null,
  count: null,
  find: null,
  findSome: null,
  create: changePosts,
  update: changePosts,
  delete: changePosts,
}
