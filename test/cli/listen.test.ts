/** Sockets that a program is given: `--listen`, and those of a service manager. The program knows preview 1 and no more. */
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { compileGuest } from '../../scripts/guest-compiler.mjs'
import { directory, ENVIRONMENT, file, finish, iwasm, scriptOf, start, startProcess, untilShown } from './harness.ts'

/**
 * Serves one connection on descriptor argv[1]: non-blocking, waiting in poll_oneoff for the listener, then for data. Sends
 * back what it gets until the peer has finished.
 */
const SOURCE = `
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wasi/api.h>

static void
must(const char *what, __wasi_errno_t error)
{
    if (error == 0)
        return;
    printf("%s: errno %d\\n", what, error);
    exit(1);
}

static void
wait_for(__wasi_fd_t fd)
{
    __wasi_subscription_t subscription = { .userdata = 7, .u = { .tag = __WASI_EVENTTYPE_FD_READ } };
    subscription.u.u.fd_read.file_descriptor = fd;
    __wasi_event_t event;
    __wasi_size_t events;
    must("poll_oneoff", __wasi_poll_oneoff(&subscription, &event, 1, &events));
}

int
main(int count, char **words)
{
    const char *names = getenv("LISTEN_FDNAMES"), *number = getenv("LISTEN_FDS");
    printf("%s %s\\n", number ? number : "none", names ? names : "none");
    if (count < 2)
        return 0;
    __wasi_fd_t listener = (__wasi_fd_t)atoi(words[1]), fd = 0;
    must("set_flags", __wasi_fd_fdstat_set_flags(listener, __WASI_FDFLAGS_NONBLOCK));
    int accepted;
    while ((accepted = __wasi_sock_accept(listener, __WASI_FDFLAGS_NONBLOCK, &fd)) == __WASI_ERRNO_AGAIN)
        wait_for(listener);
    must("sock_accept", accepted);
    char room[4096];
    for (;;) {
        __wasi_iovec_t in = { (uint8_t *)room, sizeof room };
        __wasi_size_t got, sent;
        __wasi_roflags_t flags;
        __wasi_errno_t received = __wasi_sock_recv(fd, &in, 1, 0, &got, &flags);
        if (received == __WASI_ERRNO_AGAIN) {
            wait_for(fd);
            continue;
        }
        must("sock_recv", received);
        if (got == 0)
            break;
        __wasi_ciovec_t out = { (uint8_t *)room, got };
        must("sock_send", __wasi_sock_send(fd, &out, 1, 0, &sent));
    }
    must("sock_shutdown", __wasi_sock_shutdown(fd, __WASI_SDFLAGS_WR));
    must("fd_close", __wasi_fd_close(fd));
    puts("served");
    return 0;
}
`

let module: string

before(async () => {
  module = await compileGuest({ sources: [file(SOURCE, 'server.c')] })
})

const PIPES = ['ignore', 'pipe', 'pipe'] as const

/** Says something and returns what comes back. */
async function converse(port: number, host: string): Promise<string> {
  const socket = connect(port, host)
  socket.end('hello')
  return text(socket)
}

async function listeningAt(child: ChildProcess): Promise<number> {
  const line = await untilShown(child.stderr!, '\n')
  return Number(/^iwasm: listening on .*:(\d+)\n/.exec(line)![1])
}

for (const [host, option] of [
  ['127.0.0.1', '--listen=127.0.0.1:0'],
  ['::1', '--listen=[::1]:0'],
] as const) {
  test(`${option}: the next descriptor accepts, without any address in the pool`, async () => {
    const child = start([option, module, '3'], { stdio: [...PIPES] })
    const ended = finish(child)
    assert.equal(await converse(await listeningAt(child), host), 'hello')
    const { exit, stdout } = await ended
    assert.deepEqual([exit, stdout], [0, '1 listen\nserved\n'])
  })
}

