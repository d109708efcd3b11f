import { OTP_PURPOSES } from '../../core/channel.ts'
import { MESSAGES } from '../../locales/index.ts'
import { findMarkupProblems } from './mail-markup.ts'
import {
  LINK_PLACEHOLDERS,
  listLinkValues,
  type MailLook,
  type MailTemplate,
  type OwnTemplates,
  type TemplateName,
} from './mail-templates.ts'
import { TEMPLATES } from './templates/compiled-templates.ts'

/** The templates of a folder, or what is wrong with them: lines such as `code.html:12: …`. */
export type ReadTemplates =
  | { readonly kind: 'read'; readonly templates: OwnTemplates }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] }

/**
 * What the reader cannot do without. Each list is a choice: one of its placeholders must be in the HTML and
 * in the text.
 */
const REQUIRED: Readonly<Record<TemplateName, readonly (readonly string[])[]>> = {
  code: [['code', 'line'], ['validity'], ['warning']],
  'code-link': [['code', 'line'], ['link'], ['validity'], ['warning']],
  link: [['link'], ['validity'], ['warning']],
  notification: [['body'], ['advice']],
  'notification-origin': [['body'], ['origin'], ['advice']],
  'notification-undo': [['body'], ['origin'], ['advice'], ['link']],
}
const FILE_NAME = /^([a-z-]+)(?:\.([\w-]+))?\.(html|txt)$/
const TEMPLATE_NAMES = Object.keys(TEMPLATES) as readonly TemplateName[]

/**
 * Reads templates of the operator: `code.html` and `code.txt` for every code, `code.LOGIN.html` and
 * `code.LOGIN.txt` for one message. A template needs both files.
 */
export function readOwnTemplates(files: ReadonlyMap<string, string>, look: MailLook): ReadTemplates {
  const problems = [...files].flatMap(([file, content]) => checkFile(file, content, look))
  const stems = new Set([...files.keys()].map((file) => file.replace(/\.(html|txt)$/, '')))
  const templates = new Map<string, MailTemplate>()
  for (const stem of stems) {
    const [html, text] = [files.get(`${stem}.html`), files.get(`${stem}.txt`)]
    if (html !== undefined && text !== undefined) templates.set(stem, { html, text })
    else if (parseFileName(`${stem}.html`) !== null)
      problems.push(`${stem}.${html === undefined ? 'html' : 'txt'}: is missing beside the other part`)
  }
  return problems.length > 0 ? { kind: 'invalid', problems } : { kind: 'read', templates }
}

interface FileName {
  readonly template: TemplateName
  readonly isHtml: boolean
}

/** Null for a file that belongs to no message. */
function parseFileName(file: string): FileName | null {
  const [, name, message, extension] = FILE_NAME.exec(file) ?? []
  const template = TEMPLATE_NAMES.find((known) => known === name)
  if (template === undefined) return null
  const messages: readonly string[] = template.startsWith('notification')
    ? Object.keys(MESSAGES.en.notices)
    : OTP_PURPOSES
  if (message !== undefined && !messages.includes(message)) return null
  return { template, isHtml: extension === 'html' }
}

function checkFile(file: string, content: string, look: MailLook): string[] {
  const name = parseFileName(file)
  if (name === null)
    return [
      `${file}: expected a name such as code.html, code.LOGIN.txt or notification.password-changed.html`,
    ]
  const markup = name.isHtml ? findMarkupProblems(content, Boolean(look.mailMark)) : []
  return [
    ...markup.map(({ line, what }) => `${file}:${line}: must not contain ${what}`),
    ...findUnknownPlaceholders(content, listKnown(name.template, look)).map(
      ({ line, text }) => `${file}:${line}: unknown placeholder ${text}`,
    ),
    ...REQUIRED[name.template]
      .filter((choice) => !choice.some((placeholder) => content.includes(`{{${placeholder}}}`)))
      .map((choice) => `${file}: must contain ${choice.map((one) => `{{${one}}}`).join(' or ')}`),
  ]
}

/** The placeholders that have a value; those of links only where the settings name the link. */
function listKnown(template: TemplateName, look: MailLook): ReadonlySet<string> {
  const values = listLinkValues(look)
  const links = LINK_PLACEHOLDERS.filter(([, target]) => target in values).flat()
  const line = template.startsWith('code') ? ['line', 'code'] : []
  return new Set([...TEMPLATES[template].placeholders, ...line, ...links])
}

/** Anything in double braces that is not a known placeholder, with its line. */
function findUnknownPlaceholders(content: string, known: ReadonlySet<string>) {
  return content
    .split('\n')
    .flatMap((text, index) =>
      [...text.matchAll(/\{\{([^{}<]*)\}{0,2}/g)]
        .filter(([whole, name = '']) => whole !== `{{${name}}}` || !known.has(name))
        .map(([whole]) => ({ line: index + 1, text: whole.slice(0, 40) })),
    )
}
