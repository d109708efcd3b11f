import { runAttacks } from './attacks/attack.ts'
import { ATTACKS } from './attacks/all.ts'
import { startTarget } from './attacks/target.ts'

// Starts a gateway with production settings and attacks it; prints what had to come of each and what did. Ends with status 1
// when one differs.

const begun = performance.now()
const target = await startTarget()
try {
  const outcomes = await runAttacks(target, ATTACKS)
  const width = Math.max(...outcomes.map(({ name }) => name.length))
  console.log(`  ${'attack'.padEnd(width)} | expected | seen`)
  for (const { name, expected, seen, seconds } of outcomes)
    console.log(
      `${seen === expected ? '✓' : '✗'} ${name.padEnd(width)} | ${expected} | ${seen} (${seconds.toFixed(1)} s)`,
    )
  const differing = outcomes.filter(({ expected, seen }) => seen !== expected).length
  const seconds = Math.round((performance.now() - begun) / 1000)
  console.log(`\n${outcomes.length} attacks in ${seconds} s; ${differing} not as expected.`)
  process.exitCode = differing === 0 ? 0 : 1
} finally {
  await target.stop()
}
