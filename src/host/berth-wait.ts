import { type BERTH_SIGNATURES, GuestEpollEvent, GuestPoll, GuestPollfd } from '../abi/berth-socket.ts'
import { Errno } from '../abi/errno.ts'
import { Rights } from '../abi/preview1.ts'
import { EpollDescriptor, rightsMask, SocketDescriptor } from '../fd/descriptor.ts'
import { EPOLL_EVENT, POLLERR, POLLHUP, POLLIN, POLLNVAL, POLLOUT, POLLPRI, POLLRDHUP } from '../os/constants.ts'
import { HostBuffer } from '../os/ffi.ts'
import { duplicateFd } from '../os/libc.ts'
import { epollCreate1, epollCtl } from '../os/libc-further.ts'
import { Pollfds } from '../os/pollfds.ts'
import { errnoOf, type Host, type HostFunctionsOf } from './host.ts'

/** As many descriptors as a table holds. */
const MAX_POLLED = 1 << 20
/** Events taken from the kernel in one call; a program that asks for more gets the rest with its next call. */
const MAX_EVENTS = 4096

const EPOLL_CLOEXEC = 0x80000
const EPOLL_CTL_DEL = 2

const POLL_FD = rightsMask(Rights.POLL_FD_READWRITE)

/** Guest event, host event. */
const EVENTS: readonly (readonly [number, number])[] = [
  [GuestPoll.IN, POLLIN],
  [GuestPoll.OUT, POLLOUT],
  [GuestPoll.PRI, POLLPRI],
  [GuestPoll.RDHUP, POLLRDHUP],
  [GuestPoll.ERR, POLLERR],
  [GuestPoll.HUP, POLLHUP],
  [GuestPoll.NVAL, POLLNVAL],
]

type WaitFunction = 'poll' | 'epoll_create' | 'epoll_control' | 'epoll_wait' | 'duplicate'

