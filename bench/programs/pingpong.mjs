/** `pingpong PORT BYTES ROUNDS`: what pingpong.c does, with node:net. */
import { connect } from 'node:net'

const [port, bytes, rounds] = process.argv.slice(2).map(Number)
const message = Buffer.alloc(bytes)
const socket = connect({ port, host: '127.0.0.1', noDelay: true }).on('error', (error) => {
  throw error
})

function roundTrips(count) {
  return new Promise((resolve) => {
    let round = 0
    let got = 0
    const begin = () => {
      got = 0
      message[0] = round
      socket.write(message)
    }
    const take = (chunk) => {
      if (got === 0 && chunk[0] !== (round & 255)) throw new Error('wrong echo')
      got += chunk.length
      if (got < bytes) return
      if (++round < count) return begin()
      socket.off('data', take)
      resolve()
    }
    socket.on('data', take)
    begin()
  })
}

await roundTrips(3000 + rounds / 10)
const start = performance.now()
await roundTrips(rounds)
console.log((((performance.now() - start) * 1000) / rounds).toFixed(3))
socket.end()
