import { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { getSystemErrorName } from 'node:util'
import { openNowhere } from '../fd/stream.ts'
import { O_CLOEXEC } from '../os/constants.ts'
import { HostBuffer } from '../os/ffi.ts'
import { close, duplicateFd } from '../os/libc.ts'
import { pipe2 } from '../os/libc-further.ts'
import { invalidValue } from './errors.ts'
import type { Stdio } from './types.ts'

/** Input, output, error. */
export type StdioList = readonly [Stdio, Stdio, Stdio]

const NAMES = ['stdin', 'stdout', 'stderr'] as const

export interface OpenedStdio {
  /** The program's ends, which are the caller's to close. */
  readonly hostFds: readonly number[]
  /** The embedding program's ends; null where it has none. */
  readonly stdin: Writable | null
  readonly stdout: Readable | null
  readonly stderr: Readable | null
}

/** @throws TypeError with the codes of Node.js */
export function readStdio(options: {
  readonly stdio?: unknown
  readonly stdin?: unknown
  readonly stdout?: unknown
  readonly stderr?: unknown
}): StdioList {
  const { stdio } = options
  const all = Array.isArray(stdio) ? stdio : [stdio, stdio, stdio]
  return NAMES.map((name, i) => {
    const value = options[name] ?? all[i] ?? 'pipe'
    const isDescriptor = typeof value === 'number' && Number.isInteger(value) && value >= 0
    if (isDescriptor || value === 'pipe' || value === 'inherit' || value === 'ignore') return value
    throw invalidValue(`options.${name}`, value, "must be 'pipe', 'inherit', 'ignore' or a file descriptor")
  }) as unknown as StdioList
}

/** @throws Error with `code`, `errno` and `syscall` if a descriptor cannot be had; nothing is then left open */
export function openStdio(stdio: StdioList): OpenedStdio {
  const hostFds: number[] = []
  const ours: (Socket | null)[] = []
  const opened = (): OpenedStdio => {
    const [stdin = null, stdout = null, stderr = null] = ours
    return { hostFds, stdin, stdout, stderr }
  }
  try {
    for (const [number, kind] of stdio.entries()) {
      const { guest, embedder } = open(number, kind)
      hostFds.push(guest)
      ours.push(embedder === undefined ? null : streamOf(embedder, number))
    }
  } catch (error) {
    closeStdio(opened())
    throw error
  }
  return opened()
}

/** Closes both ends. */
export function closeStdio({ hostFds, stdin, stdout, stderr }: OpenedStdio): void {
  for (const fd of hostFds) close(fd)
  for (const stream of [stdin, stdout, stderr]) stream?.destroy()
}

function open(number: number, kind: Stdio): { guest: number; embedder?: number } {
  if (kind === 'pipe') {
    const ends = new HostBuffer(8)
    checked('pipe2', pipe2(ends.address, O_CLOEXEC))
    const [read, write] = [ends.view.getInt32(0, true), ends.view.getInt32(4, true)]
    return number === 0 ? { guest: read, embedder: write } : { guest: write, embedder: read }
  }
  if (kind === 'ignore') {
    return { guest: checked('open', openNowhere()) }
  }
  const inherited = kind === 'inherit' ? number : kind
  // Not 0, 1 or 2: closing those does not close them.
  return { guest: checked('fcntl', duplicateFd(inherited)) }
}

/** The event loop makes this end non-blocking; the program's end is another description and stays as it is. */
function streamOf(fd: number, number: number): Socket {
  try {
    return new Socket({ fd, readable: number !== 0, writable: number === 0 })
  } catch (error) {
    close(fd)
    throw error
  }
}

function checked(syscall: string, result: number): number {
  if (result >= 0) return result
  const code = getSystemErrorName(result)
  throw Object.assign(new Error(`${syscall} ${code}`), { code, errno: result, syscall })
}
