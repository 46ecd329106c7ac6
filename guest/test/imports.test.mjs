/**
 * What the two libraries define, and for each function what a program that uses only this one imports beyond an empty
 * program, with core types. The golden lists show at a glance which functions keep a program runnable on the original's
 * host: those without `berth_socket_v1`. BERTH_UPDATE_GOLDEN=1 writes the lists anew.
 */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import wabt from 'wabt'
import { definedSymbols } from './object-symbols.mjs'
import { libraryFiles, toolchains } from './toolchains.mjs'

const IMPORTS = new URL('imports.golden.txt', import.meta.url)
const SYMBOLS = new URL('symbols.golden.txt', import.meta.url)
const MODULE = 'wasi_snapshot_preview1'
const LIBRARIES = ['original', 'full']

/** The original's functions: the socket extension's, and the preview 1 functions the libraries use. */
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
  ...['fd_close', 'fd_fdstat_get', 'fd_fdstat_set_flags', 'clock_time_get'],
])

const EMPTY = 'int main(void) { return 0; }\n'

/** Declared by name alone: what it takes does not matter here. */
const using = (name) => `extern void ${name}(void);
typedef void any(void);
any *volatile kept;
int main(void) { kept = ${name}; return 0; }
`

for (const toolchain of toolchains()) {
  describe(toolchain.name, () => {
    const objects = { original: {}, full: {} }
    const symbols = { original: {}, full: {} }
    let read
    before(async () => {
      toolchain.open()
      read = (await wabt()).readWasm
      for (const library of LIBRARIES) {
        const files = libraryFiles(library)
        const names = Object.keys(files).filter((path) => path.endsWith('.c'))
        const made = await toolchain.compile(['-O1', '-Isrc', '-c', ...names], files)
        assert.ok(made.ok, made.messages)
        for (const path of names) {
          const object = path.replace(/^.*\/(.*)\.c$/, '$1.o')
          assert.ok(!objects[library][object], `two files named ${object}`)
          objects[library][object] = Buffer.from(made.files(object))
          symbols[library][path.slice('src/'.length)] = definedSymbols(objects[library][object]).sort()
        }
      }
    })
    after(() => toolchain.close())

    /** The imports of a program, `name (parameters) -> result`. */
    async function importsOf(library, source) {
      const args = ['-Wno-builtin-requires-header', '-Wno-incompatible-library-redeclaration', 'main.c']
      args.push(...Object.keys(objects[library]), '-o', 'out.wasm')
      const made = await toolchain.compile(args, { 'main.c': source, ...objects[library] })
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

    function compare(golden, list) {
      if (process.env.BERTH_UPDATE_GOLDEN) writeFileSync(golden, list)
      assert.equal(list, readFileSync(golden, 'utf8'))
    }

    test('symbols of each file', () => {
      const list = LIBRARIES.flatMap((library) => [
        `# ${library}`,
        ...Object.entries(symbols[library]).flatMap(([file, names]) => [file, ...names.map((name) => `  ${name}`)]),
      ])
      compare(SYMBOLS, `${list.join('\n')}\n`)
      for (const library of LIBRARIES) {
        const all = Object.values(symbols[library]).flat()
        assert.deepEqual(all.length, new Set(all).size, 'a symbol is defined twice')
      }
      const { original, full } = symbols
      const missing = Object.values(original)
        .flat()
        .filter((name) => !Object.values(full).flat().includes(name))
      assert.deepEqual(
        missing.filter((name) => !name.startsWith('berth_')),
        [],
      )
    })

    test('imports of each function', async () => {
      let list = ''
      for (const library of LIBRARIES) {
        list += `# ${library}\n`
        const nothing = new Set(await importsOf(library, EMPTY))
        const names = Object.values(symbols[library])
          .flat()
          .filter((name) => !name.startsWith('berth_'))
        for (const name of [...names, 'shutdown'].sort()) {
          const imports = (await importsOf(library, using(name))).filter((line) => !nothing.has(line)).sort()
          if (library === 'original')
            for (const line of imports) assert.ok(ORIGINAL.has(line.split(' ')[0]), `${name} imports ${line}`)
          list += `${name}\n${imports.map((line) => `  ${line}\n`).join('')}`
        }
      }
      compare(IMPORTS, list)
    })
  })
}
