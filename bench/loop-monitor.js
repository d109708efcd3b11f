import { openSync, readSync } from 'node:fs'

// Preloaded into a server: answers each message of its parent with the longest time, in milliseconds, that
// the event loop was held since the last one. A timer of 1 ms measures how late it is; of that, the CPU time
// of the thread counts (proc(5)), because other processes delay the timer too.

const statistics = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r')
const buffer = Buffer.alloc(64)

function readCpuMs() {
  const length = readSync(statistics, buffer, 0, buffer.length, 0)
  return Number(buffer.toString('latin1', 0, length).split(' ')[0]) / 1e6
}

let [longest, lastTime, lastCpu] = [0, performance.now(), readCpuMs()]
setInterval(() => {
  const [time, cpu] = [performance.now(), readCpuMs()]
  longest = Math.max(longest, Math.min(time - lastTime, cpu - lastCpu))
  lastTime = time
  lastCpu = cpu
}, 1).unref()

process.on('message', () => {
  process.send?.(longest)
  longest = 0
})
process.channel?.unref()
