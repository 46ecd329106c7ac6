/** What lies outside and must stay as it is, unseen. */
import assert from 'node:assert/strict'
import {
  chmodSync,
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

/** Bytes that no file inside has, so that they are known wherever they turn up; and a length that no other file has. */
export const SECRET = 'what is outside stays outside: 7d1b1b2c5f'

/** A directory outside, full of what a guest might want: files, directories, links. */
export function makeSentinel(root: string): void {
  mkdirSync(join(root, 'dir/deep'), { recursive: true })
  mkdirSync(join(root, 'empty'))
  for (const [name, mode] of [
    ['secret', 0o640],
    ['program', 0o755],
    ['dir/secret', 0o600],
    ['dir/deep/secret', 0o444],
  ] as const) {
    writeFileSync(join(root, name), SECRET)
    chmodSync(join(root, name), mode)
    // Read since, but before it was written: whoever reads it next moves the first of these times.
    utimesSync(join(root, name), 1_000_000_000, 1_100_000_000)
  }
  symlinkSync('secret', join(root, 'link'))
  symlinkSync('dir', join(root, 'link-to-dir'))
}

/** All that can be said about a tree: names, kinds, modes, owners, times, contents, inodes, by path. */
export function snapshot(root: string): Map<string, string> {
  const entries = new Map<string, string>()
  // Reading a directory or a link may move its time of access, once: so the times of those are not compared.
  const visit = (path: string, name: string) => {
    const { ino, mode, nlink, uid, gid, size, atimeNs, mtimeNs, ctimeNs } = lstatSync(path, { bigint: true })
    const facts = [ino, mode.toString(8), nlink, uid, gid, size, mtimeNs, ctimeNs]
    const { S_IFMT, S_IFDIR, S_IFLNK } = constants
    const kind = Number(mode) & S_IFMT
    let content = ''
    if (kind === S_IFLNK) content = readlinkSync(path)
    else if (kind !== S_IFDIR) {
      facts.push(atimeNs)
      content = readUnseen(path)
    }
    entries.set(name, [...facts, content].join(' '))
    if (kind === S_IFDIR) for (const entry of readdirSync(path)) visit(join(path, entry), `${name}/${entry}`)
  }
  visit(root, '.')
  return entries
}

/** Reads without moving the time of access. */
function readUnseen(path: string): string {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOATIME)
  try {
    return readFileSync(fd, 'latin1')
  } finally {
    closeSync(fd)
  }
}

/** The paths of all that there is in a tree, the tree itself first; no link is followed. */
export function everything(root: string): string[] {
  if (!lstatSync(root).isDirectory()) return [root]
  return [root, ...readdirSync(root).flatMap((name) => everything(join(root, name)))]
}

/** The inodes of a tree. */
export function inodes(root: string): Set<string> {
  return new Set(everything(root).map((path) => `${lstatSync(path, { bigint: true }).ino}`))
}

export function assertUnchanged(before: Map<string, string>, root: string, what: string): void {
  assert.deepEqual([...snapshot(root)], [...before], `${what}: something outside was changed`)
}
