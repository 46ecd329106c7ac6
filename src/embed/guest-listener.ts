import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LISTEN_BACKLOG } from '../net/network.ts'
import { AF_UNIX, O_NOFOLLOW, O_PATH, SOCK_CLOEXEC, SOCK_STREAM } from '../os/constants.ts'
import { HostBuffer } from '../os/ffi.ts'
import { bind, close, listen, socket } from '../os/libc.ts'
import { BerthError } from './errors.ts'

/** `struct sockaddr_un`: the family in two bytes, then the path with its NUL. */
const SOCKADDR_UN = { size: 110, path: 2 } as const

/**
 * A socket that listens, for a guest, and that only this process can connect to: there is no port and no path for it. The
 * guest finds it among its first descriptors, like any socket it is given, and accepts.
 */
export class GuestListener {
  /** What listens; undefined once a guest has it. */
  #listenFd: number | undefined
  /** The socket's inode, by which it is reached although its path is gone; undefined once closed. */
  #pathFd: number | undefined

  /** @throws BerthError (`ERR_BERTH_SOCKET`) if the host has no descriptors or memory left */
  constructor() {
    const directory = mkdtempSync(join(tmpdir(), 'berth-'))
    const hostFd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)
    try {
      const path = join(directory, 's')
      const bytes = Buffer.from(path)
      if (bytes.length + 1 > SOCKADDR_UN.size - SOCKADDR_UN.path) throw failed(`the path ${path} is too long`)
      const name = new HostBuffer(SOCKADDR_UN.size)
      name.view.setUint16(0, AF_UNIX, true)
      name.bytes.set(bytes, SOCKADDR_UN.path)
      const results = [hostFd, bind(hostFd, name.address, SOCKADDR_UN.size), listen(hostFd, LISTEN_BACKLOG)]
      const wrong = results.find((result) => result < 0)
      if (wrong !== undefined) throw failed(`errno ${-wrong}`)
      this.#pathFd = openSync(path, O_PATH | O_NOFOLLOW)
      this.#listenFd = hostFd
    } catch (error) {
      if (hostFd >= 0) close(hostFd)
      throw error
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  }

  /**
   * Connects to the guest.
   * @returns a Duplex; its 'error' (`ECONNREFUSED`) tells that the guest has closed its end or has ended
   */
  connect(options: { readonly allowHalfOpen?: boolean } = {}): Socket {
    if (this.#pathFd === undefined) throw failed('it is closed')
    return connect({ ...options, path: `/proc/self/fd/${this.#pathFd}` })
  }

  /** No more connections from here; those that are made stay. */
  close(): void {
    if (this.#pathFd !== undefined) closeSync(this.#pathFd)
    this.#pathFd = undefined
    this.release()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /** @internal @returns the descriptor that a guest is to get a duplicate of */
  take(name: string): number {
    if (this.#listenFd !== undefined) return this.#listenFd
    throw new BerthError('ERR_BERTH_SOCKET', `The socket '${name}' has been given to a guest before, or is closed`)
  }

  /** @internal The guest has its own by now: when that closes, nobody listens any more. */
  release(): void {
    if (this.#listenFd !== undefined) close(this.#listenFd)
    this.#listenFd = undefined
  }
}

function failed(reason: string): BerthError {
  return new BerthError('ERR_BERTH_SOCKET', `A socket for a guest to listen at cannot be made: ${reason}`)
}
