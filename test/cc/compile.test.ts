/** `berth cc` with each toolchain there is, up to programs that run. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs'
import { describe, test } from 'node:test'
import { inspectModule } from '../../src/runtime/inspect.ts'
import { BERTH, berth, execute, Folder, iwasm, KINDS, missing, type Options, type Outcome } from './fixture.ts'

const HELLO = '#include <stdio.h>\nint main(void) { printf("hello %d\\n", NUMBER); }\n'
const SOCKET = `#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#ifdef __wasi__
#include <wasi_socket_ext.h>
#endif
#include <arpa/inet.h>
int main(void) {
  signal(SIGPIPE, SIG_IGN);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int s = socket(AF_INET, SOCK_STREAM, 0);
  printf("%d", bind(s, (struct sockaddr *)&address, sizeof address));
  if (listen(s, 1) != 0) printf(" %d", errno == EACCES);
}
`
const CXX = `#include <cstdio>
#include <string>
#include "shared.h"
int main() { std::puts((std::string(shared()) + " from C++").c_str()); }
`
const SHARED_H = '#ifdef __cplusplus\nextern "C"\n#endif\nconst char *shared(void);\n'
const SHARED_C = '#include "shared.h"\nconst char *shared(void) { return WORD; }\n'
const MAKEFILE = `CFLAGS = -O1 -Iinclude -MMD -MP -DWORD='"made with spaces"'
prog.wasm: main.o lib/shared.o
	$(CC) $^ -o $@
%.o: %.c
	$(CC) $(CFLAGS) -c $< -o $@
-include main.d lib/shared.d
`
const MAIN_C = '#include <stdio.h>\n#include "shared.h"\nint main(void) { puts(shared()); }\n'
const CMAKE = `cmake_minimum_required(VERSION 3.14)
project(example LANGUAGES C CXX)
add_library(shared STATIC shared.c)
target_include_directories(shared PUBLIC include)
target_compile_definitions(shared PRIVATE WORD="hello")
add_executable(prog main.c)
target_link_libraries(prog shared)
add_executable(progxx main.cc)
target_link_libraries(progxx shared)
enable_testing()
add_test(NAME runs COMMAND prog)
`

function assertDone(outcome: Outcome): Outcome {
  assert.equal(outcome.exit, 0, outcome.stderr)
  return outcome
}

async function assertPrints(program: string, text: string, flags: readonly string[], options: Options): Promise<void> {
  const { stdout, stderr } = await iwasm([...flags, program], options)
  assert.equal(stdout, text, stderr)
}

const noMake = await missing('make')
const noCmake = await missing('cmake')

for (const { kind, skip, env } of KINDS) {
  describe(`${kind}`, { skip }, () => {
    const folder = new Folder()
    const options = { cwd: folder.path, env }
    const cc = (...args: string[]) => berth(['cc', ...args], options)

    test('hello, and where it comes from', async () => {
      folder.write({ 'hello.c': HELLO })
      const { stderr, stdout } = assertDone(await cc('hello.c', '-DNUMBER=7', '-v', '-o', 'hello.wasm'))
      assert.equal(stdout, '')
      assert.match(stderr, /^berth cc: uses .+\n/)
      await assertPrints('hello.wasm', 'hello 7\n', [], options)
    })

    test('a program imports only what it uses', async () => {
      folder.write({ 'socket.c': SOCKET })
      assert.equal(assertDone(await cc('-Wall', '-Wextra', '-Werror', 'socket.c', '-o', 'socket.wasm')).stderr, '')
      await assertPrints('socket.wasm', '0', ['--addr-pool=127.0.0.1/32'], options)
      const socketImports = (name: string) =>
        inspectModule(readFileSync(folder.at(name)))
          .imports.map((wanted) => wanted.name)
          .filter((wanted) => wanted.startsWith('sock_'))
      assert.deepEqual(socketImports('hello.wasm'), [])
      assert.deepEqual(socketImports('socket.wasm').sort(), ['sock_bind', 'sock_listen', 'sock_open'])
    })

    test('without -o it is a.out', async () => {
      assertDone(await cc('-DNUMBER=1', 'hello.c'))
      await assertPrints('a.out', 'hello 1\n', [], options)
    })

    test('messages and exit code of the compiler pass through', async () => {
      folder.write({ 'bad.c': 'int main(void) { return nowhere; }\n' })
      const { exit, stdout, stderr } = await cc('-c', 'bad.c')
      assert.deepEqual([exit, stdout], [1, ''])
      assert.match(stderr, /^bad\.c:1:25: error: use of undeclared identifier 'nowhere'\n/)
      assert.equal(existsSync(folder.at('bad.o')), false)
      const missingSource = await cc('nothere.c', '-o', 'nothere.wasm')
      assert.equal(missingSource.exit, 1)
      assert.match(missingSource.stderr, /^clang.*: error: no such file or directory: 'nothere\.c'\n/)
      folder.write({ 'undefined.c': 'void nowhere(void);\nint main(void) { nowhere(); }\n' })
      const unlinked = await cc('undefined.c', '-o', 'undefined.wasm')
      assert.equal(unlinked.exit, 1)
      assert.match(unlinked.stderr, /undefined symbol: nowhere/)
    })

    test('standard input, and the preprocessor to standard output', async () => {
      const { stdout } = assertDone(
        await berth(['cc', '-E', '-P', '-x', 'c', '-', '-DA=b c'], { ...options, input: 'A\n' }),
      )
      assert.equal(stdout.trim(), 'b c')
      assertDone(
        await berth(['cc', '-x', 'c', '-', '-o', 'in.wasm'], {
          ...options,
          input: '#include <stdio.h>\nint main(void) { puts("in"); }',
        }),
      )
      await assertPrints('in.wasm', 'in\n', [], options)
    })

    test('response files, other folders, paths above, absolute ones, quotes', async () => {
      folder.write({
        'deep/src/main.c':
          '#include "../../include/shared.h"\n#include <stdio.h>\nint main(void) { puts(shared()); }\n',
        'include/shared.h': SHARED_H,
        'deep/shared.c': SHARED_C,
        'deep/arguments': `-I../include -DWORD="\\"a 'b' c\\""\n../deep/shared.c`,
      })
      const below = { ...options, cwd: folder.at('deep') }
      assertDone(await berth(['cc', '@arguments', 'src/main.c', '-o', '../above.wasm'], below))
      await assertPrints('above.wasm', "a 'b' c\n", [], options)
      const args = ['-c', folder.at('deep/src/main.c'), '-o', folder.at('absolute.o'), '-MD', '-MF', '../dep.d']
      assertDone(await berth(['cc', ...args], below))
      assert.ok(statSync(folder.at('absolute.o')).size > 0)
      const names = folder.read('dep.d').replaceAll('\\\n', ' ').split(/\s+/).slice(1, -1)
      assert.ok(names.some((name) => name.endsWith('include/shared.h')))
      // Also those of the system: make looks for each.
      for (const name of names) assert.ok(name.startsWith('/') && existsSync(name), name)
    })

    test('nothing is left in the temporary folder', async () => {
      folder.write({ 'tmp/keep': '' })
      const inTmp = { ...options, env: { ...env, TMPDIR: folder.at('tmp') } }
      assertDone(await berth(['cc', 'hello.c', '-DNUMBER=2', '-o', 'tmp.wasm'], inTmp))
      assert.deepEqual(readdirSync(folder.at('tmp')), ['keep'])
    })

    test('make', { skip: noMake }, async () => {
      folder.write({ 'make/Makefile': MAKEFILE, 'make/main.c': MAIN_C, 'make/include/shared.h': SHARED_H })
      folder.write({ 'make/lib/shared.c': SHARED_C })
      const below = { cwd: folder.at('make'), env }
      const make = () => execute('make', ['-j2', `CC=${process.execPath} ${BERTH} cc`], below)
      assertDone(await make())
      await assertPrints('prog.wasm', 'made with spaces\n', [], below)
      assert.match((await make()).stdout, /up to date/)
      const later = new Date(Date.now() + 10_000)
      utimesSync(folder.at('make/include/shared.h'), later, later)
      assert.match(assertDone(await make()).stdout, /main\.o.*\n(.*\n)*.*shared\.o/)
    })

    test('C++', async (t) => {
      if (kind === 'system' && !(await hasCxx(options))) return t.skip('no libc++ for WASI here')
      folder.write({ 'main.cc': CXX, 'shared.c': SHARED_C })
      assertDone(await cc('-c', '-Iinclude', '-DWORD="hello"', 'shared.c', '-o', 'c.o'))
      assertDone(await berth(['c++', '-std=c++20', '-Iinclude', 'main.cc', 'c.o', '-o', 'cxx.wasm'], options))
      await assertPrints('cxx.wasm', 'hello from C++\n', [], options)
    })
  })
}

async function hasCxx(options: Options): Promise<boolean> {
  const { exit } = await berth(['c++', '-x', 'c++', '-', '-fsyntax-only'], { ...options, input: '#include <string>\n' })
  return exit === 0
}

describe('CMake', { skip: noCmake }, () => {
  for (const { kind, skip, env } of KINDS) {
    test(`a library and programs in C and C++ with ${kind}`, { skip }, async () => {
      const folder = new Folder()
      folder.write({ 'CMakeLists.txt': CMAKE, 'main.c': MAIN_C, 'main.cc': CXX, 'shared.c': SHARED_C })
      folder.write({ 'include/shared.h': SHARED_H })
      const options = { cwd: folder.path, env: { BERTH_TOOLCHAIN: '' } }
      // The toolchain is CMake's to remember: it is told once, and not again for the build.
      const cxx = await hasCxx({ cwd: folder.path, env })
      if (!cxx) folder.write({ 'CMakeLists.txt': CMAKE.replace(' CXX', '').replace(/.*progxx.*\n/g, '') })
      const toolchain = assertDone(await berth(['cmake-toolchain'], options)).stdout.trim()
      const definitions = [`-DCMAKE_TOOLCHAIN_FILE=${toolchain}`, `-DBERTH_TOOLCHAIN=${kind}`]
      const configured = await execute('cmake', ['-B', 'build', ...definitions], options)
      assert.equal(configured.exit, 0, configured.stdout + configured.stderr)
      assert.equal(configured.stderr, '')
      const built = await execute('cmake', ['--build', 'build', '-j2'], options)
      assert.equal(built.exit, 0, built.stdout + built.stderr)
      await assertPrints('build/prog.wasm', 'hello\n', [], options)
      if (cxx) await assertPrints('build/progxx.wasm', 'hello from C++\n', [], options)
      assertDone(await execute('ctest', [], { ...options, cwd: folder.at('build') }))
    })
  }
})
