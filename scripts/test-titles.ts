import ts from 'typescript'

/** A test or a group of tests, as its source names it. */
export interface TestTitle {
  /** Whether it is a test; otherwise a group. */
  readonly isTest: boolean
  /** The title; a part that is computed is `…`. */
  readonly title: string
  /** Titles of the groups around it, the outermost first. */
  readonly groups: readonly string[]
}

/**
 * The titles in a source text, as JavaScript reads them. A test or a group that is always skipped has none.
 */
export function findTestTitles(text: string): readonly TestTitle[] {
  const found: TestTitle[] = []
  const visit = (node: ts.Node, groups: readonly string[]): void => {
    const call = ts.isCallExpression(node) ? readCall(node) : null
    if (call?.isSkipped) return
    if (call && call.title !== null) found.push({ isTest: call.isTest, title: call.title, groups })
    const inner = call && call.title !== null && !call.isTest ? [...groups, call.title] : groups
    ts.forEachChild(node, (child) => visit(child, inner))
  }
  visit(ts.createSourceFile('any.test.ts', text, ts.ScriptTarget.Latest), [])
  return found
}

/**
 * A call of `it` or of a function whose name starts with `describe`, also of their `each`; null for every
 * other call.
 */
function readCall(
  node: ts.CallExpression,
): { isTest: boolean; isSkipped: boolean; title: string | null } | null {
  const names = namesIn(node.expression)
  const isTest = names[0] === 'it'
  if (!isTest && !names[0]?.startsWith('describe')) return null
  const titles = node.arguments.slice(0, 2).map(readText)
  return {
    isTest,
    isSkipped: names.some((name) => name === 'skip' || name === 'todo'),
    title: titles.find((title) => title !== null) ?? null,
  }
}

/** The names of what is called: `it`, `each` for `it.each([…])('…')`. */
function namesIn(called: ts.Expression): readonly string[] {
  if (ts.isIdentifier(called)) return [called.text]
  if (ts.isPropertyAccessExpression(called)) return [...namesIn(called.expression), called.name.text]
  return ts.isCallExpression(called) ? namesIn(called.expression) : []
}

function readText(node: ts.Node): string | null {
  if (ts.isStringLiteralLike(node)) return node.text
  if (!ts.isTemplateExpression(node)) return null
  return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('')
}