test('several: behind the directories, in their order', async () => {
  mkdirSync(join(directory, 'data'))
  const options = ['--listen=127.0.0.1:0', '--dir=.', '--listen=127.0.0.1:0', '--map-dir=/d::data']
  const child = start([...options, module, '6'], { cwd: directory, stdio: [...PIPES] })
  const shown = untilShown(child.stderr!, '\n')
  const ended = finish(child)
  await shown
  const lines = (await untilBoth(child, shown)).trim().split('\n')
  assert.equal(lines.length, 2)
  assert.equal(await converse(Number(lines[1]!.split(':').at(-1)), '127.0.0.1'), 'hello')
  assert.equal((await ended).stdout, '2 listen:listen\nserved\n')
})

/** Both lines come before the program starts, in one piece or two. */
async function untilBoth(child: ChildProcess, first: Promise<string>): Promise<string> {
  const seen = await first
  return seen.trim().includes('\n') ? seen : seen + (await untilShown(child.stderr!, '\n'))
}

test('an address that is taken, or is not here, ends the command', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const taken = await iwasm([`--listen=127.0.0.1:${port}`, module])
  server.close()
  assert.deepEqual(taken, {
    exit: 255,
    stdout: '',
    stderr: `iwasm: error while listening on 127.0.0.1:${port}: address in use\n`,
  })
  const elsewhere = await iwasm(['--listen=192.0.2.1:0', module])
  assert.deepEqual([elsewhere.exit, elsewhere.stdout], [255, ''])
  assert.match(elsewhere.stderr, /listening on 192\.0\.2\.1:0: EADDRNOTAVAIL/)
})

/** Runs iwasm as a service manager does, with `server` as its descriptor 3. */
function asService(server: Server, variables: string, args: string): ChildProcess {
  // biome-ignore lint/suspicious/noExplicitAny: Node.js has no public way to the number of a listening socket
  const { fd } = (server as any)._handle as { fd: number }
  const line = `${variables} exec "$NODE" "$SCRIPT" ${args}`
  const env = { ...ENVIRONMENT, NODE: process.execPath, SCRIPT: scriptOf('iwasm'), MODULE: module }
  return startProcess('sh', ['-c', line], { env, stdio: [...PIPES, fd] })
}

let manager: Server
before(async () => {
  manager = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1')
  await once(manager, 'listening')
})
after(() => manager.close())

test('LISTEN_FDS: the socket of a service manager, with its name', async () => {
  const child = asService(manager, 'LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=web', '"$MODULE"')
  assert.deepEqual(await finish(child), { exit: 0, stdout: '1 web\n', stderr: '' })
})

test('LISTEN_FDS: the socket serves', async () => {
  // This process must not accept what is meant for the other: the socket is handed over and closed here.
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const child = asService(server, 'LISTEN_PID=$$ LISTEN_FDS=1', '"$MODULE" 3')
  server.close()
  const ended = finish(child)
  assert.equal(await converse(port, '127.0.0.1'), 'hello')
  assert.deepEqual(await ended, { exit: 0, stdout: '1 unknown\nserved\n', stderr: '' })
})

test('LISTEN_FDS of another process is none of ours; one that makes no sense is an error', async () => {
  const others = asService(manager, 'LISTEN_PID=1 LISTEN_FDS=1', '"$MODULE"')
  assert.deepEqual(await finish(others), { exit: 0, stdout: 'none none\n', stderr: '' })
  for (const [variables, message] of [
    ['LISTEN_PID=$$ LISTEN_FDS=x', 'LISTEN_FDS=x: not a number of sockets'],
    ['LISTEN_PID=$$', 'LISTEN_FDS=: not a number of sockets'],
    ['LISTEN_PID=$$ LISTEN_FDS=9999', 'LISTEN_FDS=9999: not a number of sockets'],
  ] as const) {
    const child = asService(manager, variables, '"$MODULE"')
    assert.deepEqual(await finish(child), { exit: 255, stdout: '', stderr: `iwasm: ${message}\n` })
  }
  const file = asService(manager, 'exec 3</dev/null; export LISTEN_PID=$$ LISTEN_FDS=1;', '"$MODULE"')
  const { exit, stderr } = await finish(file)
  assert.deepEqual([exit, stderr], [255, 'iwasm: descriptor 3 (unknown): not a socket\n'])
})

test('what the person sets stays', async () => {
  const { stdout } = await iwasm(['--listen=127.0.0.1:0', '--env=LISTEN_FDS=5', module])
  assert.equal(stdout, '5 listen\n')
})
