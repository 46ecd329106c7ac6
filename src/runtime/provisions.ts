/** What a program is given at its start besides its standard streams: directories, and sockets that listen. */
import { getSystemErrorName } from 'node:util'
import { SocketAddress } from '../address/socket-address.ts'
import type { PreopenedDirectory, SocketDescriptor } from '../fd/descriptor.ts'
import { type Directory, openDirectory } from '../host/preopens.ts'
import type { Network } from '../net/network.ts'
import { close } from '../os/libc.ts'
import { reachesProcesses } from '../os/mounts.ts'
import { LoadError } from './errors.ts'

/** A socket that the process was started with. */
export interface InheritedSocket {
  readonly hostFd: number
  readonly name: string
}

/**
 * Opens all directories or none.
 * @throws LoadError for one that cannot be opened
 */
export function openDirectories(
  directories: readonly Directory[],
  warn: (message: string) => void,
): PreopenedDirectory[] {
  const opened: PreopenedDirectory[] = []
  try {
    for (const directory of directories) opened.push(preopen(directory, warn))
  } catch (error) {
    for (const { hostFd } of opened) close(hostFd)
    throw error
  }
  return opened
}

/**
 * Gives a program its sockets: those that listen, then those that are there already.
 * @param give is called with each as soon as it is open
 * @param onListen is told of each listener at the port that it got
 * @throws LoadError for one that cannot be had; those before it are given
 */
export function giveSockets(
  network: Network,
  listeners: readonly SocketAddress[],
  sockets: readonly InheritedSocket[],
  give: (socket: SocketDescriptor) => void,
  onListen: (address: SocketAddress) => void = () => {},
): void {
  for (const address of listeners) {
    const listener = openListener(network, address)
    give(listener)
    const local = new SocketAddress()
    if (network.localAddress(listener, local) === 0) onListen(local)
  }
  for (const socket of sockets) give(adoptSocket(network, socket))
}

/** @throws LoadError if it cannot listen there */
function openListener(network: Network, address: SocketAddress): SocketDescriptor {
  const listener = network.openListener(address)
  if (typeof listener !== 'number') return listener
  throw new LoadError(`error while listening on ${address}: ${errnoText(listener)}`)
}

/** @throws LoadError if it is no socket that a program can use */
function adoptSocket(network: Network, { hostFd, name }: InheritedSocket): SocketDescriptor {
  const socket = network.adopt(hostFd)
  if (typeof socket !== 'number') return socket
  throw new LoadError(`descriptor ${hostFd} (${name}): ${errnoText(socket)}`)
}

/**
 * Tells the program how many sockets it is given, and their names, as sd_listen_fds(3) does: a module has no other way to
 * know. Without directories they begin at descriptor 3, as there. What the person has set stays.
 */
export function socketVariables(
  listeners: readonly SocketAddress[],
  inheritedSockets: readonly Pick<InheritedSocket, 'name'>[],
  env: readonly string[],
): string[] {
  const names = [...listeners.map(() => 'listen'), ...inheritedSockets.map(({ name }) => name)]
  if (names.length === 0) return []
  return [`LISTEN_FDS=${names.length}`, `LISTEN_FDNAMES=${names.join(':')}`].filter(
    (variable) => !env.some((given) => given.startsWith(variable.slice(0, variable.indexOf('=') + 1))),
  )
}

function preopen(directory: Directory, warn: (message: string) => void): PreopenedDirectory {
  const opened = openDirectory(directory)
  if (typeof opened !== 'number') {
    if (reachesProcesses(directory.host)) {
      warn(`${directory.host}: /proc can be reached in it, and there the memory of this process, which knows no grants`)
    }
    return opened
  }
  const what = directory.guest === directory.host ? 'directory' : 'mapped directory'
  throw new LoadError(`error while pre-opening ${what} ${directory.host}: ${errnoText(opened)}`)
}

/** The host's name for a negative errno, or what it means where people meet it most. */
function errnoText(result: number): string {
  const name = getSystemErrorName(result)
  return (
    {
      ENOENT: 'no such file or directory',
      ENOTDIR: 'not a directory',
      EACCES: 'permission denied',
      ENOTSOCK: 'not a socket',
      EADDRINUSE: 'address in use',
    }[name] ?? name
  )
}
