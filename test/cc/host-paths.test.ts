import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HostPaths } from '../../src/cc/npm/host-paths.ts'
import { Folder } from './fixture.ts'

/** A current directory in which there are folders with names that the root has, too. */
const folder = new Folder()
const cwd = folder.at('project')
folder.write({ 'project/tmp/only-here.h': '', 'project/src/a.c': '', 'project/etc/passwd': '' })
const below = (path: string) => `${cwd}/${path}`

for (const { name, words, path, wanted } of [
  { name: 'a file here', words: [], path: 'src/a.c', wanted: below('src/a.c') },
  { name: 'a new file here', words: ['-o', 'a.out'], path: 'a.out', wanted: below('a.out') },
  { name: 'the current directory', words: [], path: '.', wanted: below('.') },
  { name: 'above', words: [], path: '../include/x.h', wanted: below('../include/x.h') },
  { name: 'an absolute path', words: [], path: 'usr/include/x.h', wanted: '/usr/include/x.h' },
  { name: 'the current directory itself', words: [], path: below('src/a.c').slice(1), wanted: below('src/a.c') },
  {
    name: 'both roots have the folder: what exists',
    words: [],
    path: 'tmp/only-here.h',
    wanted: below('tmp/only-here.h'),
  },
  { name: 'both have the file', words: [], path: 'etc/passwd', wanted: below('etc/passwd') },
  { name: 'both, the command line says absolute', words: ['/etc/passwd'], path: 'etc/passwd', wanted: '/etc/passwd' },
  { name: 'both, an absolute folder', words: ['-I/etc'], path: 'etc/passwd', wanted: '/etc/passwd' },
  { name: 'both, a relative folder', words: ['-Ietc'], path: 'etc/passwd', wanted: below('etc/passwd') },
  { name: 'a new absolute output', words: ['-o', '/tmp/x.wasm'], path: 'tmp/x.wasm', wanted: '/tmp/x.wasm' },
  { name: 'a new relative output', words: ['-o', 'tmp/x.wasm'], path: 'tmp/x.wasm', wanted: below('tmp/x.wasm') },
  { name: 'glued', words: ['-o/tmp/x.wasm'], path: 'tmp/x.wasm', wanted: '/tmp/x.wasm' },
  { name: 'for the linker', words: ['-Wl,-Map,/tmp/x.map'], path: 'tmp/x.map', wanted: '/tmp/x.map' },
  { name: 'behind an equals sign', words: ['-fmap=/tmp/x.map'], path: 'tmp/x.map', wanted: '/tmp/x.map' },
  { name: 'the name of a folder is not its prefix', words: ['/tmp/a'], path: 'tmp/ab', wanted: below('tmp/ab') },
]) {
  test(`${name}: ${path}`, () => {
    assert.equal(new HostPaths(cwd, words).resolve(path), wanted)
  })
}