/** Waiting for many descriptors, and duplicates of one. Source: docs/abi.md; Linux for what the calls do. */
export function berthWaitFunctions(host: Host): HostFunctionsOf<typeof BERTH_SIGNATURES, WaitFunction> {
  const { memory, network, table, waiter } = host
  const pollfds = new Pollfds()
  const event = new HostBuffer(16)
  let events: HostBuffer | undefined

  /** What was asked for last, and what it is for the host: of thousands of descriptors most ask for the same. */
  let askedGuest = 0
  let askedHost = 0

  function hostEvents(guest: number): number {
    if (guest === askedGuest) return askedHost
    let bits = 0
    for (const [from, to] of EVENTS) if ((guest & from) !== 0) bits |= to
    askedGuest = guest
    askedHost = bits
    return bits
  }

  function guestEvents(hostBits: number): number {
    if (hostBits === 0) return 0
    let bits = 0
    for (const [to, from] of EVENTS) if ((hostBits & from) !== 0) bits |= to
    return bits
  }

  function epollSet(fd: number): EpollDescriptor | Errno {
    const found = table.get(fd)
    if (found === undefined) return Errno.BADF
    return found instanceof EpollDescriptor ? found : Errno.INVAL
  }

  return {
    /** Descriptors below 0 are passed over, unknown ones are told with NVAL. */
    poll(pollfdsPtr, count, timeoutNs, readyPtr) {
      pollfdsPtr >>>= 0
      readyPtr >>>= 0
      count >>>= 0
      if (count > MAX_POLLED) return Errno.INVAL
      if (!memory.contains(pollfdsPtr, count * GuestPollfd.size) || !memory.contains(readyPtr, 4)) return Errno.FAULT
      pollfds.clear()
      let known = 0
      for (let i = 0; i < count; i++) {
        const ptr = pollfdsPtr + i * GuestPollfd.size
        const fd = memory.i32(ptr + GuestPollfd.fd)
        const descriptor = fd < 0 ? undefined : table.get(fd)
        const hasPendingError = descriptor instanceof SocketDescriptor && descriptor.file.pendingError !== 0
        if (hasPendingError || (descriptor === undefined && fd >= 0)) known++
        // An entry of -1 keeps the kernel's array in step with the program's.
        pollfds.add(descriptor?.hostFd ?? -1, hostEvents(memory.u16(ptr + GuestPollfd.events)))
      }
      const timeout = known > 0 ? 0n : timeoutNs < 0n ? undefined : timeoutNs
      const result = waiter.poll(pollfds, timeout)
      if (result < 0) return errnoOf(result)
      let ready = 0
      for (let i = 0; i < count; i++) {
        const ptr = pollfdsPtr + i * GuestPollfd.size
        const fd = memory.i32(ptr + GuestPollfd.fd)
        const descriptor = fd < 0 ? undefined : table.get(fd)
        let revents = 0
        if (descriptor !== undefined) revents = guestEvents(pollfds.revents(i))
        else if (fd >= 0) revents = GuestPoll.NVAL
        if (descriptor instanceof SocketDescriptor && descriptor.file.pendingError !== 0) revents |= GuestPoll.ERR
        memory.setU16(ptr + GuestPollfd.revents, revents)
        if (revents !== 0) ready++
      }
      memory.setU32(readyPtr, ready)
      return Errno.SUCCESS
    },

    epoll_create(flags, fdPtr) {
      fdPtr >>>= 0
      if (!memory.contains(fdPtr, 4)) return Errno.FAULT
      if ((flags & ~EPOLL_CLOEXEC) !== 0) return Errno.INVAL
      if (!table.hasRoom) return Errno.MFILE
      const hostFd = epollCreate1(EPOLL_CLOEXEC)
      if (hostFd < 0) return errnoOf(hostFd)
      memory.setU32(fdPtr, table.add(new EpollDescriptor(hostFd)))
      return Errno.SUCCESS
    },

    epoll_control(epollFd, operation, fd, eventPtr) {
      eventPtr >>>= 0
      const needsEvent = operation !== EPOLL_CTL_DEL
      if (needsEvent && !memory.contains(eventPtr, GuestEpollEvent.size)) return Errno.FAULT
      if (table.get(epollFd) === undefined) return Errno.BADF
      const watched = table.get(fd)
      if (watched === undefined) return Errno.BADF
      if (!watched.may(POLL_FD)) return Errno.NOTCAPABLE
      const set = epollSet(epollFd)
      if (typeof set === 'number') return set
      if (needsEvent) {
        event.view.setUint32(0, memory.u32(eventPtr + GuestEpollEvent.events), true)
        event.view.setBigUint64(EPOLL_EVENT.data, memory.u64(eventPtr + GuestEpollEvent.data), true)
      }
      return errnoOf(epollCtl(set.hostFd, operation, watched.hostFd, event.address))
    },

    epoll_wait(epollFd, eventsPtr, max, timeoutNs, countPtr) {
      eventsPtr >>>= 0
      countPtr >>>= 0
      const set = epollSet(epollFd)
      if (typeof set === 'number') return set
      if (max <= 0) return Errno.INVAL
      const room = Math.min(max, MAX_EVENTS)
      if (!memory.contains(eventsPtr, room * GuestEpollEvent.size) || !memory.contains(countPtr, 4)) return Errno.FAULT
      events ??= new HostBuffer(MAX_EVENTS * EPOLL_EVENT.size)
      const deadline = timeoutNs < 0n ? undefined : waiter.callStartNs() + timeoutNs
      const count = waiter.epollWait(set.hostFd, events.address, room, deadline)
      if (count < 0) return errnoOf(count)
      for (let i = 0; i < count; i++) {
        const from = i * EPOLL_EVENT.size
        const to = eventsPtr + i * GuestEpollEvent.size
        memory.setU32(to + GuestEpollEvent.events, events.view.getUint32(from, true))
        memory.setU32(to + GuestEpollEvent.data, events.view.getUint32(from + EPOLL_EVENT.data, true))
        memory.setU32(to + GuestEpollEvent.data + 4, events.view.getUint32(from + EPOLL_EVENT.data + 4, true))
      }
      memory.setU32(countPtr, count)
      return Errno.SUCCESS
    },

    /** Each duplicate has a host descriptor of its own: what they share, they share in the kernel. */
    duplicate(fd, number, exactly, fdPtr) {
      fdPtr >>>= 0
      if (!memory.contains(fdPtr, 4)) return Errno.FAULT
      const original = table.get(fd)
      if (original === undefined) return Errno.BADF
      if (number < 0 || number >= MAX_POLLED) return exactly !== 0 ? Errno.BADF : Errno.INVAL
      if (exactly !== 0 && number === fd) {
        memory.setU32(fdPtr, fd)
        return Errno.SUCCESS
      }
      const hostFd = original instanceof SocketDescriptor ? network.duplicate(original) : duplicateFd(original.hostFd)
      if (hostFd < 0) return errnoOf(hostFd)
      const duplicate = original.duplicate(hostFd)
      if (exactly === 0) {
        const given = table.addFrom(number, duplicate)
        if (given === false) {
          host.release(duplicate)
          return Errno.MFILE
        }
        memory.setU32(fdPtr, given)
        return Errno.SUCCESS
      }
      const replaced = table.replace(number, duplicate)
      if (replaced === false) {
        host.release(duplicate)
        return Errno.BADF
      }
      if (typeof replaced === 'object') host.release(replaced)
      memory.setU32(fdPtr, number)
      return Errno.SUCCESS
    },
  }
}
