import { UNDO_TOKEN } from '../core/undo-tokens.ts'
import { buildForm } from './link-page-parts.ts'
import type { LinkPage } from './link-page-model.ts'

/** The operation of the page. An allow-list of operations includes it. */
export const UNDO_CHANGE_DOCUMENT =
  'mutation UndoChange($token: String!, $password: String) { undoChange(token: $token, password: $password) { messageKey takenContacts } }'

const PASSWORD_FIELD =
  '<label for="password">{{passwordLabel}}</label><input type="password" id="password" name="password" autocomplete="current-password" maxlength="256" required>'

/**
 * `/undo-change`: the target of links in notifications unless `UNDO_CHANGE_URL` names another page. The
 * password is asked for only when the gateway requires it.
 */
export const UNDO_CHANGE_PAGE: LinkPage<'done' | 'taken' | 'expired' | 'proof' | 'wrong'> = {
  path: '/undo-change',
  document: UNDO_CHANGE_DOCUMENT,
  tokenForm: UNDO_TOKEN,
  readVariables: (form) => ({ password: form.get('password') }),
  classify({ data, code }, form) {
    if (data?.['undoChange']) return hasTakenContacts(data['undoChange']) ? 'taken' : 'done'
    const isProven = form.has('password')
    if (code === 'PROOF_REQUIRED') return isProven ? 'wrong' : 'proof'
    if (code === 'BAD_USER_INPUT' && isProven) return 'wrong'
    return code === 'TOKEN_INVALID' ? 'expired' : null
  },
  finalStates: ['done', 'taken', 'expired'],
  sections: [
    {
      states: ['proof', 'wrong'],
      html: `<h1 tabindex="-1">{{proofTitle}}</h1><p>{{proof}}</p><p role="alert" data-in="wrong">{{wrong}}</p>${buildForm(PASSWORD_FIELD)}`,
    },
    {
      states: ['done', 'taken'],
      icon: 'success',
      html: '<h1 tabindex="-1">{{doneTitle}}</h1><p>{{done}}</p><p data-in="taken">{{taken}}</p>',
      leadsToApp: true,
    },
    {
      states: ['expired'],
      icon: 'failure',
      html: '<h1 tabindex="-1">{{expiredTitle}}</h1><p>{{expired}}</p>',
      leadsToApp: true,
    },
  ],
  texts: 'undoChange',
}

function hasTakenContacts(payload: unknown): boolean {
  const taken = (payload as { readonly takenContacts?: readonly unknown[] }).takenContacts
  return taken !== undefined && taken.length > 0
}
