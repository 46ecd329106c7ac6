/**
 * For each POSIX function, what a program that uses only this function imports beyond an empty program, with core types.
 * The golden list shows at a glance that all of it is in the original's ABI; BERTH_UPDATE_GOLDEN=1 writes it anew.
 */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import wabt from 'wabt'
import { SOURCES, toolchains } from './toolchains.mjs'

const GOLDEN = new URL('imports.golden.txt', import.meta.url)
const MODULE = 'wasi_snapshot_preview1'

const FUNCTIONS =
  'socket bind connect listen accept accept4 getsockname getpeername send sendto sendmsg recv recvfrom recvmsg shutdown ' +
  'getsockopt setsockopt getaddrinfo freeaddrinfo gai_strerror'

/** The original's functions: the socket extension's, and the preview 1 functions this library uses. */
const OPTIONS =
  'recv_timeout send_timeout recv_buf_size send_buf_size keep_alive reuse_addr reuse_port linger broadcast tcp_no_delay ' +
  'tcp_quick_ack tcp_keep_idle tcp_keep_intvl tcp_fastopen_connect ip_ttl ip_multicast_ttl ip_multicast_loop ipv6_only'
const ORIGINAL = new Set([
  ...'open bind listen connect accept addr_local addr_remote addr_resolve recv recv_from send send_to shutdown'
    .split(' ')
    .map((name) => `sock_${name}`),
  ...OPTIONS.split(' ').flatMap((name) => [`sock_get_${name}`, `sock_set_${name}`]),
  'sock_set_ip_add_membership',
  'sock_set_ip_drop_membership',
  ...['fd_close', 'fd_fdstat_get', 'fd_fdstat_set_flags'],
])

const EMPTY = 'int main(void) { return 0; }\n'
const using = (name) => `#include <wasi_socket_ext.h>
typedef void any(void);
any *volatile kept;
int main(void) { kept = (any *)${name}; return 0; }
`

for (const toolchain of toolchains()) {
  describe(toolchain.name, () => {
    const objects = {}
    let read
    before(async () => {
      toolchain.open()
      read = (await wabt()).readWasm
      const names = SOURCES.filter((path) => path.endsWith('.c'))
      const files = Object.fromEntries(
        SOURCES.map((path) => [path, readFileSync(new URL(`../${path}`, import.meta.url))]),
      )
      const made = await toolchain.compile(['-O1', '-c', ...names], files)
      assert.ok(made.ok, made.messages)
      for (const object of names.map((path) => path.replace(/^src\/(.*)\.c$/, '$1.o')))
        objects[object] = made.files(object)
    })
    after(() => toolchain.close())

    /** The imports of a program, `name (parameters) -> result`. */
    async function importsOf(source) {
      const args = ['-Wno-cast-function-type', 'main.c', ...Object.keys(objects), '-o', 'out.wasm']
      const made = await toolchain.compile(args, { 'main.c': source, ...objects })
      assert.ok(made.ok, made.messages)
      const module = read(made.files('out.wasm'), {})
      const text = module.toText({})
      module.destroy()
      const types = [...text.matchAll(/\(type \(;\d+;\) \(func(?: \(param ([^)]*)\))?(?: \(result ([^)]*)\))?\)\)/g)]
      const imports = [...text.matchAll(/\(import "([^"]*)" "([^"]*)" \(func .*\(type (\d+)\)/g)]
      return imports.map(([, module, name, type]) => {
        const [, parameters = '', result = 'nothing'] = types[type]
        return `${module === MODULE ? '' : `${module}.`}${name} (${parameters}) -> ${result}`
      })
    }

    test('imports of each function', async () => {
      const nothing = new Set(await importsOf(EMPTY))
      let list = ''
      for (const name of FUNCTIONS.split(' ')) {
        const imports = (await importsOf(using(name))).filter((line) => !nothing.has(line)).sort()
        for (const line of imports) assert.ok(ORIGINAL.has(line.split(' ')[0]), `${name} imports ${line}`)
        list += `${name}\n${imports.map((line) => `  ${line}\n`).join('')}`
      }
      if (process.env.BERTH_UPDATE_GOLDEN) writeFileSync(GOLDEN, list)
      assert.equal(list, readFileSync(GOLDEN, 'utf8'))
    })
  })
}
