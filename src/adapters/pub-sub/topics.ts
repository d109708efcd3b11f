import { z } from 'zod'

const topicsSchema = z.array(z.string())

/** The topics of a received message, which is a JSON list; none if it is malformed. */
export function parseTopics(text: string): readonly string[] {
  try {
    return topicsSchema.parse(JSON.parse(text))
  } catch {
    return []
  }
}
