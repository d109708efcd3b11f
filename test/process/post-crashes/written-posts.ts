/** The fields of a version of a post. Each of them shows the key of the post and the version. */
export interface WrittenPost {
  readonly title: string
  readonly content: string
  readonly published: boolean
}

/** A version of the post of a key, from 1. Its size changes with the version. */
export function writeVersion(key: string, version: number): WrittenPost {
  const title = `${key} v${version}`
  return { title, content: `${title} ${'x'.repeat((version * 997) % 2000)}`, published: version % 2 === 0 }
}

/** The step that deletes a post, in the place of a version. */
export const DELETION = 0

/** A line of a writer: it began a step of the post of a key, or the service has returned. */
export function formatLine(event: 'begun' | 'done', key: string, version: number): string {
  return `${event} ${key} ${version}\n`
}
