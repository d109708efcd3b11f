import { runAttacks } from './attacks/attack.ts'
import { ATTACKS } from './attacks/all.ts'
import { startTarget } from './attacks/target.ts'

// Starts a gateway with production settings, on the stores of DATABASE_URL and REDIS_URL if set, attacks
// it, and prints the expected and the actual outcome of each attack. The exit status is 1 if they differ.

const started = performance.now()
const stores = ['DATABASE_URL', 'REDIS_URL'].flatMap((name) => {
  const value = process.env[name]
  return value === undefined ? [] : [[name, value]]
})
const target = await startTarget(Object.fromEntries(stores) as Record<string, string>)
try {
  const outcomes = await runAttacks(target, ATTACKS)
  const width = Math.max(...outcomes.map(({ name }) => name.length))
  console.log(`  ${'attack'.padEnd(width)} | expected | actual`)
  for (const { name, expected, actual, seconds } of outcomes)
    console.log(
      `${actual === expected ? '✓' : '✗'} ${name.padEnd(width)} | ${expected} | ${actual} (${seconds.toFixed(1)} s)`,
    )
  const differing = outcomes.filter(({ expected, actual }) => actual !== expected).length
  const seconds = Math.round((performance.now() - started) / 1000)
  console.log(`\n${outcomes.length} attacks in ${seconds} s; ${differing} not as expected.`)
  process.exitCode = differing === 0 ? 0 : 1
} finally {
  await target.stop()
}
