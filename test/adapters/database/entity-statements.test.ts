import { expect, it } from 'vitest'
import { createPosts } from '../../../src/adapters/database/posts.ts'
import { createUsers } from '../../../src/adapters/database/users.ts'
import { BACKENDS, describeOn } from '../../support/backends.ts'
import { recordStatements } from '../../support/query-plans.ts'
import { useSeededDatabase } from './seeded-database.ts'

const VIEWER = { id: 'user7', isAdministrator: true }

describeOn(
  BACKENDS.filter(({ store }) => store === 'database'),
  'the statements that read entities',
  (backend) => {
    const database = useSeededDatabase(backend.database)

    const listIds = (type: string, count: number) =>
      Array.from({ length: count }, (_, index) => `${type}${index + 1}`)

    it.each([1, 2, 64])('are one for %i accounts (SR-261)', async (count) => {
      const recorded = recordStatements(database())
      const accounts = createUsers(recorded)
      const users = await Promise.all(listIds('user', count).map((id) => accounts.findById(id)))
      expect(recorded.statements).toHaveLength(1)
      expect(users.map((user) => user?.id)).toEqual(listIds('user', count))
    })

    it.each([1, 3, 100])('are one for %i posts (SR-261)', async (count) => {
      const recorded = recordStatements(database())
      const posts = await createPosts(recorded).findSome(listIds('post', count), VIEWER)
      expect(recorded.statements).toHaveLength(1)
      expect(posts.map(({ id }) => id).sort()).toEqual(listIds('post', count).sort())
    })

    it('are none for no post', async () => {
      const recorded = recordStatements(database())
      expect(await createPosts(recorded).findSome([], VIEWER)).toEqual([])
      expect(recorded.statements).toEqual([])
    })
  },
)
