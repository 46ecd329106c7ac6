/** `http_server`: what http_server.c does, with node:net: the same requests are understood, the same answers given. */
import { createServer } from 'node:net'

const MAX_HEAD_BYTES = 1024
const ANSWER = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 128\r\n\r\n${'x'.repeat(128)}`
const NOT_FOUND = 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'
const BAD_REQUEST = 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'

/** `{ method, target, keep }`, or undefined where this is no request without a body. */
function parse(head) {
  const [line, ...headers] = head.split('\r\n')
  const [method, target, version, ...more] = line.split(' ')
  if (version !== 'HTTP/1.1' || more.length > 0) return undefined
  const request = { method, target, keep: true }
  let hosts = 0
  for (const header of headers) {
    const colon = header.indexOf(':')
    if (colon < 1) return undefined
    const name = header.slice(0, colon).toLowerCase()
    if (name === 'transfer-encoding' || name === 'content-length') return undefined
    if (name === 'host') hosts++
    if (name === 'connection')
      request.keep =
        header
          .slice(colon + 1)
          .trim()
          .toLowerCase() !== 'close'
  }
  return hosts === 1 ? request : undefined
}

/** Whether another request may follow. */
function serveRequest(socket, head) {
  const request = parse(head)
  if (request?.method !== 'GET') {
    socket.end(BAD_REQUEST, 'latin1')
    return false
  }
  socket.write(request.target === '/' ? ANSWER : NOT_FOUND, 'latin1')
  if (!request.keep) socket.end()
  return request.keep
}

function serve(socket) {
  let unread = ''
  socket.on('data', (chunk) => {
    unread += chunk.latin1Slice()
    for (let end = unread.indexOf('\r\n\r\n'); end >= 0; end = unread.indexOf('\r\n\r\n')) {
      if (!serveRequest(socket, unread.slice(0, end))) return
      unread = unread.slice(end + 4)
    }
    if (unread.length >= MAX_HEAD_BYTES) socket.destroy()
  })
}

let connections = 0
const server = createServer({ noDelay: true }, (socket) => {
  connections++
  socket.on('error', (error) => {
    if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') throw error
  })
  // The last of the clients has gone: so does the server.
  socket.on('close', () => --connections === 0 && server.close())
  serve(socket)
})
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => console.log(server.address().port))
