import { SocketAddress } from '../address/socket-address.ts'
import { SocketDescriptor } from '../fd/descriptor.ts'
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  F_GETFL,
  F_SETFD,
  FD_CLOEXEC,
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  MSG_DONTWAIT,
  MSG_NOSIGNAL,
  MSG_PEEK,
  MSG_TRUNC,
  MSG_WAITALL,
  MSGHDR,
  O_NONBLOCK,
  SHUT_RD,
  SHUT_RDWR,
  SHUT_WR,
  SO_DOMAIN,
  SO_ERROR,
  SO_REUSEADDR,
  SO_TYPE,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SOL_SOCKET,
} from '../os/constants.ts'
import { HostErrno } from '../os/errno.ts'
import { HostBuffer } from '../os/ffi.ts'
import type { Iovecs } from '../os/iovecs.ts'
import {
  accept4,
  bind,
  close,
  connect,
  duplicateFd,
  fcntl,
  getpeername,
  getsockname,
  listen,
  recv,
  recvfrom,
  recvmsg,
  send,
  sendmsg,
  sendto,
  setNonBlockingMode,
  shutdown,
  socket,
} from '../os/libc.ts'
import { socketpair } from '../os/libc-further.ts'
import {
  isNumericHost,
  type ResolvedAddress,
  type ResolverFailure,
  type ResolverHints,
  resolve,
} from '../os/resolver.ts'
import { SockaddrBuffer } from '../os/sockaddr.ts'
import type { Operation, Policy } from '../policy/policy.ts'
import { getOption, setOption } from './options.ts'
import { HOST_RESOLVER, type Resolver } from './resolver.ts'

/** As many connections as the kernel lets wait by default (`net.core.somaxconn`). */
export const LISTEN_BACKLOG = 4096

const ADOPTED_FAMILIES = new Map<number, 4 | 6 | 'unix'>([
  [AF_INET, 4],
  [AF_INET6, 6],
  [AF_UNIX, 'unix'],
])

/** What a receive is asked to do besides receiving. */
export interface ReceiveFlags {
  readonly peek: boolean
  readonly waitAll: boolean
}

/**
 * The one door to the network: every socket operation of the project passes here, and every use of an address is asked of
 * policy before any system call. Operations answer a result of 0 or more, or a negative host errno.
 *
 * Host sockets have the guest's own blocking mode and timeouts: a call that must wait does so in the kernel.
 */
export class Network {
  readonly policy: Policy
  readonly resolver: Resolver
  /** What every socket of the host is made with. */
  protected readonly socketFlags: number = SOCK_CLOEXEC
  readonly #sockaddr = new SockaddrBuffer()
  readonly #msghdr = new HostBuffer(MSGHDR.size)
  readonly #implicit = new SocketAddress()
  readonly #peer = new SocketAddress()
  #nameDecoder: InstanceType<typeof TextDecoder> | undefined

  /** Whether the last datagram received was cut short. Streams have none, and do not change it. */
  truncated = false

  /** @param resolver who looks names up that policy allows */
  constructor(policy: Policy, resolver = HOST_RESOLVER) {
    this.policy = policy
    this.resolver = resolver
  }

  /** @returns a new socket, blocking and unbound */
  open(family: 4 | 6, protocol: 'tcp' | 'udp'): SocketDescriptor | number {
    const type = (protocol === 'tcp' ? SOCK_STREAM : SOCK_DGRAM) | this.socketFlags
    const hostFd = socket(family === 4 ? AF_INET : AF_INET6, type, 0)
    return hostFd < 0 ? hostFd : new SocketDescriptor(hostFd, family, protocol, protocol === 'tcp')
  }

