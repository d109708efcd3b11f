import { expect, it } from 'vitest'
import { createSessions } from '../../../src/adapters/database/sessions.ts'
import { BACKENDS, describeOn } from '../../support/backends.ts'
import { explain, recordStatements } from '../../support/query-plans.ts'
import { useSeededDatabase } from './seeded-database.ts'

const NOW = new Date('2026-01-01T00:00:00.000Z')
const HOUR_MS = 3_600_000
const after = (hours: number) => new Date(NOW.getTime() + hours * HOUR_MS)

describeOn(
  BACKENDS.filter(({ store }) => store === 'database'),
  'rotations that start in one turn',
  (backend) => {
    const database = useSeededDatabase(backend.database)
    let number = 0

    /** A session whose current number is 5. */
    async function addSession(some: { userId?: string; revokedAt?: Date; expiresAt?: Date } = {}) {
      const id = `rotated-${(number += 1)}`
      const times = { createdAt: NOW, lastUsedAt: NOW, expiresAt: after(2), absoluteExpiresAt: after(3) }
      await database().prisma.session.create({
        data: { id, userId: 'user1', methods: 'pwd otp', counter: 5, ...times, ...some },
      })
      return id
    }
    const rotateAll = (rotations: readonly (readonly [id: string, counter: number])[], on = database()) => {
      const sessions = createSessions(on)
      return Promise.all(
        rotations.map(([id, counter], index) =>
          sessions.rotate(id, counter, after(index / 60), after(2 + index)),
        ),
      )
    }
    const readCounter = async (id: string) =>
      (await database().prisma.session.findUnique({ where: { id } }))?.counter

    it('return each session with its account and times of its own, at most the absolute end (SR-063)', async () => {
      const ids = [await addSession(), await addSession({ userId: 'user2' }), await addSession()]
      const rotated = await rotateAll(ids.map((id) => [id, 5]))
      expect(rotated.map((one) => [one?.session.id, one?.session.counter, one?.user.id])).toEqual([
        [ids[0], 6, 'user1'],
        [ids[1], 6, 'user2'],
        [ids[2], 6, 'user1'],
      ])
      expect(rotated.map((one) => one?.session.rotatedAt)).toEqual([after(0), after(1 / 60), after(2 / 60)])
      expect(rotated.map((one) => one?.session.expiresAt)).toEqual([after(2), after(3), after(3)])
      expect(rotated[0]).toMatchObject({
        session: { methods: ['pwd', 'otp'], absoluteExpiresAt: after(3), revokedAt: null },
        user: { email: 'user1@example.com', roles: ['USER'], hasPassword: false, securityStamp: 1 },
      })
    })

    it('rotate a session once for the same number, beside other numbers and sessions (SR-060)', async () => {
      const [id, other] = [await addSession(), await addSession()]
      const rotated = await rotateAll([
        [id, 4],
        [id, 5],
        [other, 5],
        [id, 5],
        [id, 6],
      ])
      // On PostgreSQL, the next number gets a statement of its own after the one that rotates the current.
      const winners = rotated.filter((one) => one?.session.id === id).map((one) => one?.session.counter)
      expect(winners).toContain(6)
      expect(new Set(winners).size).toBe(winners.length)
      expect(await readCounter(id)).toBe(5 + winners.length)
      expect(rotated[0]).toBeNull()
      expect(rotated[2]?.session.counter).toBe(6)
    })

    it('leave out sessions that ended, and those of accounts that are suspended or gone (SR-070)', async () => {
      await database().prisma.user.update({ where: { id: 'user3' }, data: { suspendedAt: NOW } })
      const ids = await Promise.all([
        addSession({ revokedAt: NOW }),
        addSession({ expiresAt: NOW }),
        addSession({ userId: 'user3' }),
        addSession(),
      ])
      const rotated = await rotateAll([...ids, 'unknown'].map((id) => [id, 5]))
      expect(rotated.map((one) => one?.session.counter ?? null)).toEqual([null, null, null, 6, null])
      expect(await Promise.all(ids.map(readCounter))).toEqual([5, 5, 5, 6])
    })

    it('rotate each session once for all nodes that have the same numbers (SR-060)', async () => {
      const ids = await Promise.all(Array.from({ length: 20 }, () => addSession()))
      const reversed = [...ids].reverse()
      for (const counter of [5, 6, 7, 8, 9]) {
        // Each `rotateAll` has statements of its own, as a node has.
        const nodes = [ids, reversed, ids, reversed].map((order) =>
          rotateAll(order.map((id) => [id, counter])),
        )
        const rotated = (await Promise.all(nodes)).flat().filter((one) => one !== null)
        expect(rotated.map((one) => one.session.id).sort()).toEqual([...ids].sort())
        expect(new Set(rotated.map((one) => one.session.counter))).toEqual(new Set([counter + 1]))
      }
    })

    it('are one statement, and find their rows by the primary key', async () => {
      const ids = await Promise.all(Array.from({ length: 50 }, () => addSession()))
      const recorded = recordStatements(database())
      const rotated = await rotateAll(
        ids.map((id) => [id, 5]),
        recorded,
      )
      expect(rotated.filter((one) => one?.session.counter === 6)).toHaveLength(50)
      expect(recorded.statements).toHaveLength(1)
      const plans = await Promise.all(recorded.statements.map((statement) => explain(database(), statement)))
      expect(
        plans.flatMap(({ scanned }) => scanned).filter((name) => ['sessions', 'users', 'u'].includes(name)),
        plans[0]?.text,
      ).toEqual([])
    })
  },
)

describeOn(
  BACKENDS.filter(({ store, database }) => store === 'database' && database === 'postgresql'),
  'a rotation of a session whose row is locked',
  (backend) => {
    const database = useSeededDatabase(backend.database)

    it('waits alone, in the share of its caller (SR-182)', async () => {
      const ids = ['session1', 'session2', 'session3']
      const times = { expiresAt: after(2), absoluteExpiresAt: after(3) }
      await database().prisma.session.updateMany({ where: { id: { in: ids } }, data: times })
      const callers: (string | null)[] = []
      const sessions = createSessions({
        ...database(),
        run: (work) => (callers.push(null), database().run(work)),
        runFor: (callerId, work) => (callers.push(callerId), database().runFor(callerId, work)),
      })
      const waiting = await database().prisma.$transaction(async (transaction) => {
        await transaction.$queryRaw`SELECT id FROM sessions WHERE id = 'session2' FOR NO KEY UPDATE`
        const [first, second, third] = ids.map((id) => sessions.rotate(id, 0, NOW, after(2)))
        expect((await first)?.session).toMatchObject({ id: 'session1', counter: 1 })
        expect((await third)?.session).toMatchObject({ id: 'session3', counter: 1 })
        return { second }
      })
      expect((await waiting.second)?.session).toMatchObject({ id: 'session2', counter: 1 })
      expect(callers).toEqual([null, 'session2'])
    })

    it('has no statement for all if it is alone in its turn', async () => {
      const recorded = recordStatements(database())
      expect(await createSessions(recorded).rotate('session4', 1, NOW, after(2))).toBeNull()
      expect(recorded.statements.map(({ text }) => text.includes('SKIP LOCKED'))).toEqual([false])
    })
  },
)
