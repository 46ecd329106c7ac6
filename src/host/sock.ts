import { Errno } from '../abi/errno.ts'
import { ALL_FD_FLAGS, FdFlags, RiFlags, Rights, RoFlags, SdFlags } from '../abi/preview1.ts'
import type { SOCK_SIGNATURES } from '../abi/signatures.ts'
import { Addr, AddressFamily, AddrInfo, AddrInfoHints, SockType } from '../abi/sock.ts'
import { SocketAddress } from '../address/socket-address.ts'
import { rightsMask } from '../fd/descriptor.ts'
import type { ReceiveFlags } from '../net/network.ts'
import { HostErrno } from '../os/errno.ts'
import type { ResolverFailure, ResolverHints } from '../os/resolver.ts'
import { readAddr, writeAddr } from './address.ts'
import { errnoOf, type Host, type HostFunctions } from './host.ts'

const ALL_RI_FLAGS = RiFlags.RECV_PEEK | RiFlags.RECV_WAITALL
const ALL_SD_FLAGS = SdFlags.RD | SdFlags.WR

/** Longer names are not resolved: glibc's NI_MAXHOST. */
const MAX_NAME_BYTES = 1024

const NO_RIGHTS = rightsMask(0n)
const BIND = rightsMask(Rights.SOCK_BIND)
const ACCEPT = rightsMask(Rights.SOCK_ACCEPT | Rights.SOCK_ACCEPT_EXT)
const RECV = rightsMask(Rights.FD_READ | Rights.SOCK_RECV)
const RECV_FROM = rightsMask(Rights.FD_READ | Rights.SOCK_RECV_FROM)
const SEND = rightsMask(Rights.FD_WRITE | Rights.SOCK_SEND)
const SEND_TO = rightsMask(Rights.FD_WRITE | Rights.SOCK_SEND_TO)
const ADDR_LOCAL = rightsMask(Rights.SOCK_ADDR_LOCAL)
const ADDR_REMOTE = rightsMask(Rights.SOCK_ADDR_REMOTE)
const SHUTDOWN = rightsMask(Rights.SOCK_SHUTDOWN)

/** By the two bits of `riflags`; made once, since a receive must create nothing. */
const RECEIVE_FLAGS: readonly ReceiveFlags[] = [0, 1, 2, 3].map((bits) => ({
  peek: (bits & RiFlags.RECV_PEEK) !== 0,
  waitAll: (bits & RiFlags.RECV_WAITALL) !== 0,
}))

