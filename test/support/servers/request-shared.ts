import { inject } from 'vitest'
import type { ResourceName } from './shared-resources.ts'

/** Where a shared resource of the run is; the first request of the run starts it. */
export async function requestShared(name: ResourceName): Promise<string> {
  const response = await fetch(`${inject('sharedResourcesUrl')}/${name}`)
  const text = await response.text()
  if (!response.ok) throw new Error(text)
  return text
}
