import { migrate, migrationStatus } from '../src/adapters/database/migrations.ts'
import { openDatabase } from '../src/adapters/database/open-database.ts'
import { constraintOf } from '../src/adapters/database/failures.ts'
const url = process.argv[2] ?? ''
console.log(
  await Promise.all([migrate({ url, now: Date.now }), migrate({ url, now: Date.now })]),
  await migrationStatus({ url, now: Date.now }),
)
const db = await openDatabase(url, console)
await db.ping()
const now = new Date()
const u = { id: 'a', email: 'a@b.c', status: 'ACTIVE', roles: 'USER', createdAt: now, updatedAt: now }
await db.run((p) => p.user.deleteMany())
await db.run((p) => p.user.create({ data: u }))
const show = (e: any) => console.log(e.code, JSON.stringify(e.meta), constraintOf(e))
await db.run((p) => p.user.create({ data: u })).catch(show)
await db
  .run(
    (p) =>
      p.$executeRaw`INSERT INTO users (id, email, status, roles, created_at, updated_at) VALUES ('b', 'a@b.c', 'x', 'y', ${now}, ${now})`,
  )
  .catch(show)
await db
  .run(
    (p) =>
      p.$executeRaw`INSERT INTO posts (id, author_id, title, content, published, created_at, updated_at) VALUES ('b', 'zz', 'x', 'y', ${true}, ${now}, ${now})`,
  )
  .catch(show)
console.log(
  await db
    .run(
      (p) =>
        p.$queryRaw`INSERT INTO posts (id, author_id, title, content, published, created_at, updated_at) SELECT ${'p1'}, u.id, ${'t'}, ${'c'}, ${true}, ${now}, ${now} FROM users u WHERE u.id = ${'a'} RETURNING id, created_at AS "createdAt", published`,
    )
    .catch((e) => (show(e), e.message)),
)
console.log(
  await db
    .run(
      (p) => p.$queryRaw`SELECT created_at AS "createdAt", published FROM posts WHERE created_at >= ${now}`,
    )
    .catch(show),
)
if (db.dialect === 'sqlite') {
  await db.run((p) => p.$transaction([p.$queryRaw`SELECT 1`, p.user.count()]))
  for (const q of ['journal_mode', 'synchronous', 'foreign_keys', 'busy_timeout'])
    console.log(await db.run((p) => p.$queryRawUnsafe('PRAGMA ' + q)))
}
await db.close()
