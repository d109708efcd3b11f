import { LINK_TOKEN } from '../core/link-tokens.ts'
import type { LinkPage } from './link-page-model.ts'

/**
 * The operation of the page: it confirms the address and starts no session. An allow-list of operations
 * includes it.
 */
export const VERIFY_EMAIL_DOCUMENT =
  'mutation VerifyEmail($token: String!) { verifyEmail(token: $token, signIn: false) { messageKey } }'

/** `/verify-email`: the target of links in messages unless `VERIFY_EMAIL_URL` names another page. */
export const VERIFY_EMAIL_PAGE: LinkPage<'done' | 'already' | 'expired'> = {
  path: '/verify-email',
  document: VERIFY_EMAIL_DOCUMENT,
  tokenForm: LINK_TOKEN,
  readVariables: () => ({}),
  classify({ data, code, reason }) {
    if (data?.['verifyEmail']) return 'done'
    if (reason === 'ALREADY_VERIFIED') return 'already'
    return code === 'TOKEN_INVALID' ? 'expired' : null
  },
  finalStates: ['done', 'already', 'expired'],
  sections: [
    {
      states: ['done'],
      icon: 'success',
      html: '<h1 tabindex="-1">{{doneTitle}}</h1><p>{{done}}</p>',
      leadsToApp: true,
    },
    {
      states: ['already'],
      icon: 'success',
      html: '<h1 tabindex="-1">{{alreadyTitle}}</h1><p>{{already}}</p>',
      leadsToApp: true,
    },
    {
      states: ['expired'],
      icon: 'failure',
      html: '<h1 tabindex="-1">{{expiredTitle}}</h1><p>{{expired}}</p>',
      leadsToApp: true,
    },
  ],
  texts: 'verifyEmail',
}
