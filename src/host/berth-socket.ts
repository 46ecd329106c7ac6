import {
  type BERTH_SIGNATURES,
  GUEST_SOL_SOCKET,
  GuestCmsghdr,
  GuestFamily,
  GuestMmsghdr,
  GuestMsg,
  GuestMsghdr,
  GuestSockaddr,
  GuestType,
  GuestTypeFlags,
} from '../abi/berth-socket.ts'
import { Errno } from '../abi/errno.ts'
import { Iovec, Rights } from '../abi/preview1.ts'
import { SocketAddress } from '../address/socket-address.ts'
import { rightsMask, type SocketDescriptor } from '../fd/descriptor.ts'
import { SocketPaths } from '../fs/socket-paths.ts'
import { passesToProgram } from '../net/control.ts'
import { MAX_OPTION_BYTES, RawOptions } from '../net/raw-options.ts'
import { UnixNames } from '../net/unix-names.ts'
import {
  IOV_MAX,
  MSG_CMSG_CLOEXEC,
  MSG_CTRUNC,
  MSG_DONTROUTE,
  MSG_DONTWAIT,
  MSG_EOR,
  MSG_ERRQUEUE,
  MSG_MORE,
  MSG_NOSIGNAL,
  MSG_OOB,
  MSG_PEEK,
  MSG_TRUNC,
  MSG_WAITALL,
  MSG_WAITFORONE,
  SOCK_DGRAM,
  SOCK_SEQPACKET,
  SOCK_STREAM,
  SOL_SOCKET,
} from '../os/constants.ts'
import { HostErrno } from '../os/errno.ts'
import { CONTROL_BYTES, MAX_BATCH, MessageBatch } from '../os/message-batch.ts'
import type { HostFunctionsOf } from './host.ts'
import { errnoOf, type Host } from './host.ts'
import { deliverInternet, deliverSockaddr, readSockaddr, unixSockaddr } from './sockaddr.ts'

const NO_RIGHTS = rightsMask(0n)
const BIND = rightsMask(Rights.SOCK_BIND)
const ACCEPT = rightsMask(Rights.SOCK_ACCEPT | Rights.SOCK_ACCEPT_EXT)
const RECV = rightsMask(Rights.FD_READ | Rights.SOCK_RECV)
const SEND = rightsMask(Rights.FD_WRITE | Rights.SOCK_SEND)
const ADDR_LOCAL = rightsMask(Rights.SOCK_ADDR_LOCAL)
const ADDR_REMOTE = rightsMask(Rights.SOCK_ADDR_REMOTE)

/** Guest message flag, host message flag. */
const FLAGS: readonly (readonly [number, number])[] = [
  [GuestMsg.PEEK, MSG_PEEK],
  [GuestMsg.WAITALL, MSG_WAITALL],
  [GuestMsg.OOB, MSG_OOB],
  [GuestMsg.CTRUNC, MSG_CTRUNC],
  [GuestMsg.DONTROUTE, MSG_DONTROUTE],
  [GuestMsg.TRUNC, MSG_TRUNC],
  [GuestMsg.DONTWAIT, MSG_DONTWAIT],
  [GuestMsg.EOR, MSG_EOR],
  [GuestMsg.ERRQUEUE, MSG_ERRQUEUE],
  [GuestMsg.NOSIGNAL, MSG_NOSIGNAL],
  [GuestMsg.MORE, MSG_MORE],
  [GuestMsg.WAITFORONE, MSG_WAITFORONE],
  [GuestMsg.CMSG_CLOEXEC, MSG_CMSG_CLOEXEC],
]
const KNOWN_FLAGS = FLAGS.reduce((all, [guest]) => all | guest, 0)

const HOST_TYPES: Readonly<Record<number, number>> = {
  [GuestType.STREAM]: SOCK_STREAM,
  [GuestType.DGRAM]: SOCK_DGRAM,
  [GuestType.SEQPACKET]: SOCK_SEQPACKET,
}

/** The words that are kept of where a received message's name and control data go. */
const DESTINATION = { name: 0, nameRoom: 1, control: 2, controlRoom: 3, size: 4 } as const

