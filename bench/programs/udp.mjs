/** `udp single BYTES BATCHES` and `udp echo PORT BYTES ROUNDS`: what udp.c does, with node:dgram. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'

const BATCH = 64

async function bound() {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return socket
}

/** Sends `burst` datagrams at a time, `count` times, and waits until as many have come back. */
function exchange(sender, receiver, port, { bytes, burst, count }) {
  const messages = Array.from({ length: burst }, () => Buffer.alloc(bytes))
  return new Promise((resolve) => {
    let round = 0
    let got = 0
    const begin = () => {
      got = 0
      for (let i = 0; i < burst; i++) {
        messages[i][0] = round + i
        sender.send(messages[i], port, '127.0.0.1')
      }
    }
    const take = (message) => {
      if (message.length !== bytes || message[0] !== ((round + got) & 255)) throw new Error('wrong datagram')
      if (++got < burst) return
      if (++round < count) return begin()
      receiver.off('message', take)
      resolve()
    }
    receiver.on('message', take)
    begin()
  })
}

async function timed(run, warmUp, count) {
  await run(warmUp)
  const start = performance.now()
  await run(count)
  return performance.now() - start
}

const [, , mode, ...numbers] = process.argv
if (mode === 'echo') {
  const [port, bytes, count] = numbers.map(Number)
  const socket = await bound()
  const roundTrips = (rounds) => exchange(socket, socket, port, { bytes, burst: 1, count: rounds })
  const tookMs = await timed(roundTrips, 3000 + count / 10, count)
  socket.send('', port, '127.0.0.1', () => socket.close())
  console.log(((tookMs * 1000) / count).toFixed(3))
} else {
  const [bytes, count] = numbers.map(Number)
  const sender = await bound()
  const receiver = await bound()
  const { port } = receiver.address()
  const batches = (rounds) => exchange(sender, receiver, port, { bytes, burst: BATCH, count: rounds })
  const tookMs = await timed(batches, 200 + count / 10, count)
  sender.close()
  receiver.close()
  console.log(((count * BATCH * 1000) / tookMs).toFixed(0))
}
