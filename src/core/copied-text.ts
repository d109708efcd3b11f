/**
 * A copy of a text that is kept for longer than the text that it was cut from, such as a name in a document
 * or one of many rows: V8 represents a part of 13 or more characters as a reference to the whole.
 */
export function copyText(text: string): string {
  return Buffer.from(text).toString()
}
