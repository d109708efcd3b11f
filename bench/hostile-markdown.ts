/** Longest content of a post, in characters. */
export const LONGEST = 20_000

const fill = (text: string) => text.repeat(Math.ceil(LONGEST / text.length))
const number = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => text(index)).join('')

/** The dearest texts for a Markdown parser, each repeated to 20,000 characters, by what they repeat. */
export const HOSTILE_MARKDOWN: Readonly<Record<string, string>> = {
  'wide table, short rows': `${'x|'.repeat(66)}\n${'-|'.repeat(66)}\n${fill('x\n')}`,
  'square table': `${'x|'.repeat(2500)}\n${'-|'.repeat(2500)}\n${fill('x\n')}`,
  'full table': `${'x|'.repeat(66)}\n${'-|'.repeat(66)}\n${fill(`${'x|'.repeat(66)}\n`)}`,
  brackets: fill('['),
  images: fill('!['),
  'images in images': fill('![![]('),
  links: fill('[a](//b)'),
  'link definitions': number(2500, (i) => `[${i}]: /\n`),
  'long link, used often': `[a]: /${'x'.repeat(5000)}\n\n${fill('[a]\n')}`,
  autolinks: fill('<http://a.b>'),
  emphasis: fill('*a **a '),
  'emphasis in emphasis': '*a '.repeat(3333) + fill('a*'),
  quotes: fill('>'),
  'quotes, lazy lines': `${'>'.repeat(30)}a\n${fill('a\n')}`,
  'list items': fill('- a\n'),
  'lists in lists': fill('1) '),
  entities: fill('&amp;'),
  'code of all lengths': number(199, (i) => `${'`'.repeat(i + 1)} `),
  fences: fill('```\n'),
  'what looks like HTML': fill('<![CDATA['),
  backslashes: fill('\\*'),
  headings: fill('# a\n'),
  'hard breaks': fill('a  \n'),
  'dense prose': fill('Lorem *ipsum* dolor `sit` **amet**, [a](http://b.c) elit.\n\n'),
}

/** A text of at most 20,000 characters that differs by its number. */
export function numberText(text: string, index: number): string {
  return `${text.slice(0, LONGEST - 12)}\n\n${index}`
}
