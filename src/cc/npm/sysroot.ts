import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { hashOf, publishFolder } from '../cache.ts'
import { CompilerError } from '../errors.ts'
import type { NpmToolchain } from '../find-toolchain.ts'

/**
 * The headers and libraries that the npm package holds in a tar file, unpacked into the cache: real files, since dependency
 * files name them and `make` looks for what they name.
 */
export async function npmSysroot(cache: string, toolchain: NpmToolchain): Promise<string> {
  const folder = join(cache, 'sysroot', hashOf(toolchain.identity))
  return publishFolder(folder, (partial) => {
    for (const { name, content } of filesOfTar(readFileSync(join(toolchain.folder, 'llvm-resources.tar')))) {
      const path = join(partial, name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, content)
    }
  })
}

const BLOCK = 512

/** The regular files of an archive in the ustar format. */
function* filesOfTar(archive: Buffer): Generator<{ name: string; content: Buffer }> {
  const field = (at: number, length: number) => archive.toString('latin1', at, at + length).replace(/\0.*/s, '')
  for (let at = 0; at + BLOCK <= archive.length && archive[at] !== 0; ) {
    const prefix = field(at + 257, 5) === 'ustar' ? field(at + 345, 155) : ''
    const name = join(prefix, field(at, 100))
    const size = Number.parseInt(field(at + 124, 12), 8)
    const type = field(at + 156, 1)
    const start = at + BLOCK
    if (!(size >= 0) || !['', '0', '5'].includes(type) || name.split('/').includes('..'))
      throw new CompilerError(`llvm-resources.tar: cannot read the entry '${name}'`)
    if (type !== '5') yield { name, content: archive.subarray(start, start + size) }
    at = start + Math.ceil(size / BLOCK) * BLOCK
  }
}
