import type { Brand } from '../../core/brand.ts'
import { DESIGN_TOKENS } from '../../core/design-tokens.ts'
import type { Mark } from '../../core/mark.ts'
import type { MailImage } from '../../ports/mailer.ts'
import { TEMPLATES } from './templates/compiled-templates.ts'

/** A template of e-mails: HTML and plain text with placeholders. */
export interface MailTemplate {
  readonly html: string
  readonly text: string
}

/** Name of a template. */
export type TemplateName = keyof typeof TEMPLATES

/** Templates of an operator: by name, such as `code`, or by name and message, such as `code.LOGIN`. */
export type OwnTemplates = ReadonlyMap<string, MailTemplate>

/** How e-mails present the service; absent or null parts: the design of the gateway, no mark, no link. */
export type MailLook = Partial<Pick<Brand, 'mailMark' | 'colors' | 'support' | 'terms' | 'privacy'>>

/** Finds the template of a message: of the operator for the message, of the operator, of the gateway. */
export type FindTemplate = (name: TemplateName, message: string) => MailTemplate

const MARK_ID = 'mark'
/**
 * The URL of the mark in an e-mail, which carries the picture as a part of its own. Gmail and Outlook show
 * that, and neither `data:` URLs nor SVG.
 */
export const MARK_URL = `cid:${MARK_ID}`

/** The mark as a part of an e-mail. */
export function toMailImage({ bytes }: Mark): MailImage {
  return { cid: MARK_ID, type: 'image/png', base64: Buffer.from(bytes).toString('base64') }
}

/** Links below an e-mail, in order: the placeholder of the label, and that of what it leads to. */
export const LINK_PLACEHOLDERS = [
  ['support', 'supportAddress'],
  ['terms', 'termsUrl'],
  ['privacy', 'privacyUrl'],
] as const

/** Builds the templates once: colours and mark of the operator replace those of the design. */
export function createTemplateFinder(look: MailLook, own: OwnTemplates = new Map()): FindTemplate {
  const built = new Map(
    Object.entries(TEMPLATES).map(([name, template]) => [name, applyLook(template, look)]),
  )
  return (name, message) => {
    const template = own.get(`${name}.${message}`) ?? own.get(name) ?? built.get(name)
    if (template === undefined) throw new Error(`There is no template ${name}.`)
    return template
  }
}

/** Values for the placeholders of the links. */
export function listLinkValues({ support, terms, privacy }: MailLook): Readonly<Record<string, string>> {
  return {
    ...(support && { supportAddress: support }),
    ...(terms && { termsUrl: terms }),
    ...(privacy && { privacyUrl: privacy }),
  }
}

function applyLook({ html, text }: MailTemplate, look: MailLook): MailTemplate {
  const values = listLinkValues(look)
  const links = LINK_PLACEHOLDERS.filter(([, target]) => target in values)
  const anchors = links.map(
    ([label, target]) =>
      `<a href="${label === 'support' ? 'mailto:' : ''}{{${target}}}" style="color:${DESIGN_TOKENS.colors.light.quiet}">{{${label}}}</a>`,
  )
  const lines = links.map(([label, target]) => `{{${label}}}: {{${target}}}\n`)
  return {
    html: replaceColors(html, look)
      .replaceAll('<span class="mark"></span>', look.mailMark ? MARK : '')
      .replaceAll('<span class="links"></span>', anchors.length > 0 ? `<br>${anchors.join(' · ')}` : ''),
    text: lines.length > 0 ? `${text}\n${lines.join('')}` : text,
  }
}

/** Outlook reads the height from the attribute, other programs from the style. */
const MARK = `<img src="${MARK_URL}" alt="" height="32" style="display:block;height:32px;max-width:240px;margin:0 0 8px;border:0">`

/** The accents occur in the compiled templates for nothing else. */
function replaceColors(html: string, { colors = DESIGN_TOKENS.colors }: MailLook): string {
  const { light, dark } = DESIGN_TOKENS.colors
  return html.replaceAll(light.accent, colors.light.accent).replaceAll(dark.accent, colors.dark.accent)
}