  /**
   * A TCP socket that listens at an address: the person asked for it, which is the permission.
   * @returns a negative host errno if that cannot be done
   */
  openListener(address: SocketAddress): SocketDescriptor | number {
    const opened = this.open(address.family, 'tcp')
    if (typeof opened === 'number') return opened
    // A server that is started again gets its address back at once.
    setOption(opened.hostFd, SOL_SOCKET, SO_REUSEADDR, 1)
    const bound = bind(opened.hostFd, this.#sockaddr.address, this.#sockaddr.encode(address))
    const result = bound < 0 ? bound : listen(opened.hostFd, LISTEN_BACKLOG)
    if (result === 0) {
      opened.file.isBound = true
      return opened
    }
    this.close(opened)
    return result
  }

  /** A socket that this process was started with. @returns a negative host errno if `hostFd` is none that programs can use */
  adopt(hostFd: number): SocketDescriptor | number {
    const type = getOption(hostFd, SOL_SOCKET, SO_TYPE)
    if (type < 0) return type
    const domain = getOption(hostFd, SOL_SOCKET, SO_DOMAIN)
    const family = ADOPTED_FAMILIES.get(domain)
    const isStream = type === SOCK_STREAM
    if (family === undefined || (family !== 'unix' && !isStream && type !== SOCK_DGRAM)) return -HostErrno.EAFNOSUPPORT
    const closesOnExec = fcntl(hostFd, F_SETFD, FD_CLOEXEC)
    if (closesOnExec < 0) return closesOnExec
    const protocol = family === 'unix' ? 'unix' : isStream ? 'tcp' : 'udp'
    const adopted = new SocketDescriptor(hostFd, family, protocol, isStream)
    adopted.file.isBound = true
    adopted.file.nonBlocking = (fcntl(hostFd, F_GETFL, 0) & O_NONBLOCK) !== 0
    return adopted
  }

  /** @param type the host's socket type, without flags. @returns a Unix-domain socket without a name, blocking */
  openUnix(type: number): SocketDescriptor | number {
    const hostFd = socket(AF_UNIX, type | this.socketFlags, 0)
    return hostFd < 0 ? hostFd : new SocketDescriptor(hostFd, 'unix', 'unix', type === SOCK_STREAM)
  }

  /** Two connected Unix-domain sockets; they reach each other and nobody else. */
  openUnixPair(type: number): [SocketDescriptor, SocketDescriptor] | number {
    const fds = new HostBuffer(8)
    const result = socketpair(AF_UNIX, type | this.socketFlags, 0, fds.address)
    if (result < 0) return result
    const made = (offset: number) =>
      new SocketDescriptor(fds.view.getInt32(offset, true), 'unix', 'unix', type === SOCK_STREAM)
    return [made(0), made(4)]
  }

  /** @returns a host descriptor of its own for a duplicate, or a negative host errno */
  duplicate(descriptor: SocketDescriptor): number {
    return duplicateFd(descriptor.hostFd)
  }

  /** @param _isLast whether no duplicate is left */
  close(descriptor: SocketDescriptor, _isLast = true): number {
    return close(descriptor.hostFd)
  }

  bind(descriptor: SocketDescriptor, address: SocketAddress): number {
    if (!this.policy.allows('bind', descriptor.protocol, address)) return -HostErrno.EACCES
    return descriptor.file.exclusively(() => {
      const result = this.#narrowed(descriptor, 'bind', address, () =>
        bind(descriptor.hostFd, this.#sockaddr.address, this.#sockaddr.encode(address)),
      )
      if (result === 0) descriptor.file.isBound = true
      return result
    })
  }

  /** A socket that was never bound is bound by the kernel, to every address of the host: that is a use of the wildcard. */
  listen(descriptor: SocketDescriptor, backlog: number): number {
    if (descriptor.protocol !== 'tcp') return listen(descriptor.hostFd, backlog)
    return descriptor.file.exclusively(() => this.#listen(descriptor, backlog))
  }

  #listen(descriptor: SocketDescriptor, backlog: number): number {
    if (descriptor.file.isBound) return listen(descriptor.hostFd, backlog)
    const local = this.#implicit
    const named = this.localAddress(descriptor, local)
    if (named < 0) return named
    // A port that a connection was given goes with it, perhaps before the kernel listens.
    if (local.family === 4) local.setIpv4(0, 0)
    else local.setIpv6(0, 0, 0, 0, 0)
    if (!this.policy.allows('listen', descriptor.protocol, local)) return -HostErrno.EACCES
    return this.#narrowed(descriptor, 'listen', local, () => listen(descriptor.hostFd, backlog))
  }

  /**
   * Runs a call that binds `address`. An IPv6 socket bound to the wildcard takes IPv4 peers as well, unless it is
   * IPv6-only: where the pool does not grant the IPv4 wildcard too, the socket is made IPv6-only first.
   */
  #narrowed(descriptor: SocketDescriptor, operation: Operation, address: SocketAddress, call: () => number): number {
    const takesBoth = descriptor.family === 6 && address.isWildcard && !address.isIpv4Mapped
    if (!takesBoth || this.policy.wouldAllow(operation, SocketAddress.ipv4(0))) return call()
    const before = getOption(descriptor.hostFd, IPPROTO_IPV6, IPV6_V6ONLY)
    const narrowed = before === 0 && setOption(descriptor.hostFd, IPPROTO_IPV6, IPV6_V6ONLY, 1) === 0
    const result = call()
    if (narrowed && result < 0) setOption(descriptor.hostFd, IPPROTO_IPV6, IPV6_V6ONLY, 0)
    return result
  }

