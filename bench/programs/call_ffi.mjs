/** call.c in JavaScript with the system call itself, made through the FFI that Berth uses; arguments and output as there. */
import koffi from 'koffi'

const [AF_INET, SOCK_DGRAM, SOL_SOCKET, SO_BROADCAST] = [2, 2, 1, 6]
const INT_BYTES = 4
const WARM_UP = 50_000

const [count] = process.argv.slice(2).map(Number)
const libc = koffi.load(null)
const socket = libc.func('socket', 'int', ['int', 'int', 'int'])
const setsockopt = libc.func('setsockopt', 'int', ['int', 'int', 'int', 'uintptr_t', 'uint'])
const getsockopt = libc.func('getsockopt', 'int', ['int', 'int', 'int', 'uintptr_t', 'uintptr_t'])

const words = new Uint32Array(new ArrayBuffer(2 * INT_BYTES))
const address = Number(koffi.address(words))
const fd = socket(AF_INET, SOCK_DGRAM, 0)
words.set([1, INT_BYTES])
if (setsockopt(fd, SOL_SOCKET, SO_BROADCAST, address, INT_BYTES) !== 0) throw new Error('setsockopt failed')

function ask(times) {
  for (let i = 0; i < times; i++) {
    words[0] = 0
    words[1] = INT_BYTES
    if (getsockopt(fd, SOL_SOCKET, SO_BROADCAST, address, address + INT_BYTES) !== 0 || words[0] !== 1)
      throw new Error('getsockopt failed')
  }
}

ask(WARM_UP)
const start = process.hrtime.bigint()
ask(count)
console.log((Number(process.hrtime.bigint() - start) / count).toFixed(1))