/** Longest path of a `sockaddr_un` and its family. */
const MAX_SOCKADDR = 128

type SocketFunction =
  | 'socket'
  | 'socket_pair'
  | 'bind'
  | 'connect'
  | 'accept'
  | 'get_name'
  | 'send_message'
  | 'receive_message'
  | 'send_messages'
  | 'receive_messages'
  | 'get_option'
  | 'set_option'

/** Sockets, messages and options of the additional module. Source: docs/abi.md; Linux for what the calls do. */
export function berthSocketFunctions(host: Host): HostFunctionsOf<typeof BERTH_SIGNATURES, SocketFunction> {
  const { memory, messages, network, table } = host
  const address = new SocketAddress()
  const options = new RawOptions(network.policy)
  const unixNames = new UnixNames(network.policy, new SocketPaths(() => host.files, table))
  const batch = new MessageBatch()
  /** Where the names and control data of a batch go, read when the ranges were checked. */
  const destinations = new Uint32Array(MAX_BATCH * DESTINATION.size)

  /** Reads an address argument: the errno of Linux for one that cannot be used, or what it is. */
  function readAddress(ptr: number, length: number): Errno | 'internet' | 'unspecified' | 'unix' {
    if (length > MAX_SOCKADDR) return Errno.INVAL
    if (!memory.contains(ptr, length)) return Errno.FAULT
    const read = readSockaddr(memory, ptr, length, address)
    if (read === 'too short') return Errno.INVAL
    return read === 'other family' ? Errno.AFNOSUPPORT : read
  }

  function readUnixName(ptr: number, length: number): Uint8Array {
    return memory.copyBytes(ptr + GuestSockaddr.un.path, length - GuestSockaddr.un.path)
  }

  /** Stores {@link address}, or a Unix-domain address, and its true length. @param room as {@link addressRoom} found it */
  function deliver(unix: Uint8Array | undefined, ptr: number, lengthPtr: number, room: number): void {
    const length =
      unix === undefined ? deliverInternet(memory, ptr, room, address) : deliverSockaddr(memory, ptr, room, unix)
    memory.setU32(lengthPtr, length)
  }

  /**
   * Checks the places for an address and its length, which is read once: another thread may be writing it.
   * @returns the room in bytes, or an {@link Errno}, negative
   */
  function addressRoom(ptr: number, lengthPtr: number): number {
    if (!memory.contains(lengthPtr, 4)) return -Errno.FAULT
    const room = memory.u32(lengthPtr)
    if (room > 0x7fff_ffff) return -Errno.INVAL
    return memory.contains(ptr, Math.min(room, MAX_SOCKADDR)) ? room : -Errno.FAULT
  }

  function addOpened(opened: SocketDescriptor, flags: number): number {
    if ((flags & GuestTypeFlags.NONBLOCK) !== 0) network.setNonBlocking(opened, true)
    return table.add(opened)
  }

  /** The host's socket type and the flags, or the errno of Linux. */
  function readType(type: number): { hostType: number; flags: number } | Errno {
    const flags = type & (GuestTypeFlags.CLOEXEC | GuestTypeFlags.NONBLOCK)
    const hostType = HOST_TYPES[type & ~flags]
    return hostType === undefined ? Errno.INVAL : { hostType, flags }
  }

  function open(domain: number, hostType: number, protocol: number): SocketDescriptor | number {
    if (domain === GuestFamily.UNIX) return protocol === 0 ? network.openUnix(hostType) : -HostErrno.EPROTONOSUPPORT
    const expected = hostType === SOCK_STREAM ? 6 : 17
    if (hostType === SOCK_SEQPACKET) return -HostErrno.ESOCKTNOSUPPORT
    if (protocol !== 0 && protocol !== expected) return -HostErrno.EPROTONOSUPPORT
    return network.open(domain === GuestFamily.INET ? 4 : 6, hostType === SOCK_STREAM ? 'tcp' : 'udp')
  }

  function hostFlags(guest: number): number {
    return guest === 0 ? 0 : FLAGS.reduce((flags, [from, to]) => ((guest & from) !== 0 ? flags | to : flags), 0)
  }

  function guestFlags(hostFlagBits: number): number {
    if (hostFlagBits === 0) return 0
    return FLAGS.reduce((flags, [to, from]) => ((hostFlagBits & from) !== 0 ? flags | to : flags), 0)
  }

  /** Adds a message with its buffers to the batch. */
  function loadMessage(ptr: number): Errno {
    const iovs = memory.u32(ptr + GuestMsghdr.iov)
    const count = memory.u32(ptr + GuestMsghdr.iovlen)
    if (count > IOV_MAX) return Errno.MSGSIZE
    if (!memory.contains(iovs, count * Iovec.size)) return Errno.FAULT
    batch.add()
    for (let at = iovs; at < iovs + count * Iovec.size; at += Iovec.size) {
      const buf = memory.u32(at + Iovec.buf)
      const len = memory.u32(at + Iovec.len)
      if (!memory.contains(buf, len)) return Errno.FAULT
      batch.addPiece(memory.hostAddress(buf), len)
    }
    return Errno.SUCCESS
  }

  /** Adds a message to be sent: buffers, destination, control data. Each is read once. */
  function loadOutgoing(socket: SocketDescriptor, ptr: number): Errno {
    const loaded = loadMessage(ptr)
    if (loaded !== Errno.SUCCESS) return loaded
    const name = memory.u32(ptr + GuestMsghdr.name)
    const nameLength = memory.u32(ptr + GuestMsghdr.namelen)
    if (name !== 0 && nameLength > 0) {
      const read = readAddress(name, nameLength)
      if (typeof read === 'number') return read
      if (read === 'unix') {
        if (socket.family !== 'unix') return Errno.AFNOSUPPORT
        const length = unixNames.destination(
          readUnixName(name, nameLength),
          batch.names,
          batch.nameOffset(batch.count - 1),
        )
        if (length < 0) return errnoOf(length)
        batch.setName(batch.count - 1, length)
      } else if (socket.family === 'unix') return Errno.INVAL
      else if (read === 'internet') {
        const permitted = messages.setDestination(socket, batch, address)
        if (permitted < 0) return errnoOf(permitted)
      }
    }
    return loadControl(socket, memory.u32(ptr + GuestMsghdr.control), memory.u32(ptr + GuestMsghdr.controllen))
  }

  function loadControl(socket: SocketDescriptor, ptr: number, length: number): Errno {
    if (ptr === 0 || length === 0) return Errno.SUCCESS
    if (length > CONTROL_BYTES) return Errno.NOBUFS
    if (!memory.contains(ptr, length)) return Errno.FAULT
    // A copy: what is checked is what is used.
    const control = memory.copyBytes(ptr, length)
    const view = new DataView(control.buffer)
    for (let at = 0; at + GuestCmsghdr.size <= length; ) {
      const messageLength = view.getUint32(at + GuestCmsghdr.len, true)
      if (messageLength < GuestCmsghdr.size || at + messageLength > length) return Errno.INVAL
      const level = hostLevel(view.getInt32(at + GuestCmsghdr.level, true))
      const type = view.getInt32(at + GuestCmsghdr.type, true)
      const data = control.slice(at + GuestCmsghdr.size, at + messageLength)
      const added = messages.addControl(socket, batch, { level, type, data })
      if (added < 0) return errnoOf(added)
      at += alignUp(messageLength)
    }
    return Errno.SUCCESS
  }

  /** Adds a message to be received: buffers, and room for name and control data. */
  function loadIncoming(socket: SocketDescriptor, ptr: number): Errno {
    const name = memory.u32(ptr + GuestMsghdr.name)
    const nameRoom = memory.u32(ptr + GuestMsghdr.namelen)
    const control = memory.u32(ptr + GuestMsghdr.control)
    const controlRoom = memory.u32(ptr + GuestMsghdr.controllen)
    if (name !== 0 && nameRoom > 0x7fff_ffff) return Errno.INVAL
    if (name !== 0 && !memory.contains(name, Math.min(nameRoom, MAX_SOCKADDR))) return Errno.FAULT
    if (control !== 0 && !memory.contains(control, controlRoom)) return Errno.FAULT
    const loaded = loadMessage(ptr)
    if (loaded !== Errno.SUCCESS) return loaded
    const index = batch.count - 1
    const at = index * DESTINATION.size
    destinations[at + DESTINATION.name] = name
    destinations[at + DESTINATION.nameRoom] = nameRoom
    destinations[at + DESTINATION.control] = control
    destinations[at + DESTINATION.controlRoom] = controlRoom
    if (name !== 0) batch.expectName(index)
    // Over Unix-domain sockets come descriptors, which the kernel only installs where there is room for control data.
    if (control !== 0 && socket.family !== 'unix') batch.setControl(index, CONTROL_BYTES)
    return Errno.SUCCESS
  }

  /** Writes back what a received message brought besides its data. */
  function storeIncoming(socket: SocketDescriptor, index: number, ptr: number): void {
    const at = index * DESTINATION.size
    const name = destinations[at + DESTINATION.name]!
    const nameRoom = destinations[at + DESTINATION.nameRoom]!
    if (name !== 0) {
      let length = 0
      if (messages.nameOf(batch, index, address)) length = deliverInternet(memory, name, nameRoom, address)
      else if (socket.family === 'unix' && batch.nameLength(index) > 0) {
        const bytes = unixSockaddr(unixNames.visible(batch.unixName(index)))
        length = deliverSockaddr(memory, name, nameRoom, bytes)
      }
      memory.setU32(ptr + GuestMsghdr.namelen, length)
    }
    const isCut = storeControl(index, ptr)
    memory.setU32(ptr + GuestMsghdr.flags, guestFlags(batch.flags(index)) | (isCut ? GuestMsg.CTRUNC : 0))
  }

  /** @returns whether something did not fit */
  function storeControl(index: number, ptr: number): boolean {
    const control = destinations[index * DESTINATION.size + DESTINATION.control]!
    const room = destinations[index * DESTINATION.size + DESTINATION.controlRoom]!
    if (control === 0) {
      memory.setU32(ptr + GuestMsghdr.controllen, 0)
      return false
    }
    let used = 0
    let isCut = false
    for (const message of batch.controlMessages(index)) {
      if (!passesToProgram(message)) continue
      const length = GuestCmsghdr.size + message.data.length
      if (used + length > room) {
        isCut = true
        break
      }
      const at = control + used
      memory.setU32(at + GuestCmsghdr.len, length)
      memory.setU32(at + GuestCmsghdr.level, message.level === SOL_SOCKET ? GUEST_SOL_SOCKET : message.level)
      memory.setU32(at + GuestCmsghdr.type, message.type)
      memory.setBytes(at + GuestCmsghdr.size, message.data)
      used = Math.min(used + alignUp(length), room)
    }
    memory.setU32(ptr + GuestMsghdr.controllen, used)
    return isCut
  }

  /**
   * Fills the batch with the messages from `first` on, as many as fit.
   * @returns why the message behind those in the batch cannot be taken; the ones before it can
   */
  function loadBatch(messagesPtr: number, first: number, count: number, load: (ptr: number) => Errno): Errno {
    batch.clear()
    for (let i = first; i < count && batch.count < MAX_BATCH; i++) {
      const ptr = messagesPtr + i * GuestMmsghdr.size
      if (batch.count > 0 && !batch.hasRoomFor(memory.u32(ptr + GuestMsghdr.iovlen))) break
      const kept = batch.count
      const failed = load(ptr)
      if (failed === Errno.SUCCESS) continue
      batch.count = kept
      return failed
    }
    return Errno.SUCCESS
  }

  return {
    socket(domain, type, protocol, fdPtr) {
      fdPtr >>>= 0
      if (!memory.contains(fdPtr, 4)) return Errno.FAULT
      if (domain < GuestFamily.INET || domain > GuestFamily.UNIX) return Errno.AFNOSUPPORT
      const kind = readType(type)
      if (typeof kind === 'number') return kind
      if (!table.hasRoom) return Errno.MFILE
      const opened = open(domain, kind.hostType, protocol)
      if (typeof opened === 'number') return errnoOf(opened)
      memory.setU32(fdPtr, addOpened(opened, kind.flags))
      return Errno.SUCCESS
    },

    /** Of the internet families there are no pairs, as on Linux. */
    socket_pair(domain, type, protocol, fdsPtr) {
      fdsPtr >>>= 0
      if (!memory.contains(fdsPtr, 8)) return Errno.FAULT
      if (domain < GuestFamily.INET || domain > GuestFamily.UNIX) return Errno.AFNOSUPPORT
      const kind = readType(type)
      if (typeof kind === 'number') return kind
      if (domain !== GuestFamily.UNIX) return Errno.NOTSUP
      if (protocol !== 0) return Errno.PROTONOSUPPORT
      const pair = network.openUnixPair(kind.hostType)
      if (typeof pair === 'number') return errnoOf(pair)
      const given: number[] = []
      for (const opened of pair) {
        if (!table.hasRoom) {
          // Both or none; the number is not read back from where another thread may write.
          const first = given.length === 0 ? pair[0] : table.remove(given[0]!)
          if (first !== undefined) host.release(first)
          host.release(pair[1])
          return Errno.MFILE
        }
        const fd = addOpened(opened, kind.flags)
        memory.setU32(fdsPtr + 4 * given.length, fd)
        given.push(fd)
      }
      return Errno.SUCCESS
    },

    bind(fd, addrPtr, length) {
      const socket = host.socket(fd, BIND)
      if (typeof socket === 'number') return socket
      const read = readAddress(addrPtr >>> 0, length >>> 0)
      if (typeof read === 'number') return read
      if ((read === 'unix') !== (socket.family === 'unix')) return read === 'unix' ? Errno.AFNOSUPPORT : Errno.INVAL
      if (read === 'unix') return errnoOf(unixNames.bind(socket, readUnixName(addrPtr >>> 0, length >>> 0)))
      if (read === 'unspecified') return Errno.AFNOSUPPORT
      return errnoOf(network.bind(socket, address))
    },

    connect(fd, addrPtr, length) {
      const socket = host.socket(fd, NO_RIGHTS)
      if (typeof socket === 'number') return socket
      const read = readAddress(addrPtr >>> 0, length >>> 0)
      if (typeof read === 'number') return read
      if (read === 'unspecified') return errnoOf(network.disconnect(socket))
      if ((read === 'unix') !== (socket.family === 'unix')) return read === 'unix' ? Errno.AFNOSUPPORT : Errno.INVAL
      if (read === 'unix') {
        const result = unixNames.connect(socket, readUnixName(addrPtr >>> 0, length >>> 0))
        return errnoOf(network.awaitConnection(socket, result))
      }
      return errnoOf(network.connect(socket, address))
    },

    accept(fd, flags, addrPtr, lengthPtr, fdPtr) {
      addrPtr >>>= 0
      lengthPtr >>>= 0
      fdPtr >>>= 0
      if (!memory.contains(fdPtr, 4)) return Errno.FAULT
      const socket = host.socket(fd, ACCEPT)
      if (typeof socket === 'number') return socket
      if ((flags & ~(GuestTypeFlags.CLOEXEC | GuestTypeFlags.NONBLOCK)) !== 0) return Errno.INVAL
      const room = addrPtr === 0 ? 0 : addressRoom(addrPtr, lengthPtr)
      if (room < 0) return -room
      if (!table.hasRoom) return Errno.MFILE
      host.spinUntilReadable(socket)
      const accepted = network.accept(socket, (flags & GuestTypeFlags.NONBLOCK) !== 0)
      if (typeof accepted === 'number') return errnoOf(accepted)
      if (addrPtr !== 0) {
        if (socket.family === 'unix') deliver(unixSockaddr(unixNames.remote(accepted)), addrPtr, lengthPtr, room)
        else if (network.remoteAddress(accepted, address) === 0) deliver(undefined, addrPtr, lengthPtr, room)
      }
      memory.setU32(fdPtr, table.add(accepted))
      return Errno.SUCCESS
    },

    get_name(fd, which, addrPtr, lengthPtr) {
      addrPtr >>>= 0
      lengthPtr >>>= 0
      const isPeer = which !== 0
      const socket = host.socket(fd, isPeer ? ADDR_REMOTE : ADDR_LOCAL)
      if (typeof socket === 'number') return socket
      const room = addressRoom(addrPtr, lengthPtr)
      if (room < 0) return -room
      if (socket.family === 'unix') {
        const name = isPeer ? unixNames.remote(socket) : unixNames.local(socket)
        if (typeof name === 'number') return errnoOf(name)
        deliver(unixSockaddr(name), addrPtr, lengthPtr, room)
        return Errno.SUCCESS
      }
      const result = isPeer ? network.remoteAddress(socket, address) : network.localAddress(socket, address)
      if (result === 0) deliver(undefined, addrPtr, lengthPtr, room)
      return errnoOf(result)
    },

    send_message(fd, messagePtr, flags, sizePtr) {
      messagePtr >>>= 0
      sizePtr >>>= 0
      if (!memory.contains(messagePtr, GuestMsghdr.size) || !memory.contains(sizePtr, 4)) return Errno.FAULT
      const socket = host.socket(fd, SEND)
      if (typeof socket === 'number') return socket
      if ((flags & ~KNOWN_FLAGS) !== 0) return Errno.NOTSUP
      batch.clear()
      const loaded = loadOutgoing(socket, messagePtr)
      const sent = loaded === Errno.SUCCESS ? messages.send(socket, batch, hostFlags(flags)) : 0
      unixNames.release()
      if (loaded !== Errno.SUCCESS) return loaded
      if (sent < 0) return errnoOf(sent)
      memory.setU32(sizePtr, sent)
      return Errno.SUCCESS
    },

    receive_message(fd, messagePtr, flags, sizePtr) {
      messagePtr >>>= 0
      sizePtr >>>= 0
      if (!memory.contains(messagePtr, GuestMsghdr.size) || !memory.contains(sizePtr, 4)) return Errno.FAULT
      const socket = host.socket(fd, RECV)
      if (typeof socket === 'number') return socket
      if ((flags & ~KNOWN_FLAGS) !== 0) return Errno.NOTSUP
      batch.clear()
      const loaded = loadIncoming(socket, messagePtr)
      if (loaded !== Errno.SUCCESS) return loaded
      if ((flags & GuestMsg.DONTWAIT) === 0) host.spinUntilReadable(socket)
      const received = messages.receive(socket, batch, hostFlags(flags))
      if (received < 0) return errnoOf(received)
      storeIncoming(socket, 0, messagePtr)
      memory.setU32(sizePtr, received)
      return Errno.SUCCESS
    },

    /** A message that cannot be sent ends the call; those before it count. */
    send_messages(fd, messagesPtr, count, flags, countPtr) {
      messagesPtr >>>= 0
      countPtr >>>= 0
      count = Math.min(count >>> 0, IOV_MAX)
      if (!memory.contains(messagesPtr, count * GuestMmsghdr.size) || !memory.contains(countPtr, 4)) return Errno.FAULT
      const socket = host.socket(fd, SEND)
      if (typeof socket === 'number') return socket
      if ((flags & ~KNOWN_FLAGS) !== 0) return Errno.NOTSUP
      let done = messages.done
      while (done < count) {
        const failed = loadBatch(messagesPtr, done, count, (ptr) => loadOutgoing(socket, ptr))
        const asked = batch.count
        const sent = asked === 0 ? 0 : messages.sendMany(socket, batch, hostFlags(flags))
        unixNames.release()
        if (done === 0 && sent <= 0) {
          if (sent < 0) return errnoOf(sent)
          if (failed !== Errno.SUCCESS) return failed
        }
        for (let i = 0; i < sent; i++) {
          memory.setU32(messagesPtr + (done + i) * GuestMmsghdr.size + GuestMmsghdr.bytes, batch.bytes(i))
        }
        done += Math.max(sent, 0)
        if (failed !== Errno.SUCCESS || sent < asked) break
      }
      messages.done = done
      memory.setU32(countPtr, done)
      return Errno.SUCCESS
    },

    receive_messages(fd, messagesPtr, count, flags, timeoutNs, countPtr) {
      messagesPtr >>>= 0
      countPtr >>>= 0
      count = Math.min(count >>> 0, IOV_MAX)
      if (!memory.contains(messagesPtr, count * GuestMmsghdr.size) || !memory.contains(countPtr, 4)) return Errno.FAULT
      const socket = host.socket(fd, RECV)
      if (typeof socket === 'number') return socket
      if ((flags & ~KNOWN_FLAGS) !== 0) return Errno.NOTSUP
      let done = messages.done
      if ((flags & GuestMsg.DONTWAIT) === 0) host.spinUntilReadable(socket)
      while (done < count) {
        const failed = loadBatch(messagesPtr, done, count, (ptr) => loadIncoming(socket, ptr))
        const asked = batch.count
        // Later batches take what is there: the call has its first message.
        const batchFlags = hostFlags(flags) | (done > 0 && (flags & GuestMsg.WAITFORONE) !== 0 ? MSG_DONTWAIT : 0)
        const timeout = timeoutNs < 0n ? undefined : timeoutNs
        const received = asked === 0 ? 0 : messages.receiveMany(socket, batch, batchFlags, timeout)
        if (done === 0 && received <= 0) {
          if (received < 0) return errnoOf(received)
          if (failed !== Errno.SUCCESS) return failed
        }
        for (let i = 0; i < received; i++) {
          const ptr = messagesPtr + (done + i) * GuestMmsghdr.size
          storeIncoming(socket, i, ptr)
          memory.setU32(ptr + GuestMmsghdr.bytes, batch.bytes(i))
        }
        done += Math.max(received, 0)
        if (failed !== Errno.SUCCESS || received < asked) break
      }
      messages.done = done
      memory.setU32(countPtr, done)
      return Errno.SUCCESS
    },

    get_option(fd, level, option, valuePtr, lengthPtr) {
      valuePtr >>>= 0
      lengthPtr >>>= 0
      const socket = host.socket(fd, NO_RIGHTS)
      if (typeof socket === 'number') return socket
      if (!memory.contains(lengthPtr, 4)) return Errno.FAULT
      const room = memory.u32(lengthPtr)
      if (room > 0x7fff_ffff) return Errno.INVAL
      // Before the kernel is asked: it tells an error (SO_ERROR) only once.
      if (room > 0 && !memory.contains(valuePtr, Math.min(room, 4))) return Errno.FAULT
      const length = options.get(socket, hostLevel(level), option, room)
      if (length < 0) return errnoOf(length)
      if (!memory.contains(valuePtr, length)) return Errno.FAULT
      memory.setBytes(valuePtr, options.value.subarray(0, length))
      memory.setU32(lengthPtr, length)
      return Errno.SUCCESS
    },

    set_option(fd, level, option, valuePtr, length) {
      valuePtr >>>= 0
      const socket = host.socket(fd, NO_RIGHTS)
      if (typeof socket === 'number') return socket
      if (length < 0) return Errno.INVAL
      const read = Math.min(length, MAX_OPTION_BYTES)
      if (!memory.contains(valuePtr, read)) return Errno.FAULT
      const value = memory.copyBytes(valuePtr, read)
      const result = options.set(socket, hostLevel(level), option, value)
      if (result === 0) network.optionChanged(socket, hostLevel(level), option, value)
      return errnoOf(result)
    },
  }
}

function hostLevel(level: number): number {
  return level === GUEST_SOL_SOCKET ? SOL_SOCKET : level === SOL_SOCKET ? -1 : level
}

function alignUp(length: number): number {
  return (length + GuestCmsghdr.alignment - 1) & ~(GuestCmsghdr.alignment - 1)
}