  connect(descriptor: SocketDescriptor, address: SocketAddress): number {
    if (!this.policy.allows('connect', descriptor.protocol, address)) return -HostErrno.EACCES
    const length = this.#sockaddr.encode(address)
    for (;;) {
      const result = connect(descriptor.hostFd, this.#sockaddr.address, length)
      // Interrupted (the process was stopped and continued), the kernel goes on connecting; asked again, it waits on.
      if (result === -HostErrno.EINTR && !descriptor.isClosing()) continue
      // Of a failed attempt whose error `poll` has taken, the kernel only knows that it failed.
      const isTold = result === -HostErrno.ECONNABORTED && descriptor.file.pendingError !== 0
      return isTold ? takePendingError(descriptor) : result
    }
  }

  /** What the kernel has answered to a `connect` becomes what the program is told. */
  awaitConnection(_descriptor: SocketDescriptor, result: number): number {
    return result
  }

  /** Dissolves an association (`connect` with AF_UNSPEC). A stream may then be bound and connected anew, each judged anew. */
  disconnect(descriptor: SocketDescriptor): number {
    return descriptor.file.exclusively(() =>
      connect(descriptor.hostFd, this.#sockaddr.address, this.#sockaddr.encodeUnspecified()),
    )
  }

  accept(descriptor: SocketDescriptor, nonBlocking: boolean): SocketDescriptor | number {
    const flags = this.socketFlags | (nonBlocking ? SOCK_NONBLOCK : 0)
    for (;;) {
      this.#sockaddr.expect()
      const hostFd = accept4(descriptor.hostFd, this.#sockaddr.address, this.#sockaddr.lengthAddress, flags)
      if (hostFd === -HostErrno.EINTR && !descriptor.isClosing()) continue
      if (hostFd < 0) return hostFd
      const accepted = new SocketDescriptor(hostFd, descriptor.family, descriptor.protocol, descriptor.isStream)
      accepted.file.nonBlocking = nonBlocking
      accepted.file.localPath = descriptor.file.localPath
      if (this.#sockaddr.decode(this.#peer)) accepted.file.acceptedPeer = this.#peer.kept()
      return accepted
    }
  }

  /** A socket whose addresses are of another kind answers EAFNOSUPPORT; see `UnixNames`. */
  localAddress(descriptor: SocketDescriptor, into: SocketAddress): number {
    this.#sockaddr.expect()
    const result = getsockname(descriptor.hostFd, this.#sockaddr.address, this.#sockaddr.lengthAddress)
    return result < 0 || this.#sockaddr.decode(into) ? result : -HostErrno.EAFNOSUPPORT
  }

  remoteAddress(descriptor: SocketDescriptor, into: SocketAddress): number {
    const { acceptedPeer } = descriptor.file
    if (acceptedPeer !== undefined) {
      descriptor.file.acceptedPeer = undefined
      into.restore(acceptedPeer)
      return 0
    }
    this.#sockaddr.expect()
    const result = getpeername(descriptor.hostFd, this.#sockaddr.address, this.#sockaddr.lengthAddress)
    return result < 0 || this.#sockaddr.decode(into) ? result : -HostErrno.EAFNOSUPPORT
  }

  /** @returns bytes received; 0 is the end of a stream or an empty datagram. Sets {@link truncated}. */
  receive(descriptor: SocketDescriptor, buffers: Iovecs, { peek, waitAll }: ReceiveFlags): number {
    const flags = (peek ? MSG_PEEK : 0) | (waitAll ? MSG_WAITALL : 0)
    if (descriptor.file.pendingError === 0) return this.#receive(descriptor, buffers, flags)
    // What a stream received before its error still comes first, as from the kernel.
    const received = descriptor.isStream ? this.#receive(descriptor, buffers, flags | MSG_DONTWAIT) : 0
    return received > 0 ? received : takePendingError(descriptor)
  }

  #receive(descriptor: SocketDescriptor, buffers: Iovecs, flags: number): number {
    if (buffers.count > 1) {
      this.#prepareMessage(buffers, 0)
      return this.#receiveMessage(descriptor, buffers, flags)
    }
    const { firstAddress, firstBytes } = buffers
    // On a datagram MSG_TRUNC asks for its true length; on a stream it would throw the data away.
    const { isStream } = descriptor
    if (!isStream) flags |= MSG_TRUNC
    for (;;) {
      const received = recv(descriptor.hostFd, firstAddress, firstBytes, flags)
      if (received === -HostErrno.EINTR && !descriptor.isClosing()) continue
      return isStream ? received : this.#cut(received, firstBytes)
    }
  }

  /** Like {@link receive}; also fills `from`. A stream's sender is its peer. */
  receiveFrom(descriptor: SocketDescriptor, buffers: Iovecs, receiveFlags: ReceiveFlags, from: SocketAddress): number {
    if (descriptor.isStream) {
      const received = this.receive(descriptor, buffers, receiveFlags)
      // The peer may be gone and its address with it.
      if (received >= 0 && this.remoteAddress(descriptor, from) < 0) setUnknown(from, descriptor)
      return received
    }
    if (descriptor.file.pendingError !== 0) return takePendingError(descriptor)
    const flags = (receiveFlags.peek ? MSG_PEEK : 0) | (receiveFlags.waitAll ? MSG_WAITALL : 0)
    this.#sockaddr.expect()
    let received: number
    if (buffers.count > 1) {
      this.#prepareMessage(buffers, this.#sockaddr.receiveLength)
      received = this.#receiveMessage(descriptor, buffers, flags)
    } else {
      const { address, lengthAddress } = this.#sockaddr
      const { firstAddress, firstBytes } = buffers
      const { hostFd } = descriptor
      do {
        received = recvfrom(hostFd, firstAddress, firstBytes, flags | MSG_TRUNC, address, lengthAddress)
      } while (received === -HostErrno.EINTR && !descriptor.isClosing())
      received = this.#cut(received, firstBytes)
    }
    if (received >= 0 && !this.#sockaddr.decode(from)) setUnknown(from, descriptor)
    return received
  }

  /** @param received the true length of a datagram, or a negative host errno. @returns what there was room for */
  #cut(received: number, roomBytes: number): number {
    this.truncated = received > roomBytes
    return this.truncated ? roomBytes : received
  }

  #receiveMessage(descriptor: SocketDescriptor, buffers: Iovecs, flags: number): number {
    for (;;) {
      const received = recvmsg(descriptor.hostFd, this.#msghdr.address, flags)
      if (received === -HostErrno.EINTR && !descriptor.isClosing()) continue
      this.truncated = received >= 0 && (this.#msghdr.view.getUint32(MSGHDR.flags, true) & MSG_TRUNC) !== 0
      return Math.min(received, buffers.totalBytes)
    }
  }

  /** @returns bytes sent, which may be fewer than asked for */
  send(descriptor: SocketDescriptor, buffers: Iovecs): number {
    if (descriptor.file.pendingError !== 0) return takePendingError(descriptor)
    const many = buffers.count > 1
    if (many) this.#prepareMessage(buffers, 0)
    for (;;) {
      const sent = many
        ? sendmsg(descriptor.hostFd, this.#msghdr.address, MSG_NOSIGNAL)
        : send(descriptor.hostFd, buffers.firstAddress, buffers.firstBytes, MSG_NOSIGNAL)
      if (sent !== -HostErrno.EINTR || descriptor.isClosing()) return sent
    }
  }

  /**
   * Sends to an address. A socket that has none of its own yet is bound by the kernel to the wildcard address and a free
   * port; the permission to send to `to` includes that, since no datagram could leave otherwise.
   */
  sendTo(descriptor: SocketDescriptor, buffers: Iovecs, to: SocketAddress): number {
    if (!this.policy.allows('send to', descriptor.protocol, to)) return -HostErrno.EACCES
    if (descriptor.file.pendingError !== 0) return takePendingError(descriptor)
    const length = this.#sockaddr.encode(to)
    const { address } = this.#sockaddr
    const many = buffers.count > 1
    if (many) this.#prepareMessage(buffers, length)
    for (;;) {
      const sent = many
        ? sendmsg(descriptor.hostFd, this.#msghdr.address, MSG_NOSIGNAL)
        : sendto(descriptor.hostFd, buffers.firstAddress, buffers.firstBytes, MSG_NOSIGNAL, address, length)
      if (sent !== -HostErrno.EINTR || descriptor.isClosing()) return sent
    }
  }

  #prepareMessage(buffers: Iovecs, addressBytes: number): void {
    const { view } = this.#msghdr
    this.#msghdr.setPointer(MSGHDR.name, addressBytes === 0 ? 0 : this.#sockaddr.address)
    view.setUint32(MSGHDR.namelen, addressBytes, true)
    this.#msghdr.setPointer(MSGHDR.iov, buffers.layOut())
    view.setUint32(MSGHDR.iovlen, buffers.count, true)
    view.setUint32(MSGHDR.flags, 0, true)
  }

  shutdown(descriptor: SocketDescriptor, directions: { read: boolean; write: boolean }): number {
    const how = directions.read ? (directions.write ? SHUT_RDWR : SHUT_RD) : SHUT_WR
    return shutdown(descriptor.hostFd, how)
  }

  setNonBlocking(descriptor: SocketDescriptor, nonBlocking: boolean): number {
    const result = setNonBlockingMode(descriptor.hostFd, nonBlocking)
    if (result === 0) descriptor.file.nonBlocking = nonBlocking
    return result
  }

  /** The program has set an option by its number, to what lies at the beginning of `_value`. */
  optionChanged(_socket: SocketDescriptor, _level: number, _option: number, _value: Uint8Array): void {}

  /** Takes the error that made `poll` report a socket, to be reported and still to be met by the next operation. */
  pollError(descriptor: SocketDescriptor): number {
    if (descriptor.file.pendingError === 0) {
      descriptor.file.pendingError = Math.max(0, getOption(descriptor.hostFd, SOL_SOCKET, SO_ERROR))
    }
    return descriptor.file.pendingError
  }

  /** @param group the multicast group; its port is not looked at */
  mayJoin(descriptor: SocketDescriptor, group: SocketAddress): boolean {
    return this.policy.allows('join group', descriptor.protocol, group)
  }

  /**
   * Whether a name may be looked up. Numeric addresses are no names and need no permission: what may be done with them is
   * asked when they are used.
   */
  mayLookUp(host: Uint8Array): boolean {
    if (isNumericHost(host)) return true
    // Made by the first name: most programs look none up, and making one takes longer than a look at the pattern list.
    this.#nameDecoder ??= new TextDecoder('utf-8', { ignoreBOM: true })
    return this.policy.allowsName(this.#nameDecoder.decode(host))
  }

  resolve(
    host: Uint8Array,
    service: Uint8Array | undefined,
    hints: ResolverHints | undefined,
  ): readonly ResolvedAddress[] | ResolverFailure {
    if (host.length === 0) return 'not found'
    if (!this.mayLookUp(host)) return { hostErrno: HostErrno.EACCES }
    return resolve(host, service, hints, this.resolver.addressInfo)
  }
}

/** No address, in the socket's own family: callers size their buffers by it. */
export function setUnknown(address: SocketAddress, { family }: SocketDescriptor): void {
  if (family === 6) address.setIpv6(0, 0, 0, 0, 0)
  else address.setIpv4(0, 0)
}

/** The error that `poll` has told of and that the next operation meets, as a negative host errno. */
export function takePendingError(descriptor: SocketDescriptor): number {
  const error = descriptor.file.pendingError
  descriptor.file.pendingError = 0
  return -error
}
