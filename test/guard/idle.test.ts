/**
 * What a connection keeps on which nothing happens: bytes of JavaScript, counted when everything that is garbage has gone. The
 * program and the way to count are those of the benchmark, with fewer connections.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { compileGuest } from '../../scripts/guest-compiler.mjs'
import { finish, startProcess } from '../cli/harness.ts'
import { HANG_MS } from './calls.ts'

const PROGRAMS = fileURLToPath(new URL('../../bench/programs/', import.meta.url))

/** Those that pay for what all have in common. */
const FIRST = 2000
const ALL = 6000

/** Wanted. */
const MOST_BYTES = 200

const isFigured = process.versions.node.startsWith('20.')

test('a connection on which nothing happens keeps few bytes', {
  skip: !isFigured && `the figure is that of Node.js 20, this is ${process.version}`,
}, async () => {
  const module = await compileGuest({ sources: [`${PROGRAMS}idle.c`], includeDirs: [PROGRAMS], flags: ['-O2'] })
  const args = ['--expose-gc', `${PROGRAMS}idle_heap.mjs`, module, String(FIRST), String(ALL)]
  const child = startProcess(process.execPath, args, { hangMs: HANG_MS })
  const ended = finish(child)
  const lines = createInterface(child.stdout!)[Symbol.asyncIterator]()
  const port = Number((await lines.next()).value)
  const connections: Socket[] = []
  for (const count of [FIRST, ALL]) {
    while (connections.length < count) {
      const socket = connect(port, '127.0.0.1')
      connections.push(socket)
      await once(socket, 'connect')
    }
    assert.equal((await lines.next()).value, `accepted ${count}`)
  }
  for (const socket of connections) socket.resetAndDestroy()
  const bytes = Number((await lines.next()).value)
  const { exit, stderr } = await ended
  assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
  assert.ok(bytes > 0 && bytes <= MOST_BYTES, `${bytes} bytes a connection, at most ${MOST_BYTES} are wanted`)
})
