/**
 * The form of the token in a verification link: target, nonce and MAC. A link that was cut off does not have
 * it.
 */
export const LINK_TOKEN = /^([\w-]{43})\.([\w-]{24})\.([\w-]{43})$/
