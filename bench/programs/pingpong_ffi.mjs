/**
 * pingpong.c in JavaScript with the system calls themselves, made through the FFI that Berth uses: how near to a native program
 * anything can come that is made of these parts. Arguments and output as there.
 */
import koffi from 'koffi'

const [AF_INET, SOCK_STREAM, IPPROTO_TCP, TCP_NODELAY, MSG_NOSIGNAL] = [2, 1, 6, 1, 0x4000]
const WARM_UP = 3000

const [port, bytes, rounds] = process.argv.slice(2).map(Number)
const libc = koffi.load(null)
const socket = libc.func('socket', 'int', ['int', 'int', 'int'])
const connect = libc.func('connect', 'int', ['int', 'uintptr_t', 'uint'])
const setsockopt = libc.func('setsockopt', 'int', ['int', 'int', 'int', 'uintptr_t', 'uint'])
const send = libc.func('send', 'int', ['int', 'uintptr_t', 'size_t', 'int'])
const recv = libc.func('recv', 'int', ['int', 'uintptr_t', 'size_t', 'int'])

const buffer = new Uint8Array(new ArrayBuffer(2 * Math.max(bytes, 16)))
const [sent, received] = [buffer.subarray(0, buffer.length / 2), buffer.subarray(buffer.length / 2)]
const address = Number(koffi.address(buffer))
const receivedAddress = address + sent.length

const fd = socket(AF_INET, SOCK_STREAM, 0)
sent.set([AF_INET, 0, port >>> 8, port & 0xff, 127, 0, 0, 1])
if (connect(fd, address, 16) !== 0) throw new Error('connect failed')
sent.set([1, 0, 0, 0])
setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, address, 4)

function exchange(count) {
  for (let i = 0; i < count; i++) {
    sent[0] = i
    if (send(fd, address, bytes, MSG_NOSIGNAL) !== bytes) throw new Error('send failed')
    for (let got = 0; got < bytes; ) {
      const more = recv(fd, receivedAddress + got, bytes - got, 0)
      if (more <= 0) throw new Error('recv failed')
      got += more
    }
    if (received[0] !== sent[0]) throw new Error('the echo differs')
  }
}

exchange(WARM_UP + rounds / 10)
const start = process.hrtime.bigint()
exchange(rounds)
console.log((Number(process.hrtime.bigint() - start) / 1000 / rounds).toFixed(3))