/** The 14 socket functions that are not options. Source: the extension's header; WASI snapshot-01 for the four it has. */
export function sockFunctions(host: Host): HostFunctions<keyof typeof SOCK_SIGNATURES> {
  const { memory, network, table } = host
  const address = new SocketAddress()

  return {
    /** The pool descriptor (`poolFd`) is a leftover of an older design and ignored. */
    sock_open(_poolFd, family, type, fdPtr) {
      fdPtr >>>= 0
      if (!memory.contains(fdPtr, 4)) return Errno.FAULT
      if (!table.hasRoom) return Errno.MFILE
      // As the original reads them: any family but INET6 is IPv4, any type but DGRAM a stream.
      const opened = network.open(family === AddressFamily.INET6 ? 6 : 4, type === SockType.DGRAM ? 'udp' : 'tcp')
      if (typeof opened === 'number') return errnoOf(opened)
      memory.setU32(fdPtr, table.add(opened))
      return Errno.SUCCESS
    },

    sock_bind(fd, addrPtr) {
      addrPtr >>>= 0
      if (!memory.contains(addrPtr, Addr.size)) return Errno.FAULT
      const socket = host.socket(fd, BIND)
      if (typeof socket === 'number') return socket
      if (!readAddr(memory, addrPtr, address)) return Errno.PROTONOSUPPORT
      return errnoOf(network.bind(socket, address))
    },

    sock_listen(fd, backlog) {
      const socket = host.socket(fd, NO_RIGHTS)
      if (typeof socket === 'number') return socket
      return errnoOf(network.listen(socket, backlog))
    },

    sock_connect(fd, addrPtr) {
      addrPtr >>>= 0
      if (!memory.contains(addrPtr, Addr.size)) return Errno.FAULT
      const socket = host.socket(fd, NO_RIGHTS)
      if (typeof socket === 'number') return socket
      if (!readAddr(memory, addrPtr, address)) return Errno.PROTONOSUPPORT
      return errnoOf(network.connect(socket, address))
    },

    /** Of `fdflags` only NONBLOCK means something to a socket; the accepted socket does not inherit the listener's. */
    sock_accept(fd, fdFlags, fdPtr) {
      fdPtr >>>= 0
      if (!memory.contains(fdPtr, 4)) return Errno.FAULT
      const socket = host.socket(fd, ACCEPT)
      if (typeof socket === 'number') return socket
      if ((fdFlags & ~ALL_FD_FLAGS) !== 0) return Errno.INVAL
      // Asked before: a connection that no number can be given to would be lost.
      if (!table.hasRoom) return Errno.MFILE
      host.spinUntilReadable(socket)
      const accepted = network.accept(socket, (fdFlags & FdFlags.NONBLOCK) !== 0)
      if (typeof accepted === 'number') return errnoOf(accepted)
      memory.setU32(fdPtr, table.add(accepted))
      return Errno.SUCCESS
    },

    sock_addr_local(fd, addrPtr) {
      addrPtr >>>= 0
      if (!memory.contains(addrPtr, Addr.size)) return Errno.FAULT
      const socket = host.socket(fd, ADDR_LOCAL)
      if (typeof socket === 'number') return socket
      const result = network.localAddress(socket, address)
      if (result === 0) writeAddr(memory, addrPtr, address)
      return errnoOf(result)
    },

    sock_addr_remote(fd, addrPtr) {
      addrPtr >>>= 0
      if (!memory.contains(addrPtr, Addr.size)) return Errno.FAULT
      const socket = host.socket(fd, ADDR_REMOTE)
      if (typeof socket === 'number') return socket
      const result = network.remoteAddress(socket, address)
      if (result === 0) writeAddr(memory, addrPtr, address)
      return errnoOf(result)
    },

    /**
     * @param capacity entries that fit at `infoPtr`, 28 bytes each; the number found is stored at `countPtr` even if it is
     *   larger, so that the caller can come back with more room
     */
    sock_addr_resolve(hostPtr, servicePtr, hintsPtr, infoPtr, capacity, countPtr) {
      hintsPtr >>>= 0
      infoPtr >>>= 0
      capacity >>>= 0
      countPtr >>>= 0
      const name = memory.cString(hostPtr >>> 0, MAX_NAME_BYTES)
      const service = memory.cString(servicePtr >>> 0, MAX_NAME_BYTES)
      if (!memory.contains(hintsPtr, AddrInfoHints.size) || !memory.contains(countPtr, 4)) return Errno.FAULT
      if (!memory.contains(infoPtr, capacity * AddrInfo.size)) return Errno.FAULT
      if (name === undefined || service === undefined) return Errno.FAULT
      const found = network.resolve(name, service.length === 0 ? undefined : service, readHints(hintsPtr))
      if (!Array.isArray(found)) return resolverErrno(found as ResolverFailure)
      for (let i = 0; i < Math.min(found.length, capacity); i++) {
        const at = infoPtr + i * AddrInfo.size
        writeAddr(memory, at + AddrInfo.addr, found[i].address)
        memory.setU32(at + AddrInfo.type, found[i].type === 'stream' ? SockType.STREAM : SockType.DGRAM)
      }
      memory.setU32(countPtr, found.length)
      return Errno.SUCCESS
    },

    sock_recv(fd, iovsPtr, iovsLen, riFlags, sizePtr, roFlagsPtr) {
      sizePtr >>>= 0
      roFlagsPtr >>>= 0
      if (!memory.contains(sizePtr, 4) || !memory.contains(roFlagsPtr, 2)) return Errno.FAULT
      const loaded = host.loadIovecs(iovsPtr >>> 0, iovsLen >>> 0)
      if (loaded !== Errno.SUCCESS) return loaded
      const socket = host.socket(fd, RECV)
      if (typeof socket === 'number') return socket
      if ((riFlags & ~ALL_RI_FLAGS) !== 0) return Errno.INVAL
      host.spinUntilReadable(socket)
      const received = network.receive(socket, host.iovecs, RECEIVE_FLAGS[riFlags]!)
      if (received < 0) return errnoOf(received)
      memory.setU32(sizePtr, received)
      memory.setU16(roFlagsPtr, !socket.isStream && network.truncated ? RoFlags.RECV_DATA_TRUNCATED : 0)
      return Errno.SUCCESS
    },

    sock_recv_from(fd, iovsPtr, iovsLen, riFlags, addrPtr, sizePtr) {
      addrPtr >>>= 0
      sizePtr >>>= 0
      if (!memory.contains(addrPtr, Addr.size) || !memory.contains(sizePtr, 4)) return Errno.FAULT
      const loaded = host.loadIovecs(iovsPtr >>> 0, iovsLen >>> 0)
      if (loaded !== Errno.SUCCESS) return loaded
      const socket = host.socket(fd, RECV_FROM)
      if (typeof socket === 'number') return socket
      if ((riFlags & ~ALL_RI_FLAGS) !== 0) return Errno.INVAL
      host.spinUntilReadable(socket)
      const received = network.receiveFrom(socket, host.iovecs, RECEIVE_FLAGS[riFlags]!, address)
      if (received < 0) return errnoOf(received)
      writeAddr(memory, addrPtr, address)
      memory.setU32(sizePtr, received)
      return Errno.SUCCESS
    },

    /** No `siflags` are defined. */
    sock_send(fd, iovsPtr, iovsLen, siFlags, sizePtr) {
      sizePtr >>>= 0
      if (!memory.contains(sizePtr, 4)) return Errno.FAULT
      const loaded = host.loadIovecs(iovsPtr >>> 0, iovsLen >>> 0)
      if (loaded !== Errno.SUCCESS) return loaded
      const socket = host.socket(fd, SEND)
      if (typeof socket === 'number') return socket
      if (siFlags !== 0) return Errno.INVAL
      const sent = network.send(socket, host.iovecs)
      if (sent < 0) return errnoOf(sent)
      memory.setU32(sizePtr, sent)
      return Errno.SUCCESS
    },

    sock_send_to(fd, iovsPtr, iovsLen, siFlags, addrPtr, sizePtr) {
      addrPtr >>>= 0
      sizePtr >>>= 0
      if (!memory.contains(addrPtr, Addr.size) || !memory.contains(sizePtr, 4)) return Errno.FAULT
      const loaded = host.loadIovecs(iovsPtr >>> 0, iovsLen >>> 0)
      if (loaded !== Errno.SUCCESS) return loaded
      const socket = host.socket(fd, SEND_TO)
      if (typeof socket === 'number') return socket
      if (siFlags !== 0) return Errno.INVAL
      if (!readAddr(memory, addrPtr, address)) return Errno.PROTONOSUPPORT
      const sent = network.sendTo(socket, host.iovecs, address)
      if (sent < 0) return errnoOf(sent)
      memory.setU32(sizePtr, sent)
      return Errno.SUCCESS
    },

    sock_shutdown(fd, how) {
      const socket = host.socket(fd, SHUTDOWN)
      if (typeof socket === 'number') return socket
      if (how === 0 || (how & ~ALL_SD_FLAGS) !== 0) return Errno.INVAL
      return errnoOf(network.shutdown(socket, { read: (how & SdFlags.RD) !== 0, write: (how & SdFlags.WR) !== 0 }))
    },

    sock_close(fd) {
      const socket = host.socket(fd, NO_RIGHTS)
      if (typeof socket === 'number') return socket
      const removed = table.remove(fd)
      // Another thread may have been quicker.
      return removed === undefined ? Errno.BADF : errnoOf(host.release(removed))
    },
  }

  function readHints(ptr: number): ResolverHints | undefined {
    if (memory.u8(ptr + AddrInfoHints.enabled) === 0) return undefined
    const type = memory.i32(ptr + AddrInfoHints.type)
    const family = memory.u32(ptr + AddrInfoHints.family)
    return {
      type: type === SockType.ANY ? 'any' : type === SockType.STREAM ? 'stream' : 'datagram',
      family: family === AddressFamily.INET_UNSPEC ? 'any' : family === AddressFamily.INET4 ? 4 : 6,
    }
  }
}

/**
 * The guest library turns these into `EAI_…` codes. Where the original answers an errno of its own for a failure it is
 * kept, except for the non-recoverable one: its EFAULT would look like a bad pointer.
 */
function resolverErrno(failure: ResolverFailure): Errno {
  if (typeof failure === 'object') return errnoOf(-failure.hostErrno)
  switch (failure) {
    case 'not found':
      return Errno.INVAL
    case 'service unknown':
      return Errno.PROTONOSUPPORT
    case 'family or type not supported':
      return Errno.AFNOSUPPORT
    case 'try again':
      return Errno.AGAIN
    case 'no memory':
      return errnoOf(-HostErrno.ENOMEM)
    case 'failed':
      return errnoOf(-HostErrno.EIO)
  }
}
