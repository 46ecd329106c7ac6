import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { describe, test } from 'node:test'
import { findToolchain, type NativeToolchain, toolOf } from '../../src/cc/find-toolchain.ts'
import { berth, Folder, ROOT } from './fixture.ts'

const folder = new Folder()
/** A clang that answers where its run-time library is, and else shows its arguments. */
const clang = (library: string) => `case "$*" in
*-print-libgcc-file-name*) echo ${library} ;;
*) echo "$0"; for a in "$@"; do echo "$a"; done; echo complaint >&2; exit 3 ;;
esac`
folder.write({ rt: '', 'sysroot/lib/wasm32-wasi/libc.a': '', 'cxx-sysroot/lib/wasm32-wasip1/libc++.a': '' })
folder.write({ 'cxx-sysroot/lib/wasm32-wasip1/libc.a': '' })
for (const name of ['clang', 'clang++', 'llvm-ar']) folder.fake(`sdk/bin/${name}`)
folder.write({ 'sdk/share/wasi-sysroot/lib/wasm32-wasip1/libc.a': '' })
for (const name of ['clang', 'clang-9', 'clang-18', 'clang++-18', 'llvm-ar-18', 'clang-tidy', 'clang-format-20'])
  folder.fake(`path/${name}`, clang(name.endsWith('18') ? folder.at('rt') : '/nowhere'))
for (const name of ['clang-9', 'clang-10']) folder.fake(`numbers/${name}`, clang(folder.at('rt')))
mkdirSync(folder.at('empty'))
const PATH = folder.at('path')
const WASI_SYSROOT = folder.at('sysroot')
const cwd = folder.path

describe('which toolchain', () => {
  test('WASI_SDK_PATH before everything else', () => {
    const found = findToolchain({
      env: { PATH, WASI_SYSROOT, WASI_SDK_PATH: folder.at('sdk') },
      cwd,
    }) as NativeToolchain
    assert.equal(found.kind, 'wasi-sdk')
    assert.equal(found.clang, folder.at('sdk/bin/clang'))
    assert.equal(found.clangxx, folder.at('sdk/bin/clang++'))
    assert.deepEqual(found.flags, ['--target=wasm32-wasip1', `--sysroot=${folder.at('sdk/share/wasi-sysroot')}`])
    assert.equal(toolOf(found, 'llvm-ar', PATH), folder.at('sdk/bin/llvm-ar'))
  })

  test('WASI_SDK_PATH without a compiler is a mistake, not a reason to look elsewhere', () => {
    const env = { PATH, WASI_SDK_PATH: folder.at('empty') }
    assert.throws(() => findToolchain({ env, cwd }), {
      message: `WASI_SDK_PATH=${folder.at('empty')}: no bin/clang there`,
    })
  })

  test('the clang on PATH that can link for WebAssembly', { skip: existsSync('/opt/wasi-sdk') }, () => {
    const found = findToolchain({ env: { PATH, WASI_SYSROOT }, cwd }) as NativeToolchain
    assert.equal(found.kind, 'system')
    assert.equal(found.clang, folder.at('path/clang-18'))
    assert.equal(found.clangxx, folder.at('path/clang++-18'))
    assert.deepEqual(found.flags, ['--target=wasm32-wasi', `--sysroot=${WASI_SYSROOT}`])
    assert.equal(toolOf(found, 'llvm-ar', PATH), folder.at('path/llvm-ar-18'))
  })

  test('the highest number', () => {
    const env = { PATH: `/nowhere:${folder.at('numbers')}`, WASI_SYSROOT, BERTH_TOOLCHAIN: 'system' }
    assert.equal((findToolchain({ env, cwd }) as NativeToolchain).clang, folder.at('numbers/clang-10'))
  })

  test('--sysroot before WASI_SYSROOT, and the triple it has', () => {
    const env = { PATH, WASI_SYSROOT, BERTH_TOOLCHAIN: 'system' }
    const found = findToolchain({ env, cwd, sysroot: folder.at('cxx-sysroot') }) as NativeToolchain
    assert.deepEqual(found.flags, ['--target=wasm32-wasip1', `--sysroot=${folder.at('cxx-sysroot')}`])
  })

  test('the npm package of the project, or of Berth', () => {
    folder.write({
      'with-npm/node_modules/@yowasp/clang/package.json': '{"version":"7.0.0","exports":"./gen/bundle.js"}',
      'with-npm/node_modules/@yowasp/clang/gen/bundle.js': '',
      'with-npm/node_modules/@yowasp/clang/gen/llvm.core.wasm': '',
    })
    const env = { PATH: folder.at('empty'), BERTH_TOOLCHAIN: 'npm' }
    assert.equal(findToolchain({ env, cwd: folder.at('with-npm') })?.identity, 'npm 7.0.0')
    assert.equal(findToolchain({ env, cwd })?.kind, 'npm')
    assert.notEqual(findToolchain({ env, cwd })?.identity, 'npm 7.0.0')
  })

  test('C++ passes by a sysroot without the C++ library, if there is another compiler', () => {
    const env = { PATH, WASI_SYSROOT, BERTH_TOOLCHAIN: '' }
    if (!existsSync('/opt/wasi-sdk')) assert.equal(findToolchain({ env, cwd, cxx: true })?.kind, 'npm')
    const only = { ...env, BERTH_TOOLCHAIN: 'system' }
    assert.equal(findToolchain({ env: only, cwd, cxx: true })?.kind, 'system')
    assert.equal(findToolchain({ env: only, cwd, cxx: true, sysroot: folder.at('cxx-sysroot') })?.kind, 'system')
  })

  test('an unknown name', () => {
    assert.throws(() => findToolchain({ env: { BERTH_TOOLCHAIN: 'gcc' }, cwd }), /not one of wasi-sdk, system, npm/)
  })
})

