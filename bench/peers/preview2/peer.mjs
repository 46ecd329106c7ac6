/** A TCP echo client that is a WASI 0.2 component, on Node.js with jco: the side `preview2` of the TCP ping-pong. */
import { fileURLToPath } from 'node:url'
import { versions } from './build.mjs'

const RUN = fileURLToPath(new URL('run.mjs', import.meta.url))

/**
 * Compiles nothing: the first run does, before it connects.
 *
 * @param {import('../../lib/case.mjs').Tools} _tools
 * @returns {Promise<{ argv: (args: (string | number)[]) => string[], versions: Record<string, string> }
 *   | { argv: undefined, reason: string }>} `argv` of a program that prints microseconds a round trip; its arguments
 *   are PORT BYTES ROUNDS [blocking|libc], see pingpong.c; or why there is none
 */
export async function preview2Pingpong(_tools) {
  try {
    return { argv: (args) => [process.execPath, RUN, ...args.map(String)], versions: versions() }
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
    return { argv: undefined, reason: 'needs the packages of bench/package.json' }
  }
}
