import { Parser } from 'htmlparser2'

/** An attribute as it is written. */
export interface MarkupAttribute {
  readonly name: string
  /** With character references decoded. */
  readonly value: string
  readonly isQuoted: boolean
}

/** A part of a document that markup is checked by. */
export type MarkupPart = { /** First line is 1. */ readonly line: number } & (
  | { readonly kind: 'tag'; readonly name: string; readonly attributes: readonly MarkupAttribute[] }
  | {
      readonly kind: 'text'
      readonly text: string
      /** Names, from the outermost. */ readonly within: readonly string[]
    }
  | { readonly kind: 'comment'; readonly text: string }
  /** A document type, a processing instruction or a CDATA section. */
  | { readonly kind: 'instruction'; readonly name: string }
)

/** The parts of an HTML document, or of an XML document with its case, in order. */
export function readMarkup(source: string, { xml }: { readonly xml: boolean }): MarkupPart[] {
  const parts: MarkupPart[] = []
  const open: string[] = []
  let attributes: MarkupAttribute[] = []
  const lineAt = (index: number) => source.slice(0, index).split('\n').length
  const parser: Parser = new Parser(
    {
      onopentagname: () => void (attributes = []),
      onattribute: (name, value, quote) =>
        void attributes.push({ name, value, isQuoted: quote !== null && quote !== undefined }),
      onopentag(name) {
        open.push(name)
        parts.push({ kind: 'tag', name, attributes, line: lineAt(parser.startIndex) })
      },
      onclosetag: () => void open.pop(),
      ontext: (text) =>
        void parts.push({ kind: 'text', text, within: [...open], line: lineAt(parser.startIndex) }),
      oncomment: (text) => void parts.push({ kind: 'comment', text, line: lineAt(parser.startIndex) }),
      oncdatastart: () =>
        void parts.push({ kind: 'instruction', name: '![CDATA[', line: lineAt(parser.startIndex) }),
      onprocessinginstruction: (name) =>
        void parts.push({ kind: 'instruction', name: name.toLowerCase(), line: lineAt(parser.startIndex) }),
    },
    { xmlMode: xml },
  )
  parser.end(source)
  return parts
}