describe('what the compiler gets', () => {
  const env = { PATH, WASI_SYSROOT, BERTH_TOOLCHAIN: 'system' }
  const guestInclude = `${ROOT}guest/include`

  test('the target, the library’s headers, and the user’s words as they are; its exit code and messages come back', async () => {
    const words = ['-c', 'a file.c', '-DX="y z"', '-o', '../out.o']
    const { exit, stdout, stderr } = await berth(['cc', ...words], { cwd, env })
    assert.equal(exit, 3)
    assert.equal(stderr, 'complaint\n')
    assert.deepEqual(stdout.trimEnd().split('\n'), [
      folder.at('path/clang-18'),
      '--start-no-unused-arguments',
      '--target=wasm32-wasi',
      `--sysroot=${WASI_SYSROOT}`,
      '-fno-exceptions',
      '-isystem',
      guestInclude,
      '--end-no-unused-arguments',
      ...words,
    ])
  })

  test('-v says which', async () => {
    const { stderr } = await berth(['c++', '-v'], { cwd, env })
    assert.equal(stderr, `berth c++: uses ${folder.at('path/clang-18')} with the sysroot ${WASI_SYSROOT}\ncomplaint\n`)
  })

  test('a library that does not compile is said, with the compiler’s words', async () => {
    const { exit, stderr } = await berth(['cc', 'a.c'], { cwd, env })
    assert.equal(exit, 1)
    assert.match(stderr, /^berth cc: the guest library cannot be compiled with .*clang-18:\n(.*\n)*complaint\n$/)
  })
})

test('no compiler: one line and three ways to get one', { skip: existsSync('/opt/wasi-sdk') }, async () => {
  // A berth without the npm package beside it, as it is when it was installed by itself.
  const lonely = new Folder()
  mkdirSync(lonely.at('berth'))
  for (const part of ['dist', 'guest', 'bin']) symlinkSync(`${ROOT}${part}`, lonely.at('berth', part))
  for (const command of ['cc', 'c++', 'ar', 'ranlib']) {
    const env = { PATH: folder.at('empty'), NODE_PRESERVE_SYMLINKS: '1', NODE_PRESERVE_SYMLINKS_MAIN: '1' }
    const { execute } = await import('./fixture.ts')
    const args = [lonely.at('berth/dist/berth.cjs'), command, 'a.c']
    const { exit, stdout, stderr } = await execute(process.execPath, args, { cwd: lonely.path, env })
    assert.equal(exit, 1)
    assert.equal(stdout, '')
    const [first, ...ways] = stderr.trimEnd().split('\n')
    assert.equal(first, `berth ${command}: no C compiler for WebAssembly found. Three ways to get one:`)
    assert.deepEqual(
      ways.map((way) => way.trim().split(/ {2,}/)[0]),
      ['npm install @yowasp/clang', 'wasi-sdk', 'the system’s packages'.replace('’', "'")],
    )
  }
})

test('a folder that cannot be written is no cache', {
  skip: process.getuid?.() === 0 && 'root may write anywhere',
}, async () => {
  const home = new Folder()
  chmodSync(home.path, 0o500)
  const { cacheFolder } = await import('../../src/cc/cache.ts')
  assert.ok(!cacheFolder({ HOME: home.path }).startsWith(home.path))
  chmodSync(home.path, 0o700)
})
