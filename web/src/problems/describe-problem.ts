import { authError, type AuthProblem } from 'graphql-auth-gateway-client'
import type { ErrorTexts } from '../language/errors-en.ts'

/** What is shown about a problem. */
export interface Advice {
  /** What to do. */
  readonly text: string
  /** Problems of the fields by the name of the field. */
  readonly fields: Readonly<Record<string, string>>
}

/** The problem of an error; an error of the app itself is one that the gateway did not name. */
export function toProblem(error: unknown): AuthProblem | null {
  return authError(error)
}

/** Says what to do about an error. */
export function describeProblem(error: unknown, texts: ErrorTexts): Advice {
  const problem = toProblem(error)
  if (!problem) return { text: texts.other, fields: {} }
  const fields = Object.fromEntries(
    problem.fieldErrors.map(({ path, code }) => [path.at(-1) ?? '', texts.fields[code] ?? texts.other]),
  )
  return { text: joinSentences(problem, texts), fields }
}

function joinSentences(problem: AuthProblem, texts: ErrorTexts): string {
  const { code, reason, retryAfter, extensions } = problem
  const sentences = [
    (reason && texts.reasons[reason]) || (texts.codes[code] ?? texts.other),
    retryAfter === null ? '' : texts.retryIn(describeWait(retryAfter, texts)),
    typeof extensions['errorId'] === 'string' ? texts.reference(extensions['errorId']) : '',
  ]
  return sentences.filter(Boolean).join(' ')
}

/** A time to wait in words: seconds up to two minutes, then minutes. */
export function describeWait(seconds: number, { seconds: inSeconds, minutes }: ErrorTexts): string {
  return seconds <= 120 ? inSeconds(seconds) : minutes(Math.ceil(seconds / 60))
}
