/** `stream send|receive PORT BYTES SECONDS`: what stream.c does, with node:net. */
import { once } from 'node:events'
import { connect } from 'node:net'

const PATTERN_BYTES = 1 << 18
const MAX_BYTES = 1 << 20
const CLOCK_EVERY = 1 << 23
const WARM_UP_SECONDS = 0.3

const [, , mode, ...numbers] = process.argv
const [port, bytes, duration] = numbers.map(Number)
const patternAt = (place) => (place / 1024) & 255
let place = 0

function fail(error) {
  throw error
}

async function send() {
  const buffer = Buffer.alloc(MAX_BYTES + PATTERN_BYTES)
  for (let at = 0; at < buffer.length; at++) buffer[at] = patternAt(at)
  const socket = connect({ port, host: '127.0.0.1', noDelay: true }).on('error', fail)
  const stream = async (seconds) => {
    for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
      const until = place + CLOCK_EVERY
      while (place < until) {
        const from = place % PATTERN_BYTES
        place += bytes
        if (!socket.write(buffer.subarray(from, from + bytes))) await once(socket, 'drain')
      }
    }
  }
  await stream(WARM_UP_SECONDS)
  const start = performance.now()
  const before = place
  await stream(duration)
  socket.end()
  await once(socket, 'data')
  return (place - before) / 1e3 / (performance.now() - start)
}

function receive() {
  return new Promise((resolve) => {
    let start = 0
    let before = 0
    let next = performance.now() + WARM_UP_SECONDS * 1000
    let until = CLOCK_EVERY
    const take = (received, buffer) => {
      if (buffer[0] !== patternAt(place)) throw new Error('not what belongs here')
      place += received
      if (place < until) return true
      until = place + CLOCK_EVERY
      const now = performance.now()
      if (now < next) return true
      if (start > 0) {
        socket.resetAndDestroy()
        resolve((place - before) / 1e3 / (now - start))
        return false
      }
      start = now
      before = place
      next = now + duration * 1000
      return true
    }
    const onread = { buffer: Buffer.alloc(bytes), callback: take }
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread }).on('error', fail)
  })
}

console.log((await (mode === 'send' ? send() : receive())).toFixed(1))
