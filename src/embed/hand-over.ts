/**
 * Sockets of the embedding program that a guest is given.
 *
 * An object of Node.js is moved: the guest gets a descriptor of its own for the same socket, in blocking mode as a program
 * expects, and the object is closed here without a word to the peer. A number is shared: it stays open here, its mode is as
 * it was, and whoever has it closes it.
 */
import type { Socket as DatagramSocket } from 'node:dgram'
import { linkSync, renameSync } from 'node:fs'
import type { Server, Socket } from 'node:net'
import { getOption } from '../net/options.ts'
import { SO_TYPE, SOL_SOCKET } from '../os/constants.ts'
import { close, duplicateFd, setNonBlockingMode } from '../os/libc.ts'
import type { InheritedSocket } from '../runtime/provisions.ts'
import { BerthError, invalidType, outOfRange } from './errors.ts'
import { GuestListener } from './guest-listener.ts'
import { list } from './options.ts'

/** A socket before it is handed over. */
interface Source {
  readonly hostFd: number
  /** Lets go of what is moved, once the guest has it. */
  readonly release: () => void
  readonly isMoved: boolean
}

/**
 * Takes all of them or none, in their order.
 * @returns descriptors that the caller must close or hand on
 * @throws TypeError, RangeError; BerthError (`ERR_BERTH_SOCKET`) for a socket that cannot be handed over as it is
 */
export function takeSockets(value: unknown): InheritedSocket[] {
  const sources = list(value, 'options.sockets').map((socket, i) => sourceOf(socket, `options.sockets[${i}]`))
  const numbers = sources.map(({ hostFd }) => hostFd)
  const twice = numbers.findIndex((fd, i) => numbers.indexOf(fd) !== i)
  if (twice >= 0) throw refused(`options.sockets[${twice}]`, 'is there twice')
  const taken: InheritedSocket[] = []
  try {
    for (const [i, { hostFd }] of sources.entries()) {
      const copy = getOption(hostFd, SOL_SOCKET, SO_TYPE) < 0 ? -1 : duplicateFd(hostFd)
      if (copy < 0) throw refused(`options.sockets[${i}]`, `is no open socket (descriptor ${hostFd})`)
      taken.push({ hostFd: copy, name: socketName(i) })
    }
    for (const { release } of sources) release()
  } catch (error) {
    for (const { hostFd } of taken) close(hostFd)
    throw error
  }
  for (const [i, { isMoved }] of sources.entries()) if (isMoved) setNonBlockingMode(taken[i]!.hostFd, false)
  return taken
}

/** Under which a program finds it in LISTEN_FDNAMES. */
export function socketName(i: number): string {
  return `socket${i}`
}

function sourceOf(value: unknown, name: string): Source {
  if (typeof value === 'number') {
    if (!Number.isInteger(value) || value < 0) throw outOfRange(name, 'a descriptor', value)
    return { hostFd: value, release: () => {}, isMoved: false }
  }
  if (value instanceof GuestListener) return { hostFd: value.take(name), release: () => value.release(), isMoved: true }
  if (typeof value === 'object' && value !== null) {
    if (isDatagramSocket(value)) return datagramSource(value, name)
    if ('encrypted' in value)
      throw refused(name, 'is a TLS socket: its bytes are encrypted. Hand over what is below it')
    if (isServer(value)) return serverSource(value, name)
    if (isConnection(value)) return connectionSource(value, name)
  }
  throw invalidType(name, 'a net.Server, a net.Socket, a dgram.Socket, a GuestListener or a descriptor', value)
}

type Handle = { readonly fd?: number } | null | undefined

// By their methods, since several copies of a class exist under test runners and other runtimes.
const has = (value: object, ...methods: string[]): boolean =>
  methods.every((method) => typeof (value as Record<string, unknown>)[method] === 'function')
const isServer = (value: object): value is Server => has(value, 'listen', 'close', 'getConnections')
const isConnection = (value: object): value is Socket => has(value, 'connect', 'destroy', 'setNoDelay')
const isDatagramSocket = (value: object): value is DatagramSocket => has(value, 'addMembership', 'close', 'bind')

function descriptorOf(handle: Handle, name: string, otherwise: string): number {
  const fd = handle?.fd
  if (typeof fd === 'number' && fd >= 0) return fd
  throw refused(name, otherwise)
}

function connectionSource(socket: Socket, name: string): Source {
  if (socket.connecting) throw refused(name, 'is not connected yet')
  const handle = (socket as unknown as { _handle: Handle })._handle
  const hostFd = descriptorOf(handle, name, 'is closed, or has no descriptor of its own')
  // Once read, bytes are no longer in the socket; not yet written, they would come after the guest's.
  if (socket.readableLength > 0) {
    const advice = "hand it over in the 'connection' event itself, or make the server with pauseOnConnect"
    throw refused(name, `has ${socket.readableLength} bytes that were read and not consumed: ${advice}`)
  }
  if (socket.writableLength > 0) throw refused(name, `has ${socket.writableLength} bytes that are not sent yet`)
  return { hostFd, release: () => socket.destroy(), isMoved: true }
}

function serverSource(server: Server, name: string): Source {
  const handle = (server as unknown as { _handle: Handle })._handle
  const hostFd = descriptorOf(handle, name, 'does not listen, or not by a descriptor of this process')
  const address = server.address()
  return {
    hostFd,
    release: () => closeServer(server, typeof address === 'string' ? address : undefined),
    isMoved: true,
  }
}

/** Closing a server of a path removes the path, by which the guest is to be reached. */
function closeServer(server: Server, path: string | undefined): void {
  if (path === undefined || path.startsWith('\0')) {
    server.close()
    return
  }
  const spare = `${path}.${process.pid}`
  linkSync(path, spare)
  server.close()
  renameSync(spare, path)
}

function datagramSource(socket: DatagramSocket, name: string): Source {
  const state = Object.getOwnPropertySymbols(socket).find(({ description }) => description === 'state symbol')
  const handle = state && (socket as unknown as Record<symbol, { handle?: Handle }>)[state]?.handle
  const hostFd = descriptorOf(handle, name, 'is not bound yet')
  return { hostFd, release: () => void socket.close(), isMoved: true }
}

function refused(name: string, reason: string): BerthError {
  return new BerthError('ERR_BERTH_SOCKET', `The socket '${name}' ${reason}`)
}
