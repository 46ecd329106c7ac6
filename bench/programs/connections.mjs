/** `connections serve` and `connections connect PORT COUNT`: what connections.c does, with node:net. */
import { once } from 'node:events'
import { connect, createServer } from 'node:net'

const WARM_UP = 3000
const [, , mode, port, count] = process.argv

function serve() {
  const server = createServer((socket) => {
    socket.on('error', (error) => {
      if (error.code !== 'ECONNRESET') throw error
    })
    // A byte from the client: it was the last.
    socket.on('data', () => server.close())
    socket.write('a')
  })
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => console.log(server.address().port))
}

async function opened() {
  const socket = connect(port, '127.0.0.1')
  const [byte] = await once(socket, 'data')
  if (String(byte) !== 'a') throw new Error('wrong byte')
  return socket
}

async function openAndClose(times) {
  for (let i = 0; i < times; i++) (await opened()).resetAndDestroy()
}

if (mode === 'serve') serve()
else {
  await openAndClose(WARM_UP)
  const start = performance.now()
  await openAndClose(Number(count))
  const took = performance.now() - start
  ;(await opened()).end('z')
  console.log(((count * 1000) / took).toFixed(0))
}
