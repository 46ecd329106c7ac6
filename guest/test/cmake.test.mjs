/**
 * The library as CMake projects take it: included as in the seed, as a package from the sources, as an installed package.
 * Configures and builds for real, warnings being errors, in a temporary folder.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { librarySources, systemClang } from '../../scripts/guest-compiler.mjs'

const GUEST = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')
const EXAMPLES = join(GUEST, '../examples')
const CONSUMERS = join(GUEST, 'test/cmake')
const WASM_MAGIC = '0061736d'

const skip = reasonToSkip()
if (skip) console.log(`cmake tests skipped: ${skip}`)

describe('CMake', { skip }, () => {
  const scratch = skip ? '' : mkdtempSync(join(tmpdir(), 'berth-cmake-'))
  after(() => rmSync(scratch, { recursive: true, force: true }))

  /** Configures and builds a project; returns the build folder. */
  function build(name, source, ...definitions) {
    const folder = join(scratch, name)
    run('cmake', ['-S', source, '-B', folder, ...toolchain(), '-DCMAKE_C_FLAGS=-Wall -Wextra -Werror', ...definitions])
    run('cmake', ['--build', folder])
    return folder
  }

  function assertModule(path) {
    assert.equal(readFileSync(path).subarray(0, 4).toString('hex'), WASM_MAGIC, path)
  }

  test('include(lib_socket_wasi.cmake)', () => {
    const folder = build('include', join(CONSUMERS, 'include-consumer'), `-DBERTH_GUEST=${GUEST}`)
    assertModule(join(folder, 'consumer.wasm'))
  })

  test('the examples', () => {
    const folder = build('examples', EXAMPLES)
    assertModule(join(folder, 'tcp_server.wasm'))
    assertModule(join(folder, 'tcp_client.wasm'))
  })

  /** A consumer of the package that is found with this definition. */
  function buildConsumer(name, definition) {
    const folder = build(name, join(CONSUMERS, 'package-consumer'), definition)
    for (const number of [1, 2, 3, 4, 5, 6]) assertModule(join(folder, `consumer${number}.wasm`))
  }

  test('find_package in the sources', () => {
    buildConsumer('sources', `-Dwamr-wasi-socket_DIR=${join(GUEST, 'cmake')}`)
  })

  test('find_package in the sources by CMAKE_PREFIX_PATH', () => {
    buildConsumer('prefix', `-DCMAKE_PREFIX_PATH=${GUEST}`)
  })

  test('find_package of an installed library', () => {
    const library = build('library', GUEST)
    const prefix = join(scratch, 'prefix-of-library')
    run('cmake', ['--install', library, '--prefix', prefix])
    const files = ['wasi_socket_ext.h', 'wasi_socket_raw.h', 'netdb.h', 'sys/socket.h'].map((name) => `include/${name}`)
    for (const file of [
      ...files,
      'lib/libsocket_wasi_ext.a',
      'lib/libsocket_wasi_ext_original.a',
      'lib/pkgconfig/socket_wasi_ext.pc',
    ])
      assert.ok(existsSync(join(prefix, file)), file)
    const pc = readFileSync(join(prefix, 'lib/pkgconfig/socket_wasi_ext.pc'), 'utf8')
    assert.match(pc, /^Version: \d+\.\d+\.\d+$/m)
    buildConsumer('installed', `-DCMAKE_PREFIX_PATH=${prefix}`)
  })

  test('versions', () => {
    const source = join(CONSUMERS, 'package-consumer')
    const place = `-Dwamr-wasi-socket_DIR=${join(GUEST, 'cmake')}`
    const accepts = (wanted) => {
      const folder = join(scratch, `version-${wanted}`)
      try {
        run('cmake', ['-S', source, '-B', folder, ...toolchain(), place, `-DBERTH_VERSION=${wanted}`])
        return true
      } catch (error) {
        assert.match(error.message, /compatible with requested\s+version/)
        return false
      }
    }
    assert.deepEqual(['0.1', '0.1.0', '0.2', '0.10', '1', '0.1.1000'].map(accepts), [
      true,
      true,
      false,
      false,
      false,
      false,
    ])
  })
})

test('the library has the version of the npm package', () => {
  const { version } = JSON.parse(readFileSync(join(GUEST, '../package.json'), 'utf8'))
  const text = readFileSync(join(GUEST, 'cmake/wamr-wasi-socket-config-version.cmake'), 'utf8')
  assert.equal(text.match(/set\(PACKAGE_VERSION (.*)\)/)[1], version)
})

test('the libraries are made of all their sources', () => {
  const text = readFileSync(join(GUEST, 'lib_socket_wasi.cmake'), 'utf8')
  const parts = text.split('add_library(').slice(1, 3)
  const listed = parts.map((part) => [...part.matchAll(/src\/([\w/]+\.c)/g)].map((match) => match[1]))
  assert.deepEqual(listed, [librarySources('full'), librarySources('original')])
})

function toolchain() {
  const [command, ...flags] = systemClang()
  const sysroot = flags.find((flag) => flag.startsWith('--sysroot='))?.slice('--sysroot='.length)
  if (sysroot === undefined) {
    const sdk = command.replace(/\/bin\/clang$/, '')
    const file = join(sdk, 'share/cmake/wasi-sdk.cmake')
    return [
      `-DWASI_SDK_PREFIX=${sdk}`,
      `-DCMAKE_TOOLCHAIN_FILE=${file}`,
      `-DCMAKE_SYSROOT=${join(sdk, 'share/wasi-sysroot')}`,
    ]
  }
  return [`-DCMAKE_TOOLCHAIN_FILE=${join(CONSUMERS, 'wasi-toolchain.cmake')}`, `-DCMAKE_SYSROOT=${sysroot}`]
}

function reasonToSkip() {
  try {
    execFileSync('cmake', ['--version'], { stdio: 'ignore' })
  } catch {
    return 'no cmake on PATH'
  }
  return systemClang().length === 0 ? 'no clang with a WASI sysroot' : false
}

function run(command, args) {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    throw new Error(`${command} ${args.join(' ')}\n${error.stdout}${error.stderr}`)
  }
}
