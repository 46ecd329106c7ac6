import { Errno } from '../abi/errno.ts'
import { ClockId, Event, EventRwFlags, EventType, Rights, SubclockFlags } from '../abi/preview1.ts'
import type { Layouts } from '../abi/unstable.ts'
import { type Descriptor, rightsMask, SocketDescriptor } from '../fd/descriptor.ts'
import { MONOTONIC, now } from '../os/clock.ts'
import { FIONREAD, POLLERR, POLLHUP, POLLIN, POLLNVAL, POLLOUT } from '../os/constants.ts'
import { wasiErrno } from '../os/errno.ts'
import { HostBuffer } from '../os/ffi.ts'
import { ioctl } from '../os/libc.ts'
import { Pollfds } from '../os/pollfds.ts'
import { errnoOf, type Host, type HostFunctions } from './host.ts'

/** Two subscriptions for each of 65,536 descriptors. More in one call answer INVAL. */
const MAX_SUBSCRIPTIONS = 1 << 17

const POLL_FD = rightsMask(Rights.POLL_FD_READWRITE)

/** A subscription, copied out of guest memory: events may be written over subscriptions. */
interface Waiting {
  userdataLow: number
  userdataHigh: number
  type: number
  /** For a descriptor: its entry in the pollfds, or -1 where an error is known without asking. */
  pollIndex: number
  descriptor: Descriptor | undefined
  error: Errno
  /** For a clock: when it is due, on the monotonic clock. */
  deadlineNs: bigint
}

/** `poll_oneoff`. Source: WASI snapshot-01. */
export function pollFunctions(host: Host, { subscription: Subscription }: Layouts): HostFunctions<'poll_oneoff'> {
  const { memory, network, table, waiter } = host
  const pollfds = new Pollfds()
  const unread = new HostBuffer(8)
  const pool: Waiting[] = []

  /** The `index`th record; records are made once and used again. */
  function record(index: number): Waiting {
    const known = pool[index]
    if (known !== undefined) return known
    const fresh: Waiting = {
      userdataLow: 0,
      userdataHigh: 0,
      type: 0,
      pollIndex: -1,
      descriptor: undefined,
      error: Errno.SUCCESS,
      deadlineNs: 0n,
    }
    pool[index] = fresh
    return fresh
  }

  function load(waiting: Waiting, ptr: number): void {
    waiting.userdataLow = memory.u32(ptr + Subscription.userdata)
    waiting.userdataHigh = memory.u32(ptr + Subscription.userdata + 4)
    waiting.type = memory.u8(ptr + Subscription.tag)
    waiting.pollIndex = -1
    waiting.error = Errno.SUCCESS
    switch (waiting.type) {
      case EventType.CLOCK:
        loadClock(waiting, ptr)
        return
      case EventType.FD_READ:
      case EventType.FD_WRITE:
        loadDescriptor(waiting, memory.i32(ptr + Subscription.fd))
        return
      default:
        waiting.error = Errno.INVAL
    }
  }

  function loadClock(waiting: Waiting, ptr: number): void {
    const clock = memory.u32(ptr + Subscription.clockId)
    const timeout = memory.u64(ptr + Subscription.clockTimeout)
    const isAbsolute = (memory.u16(ptr + Subscription.clockFlags) & SubclockFlags.ABSTIME) !== 0
    if (clock > ClockId.THREAD_CPUTIME) waiting.error = Errno.INVAL
    // A waiting program uses no processor time: such a wait would not end.
    else if (clock > ClockId.MONOTONIC) waiting.error = Errno.NOTSUP
    else if (!isAbsolute) waiting.deadlineNs = waiter.callStartNs() + timeout
    else if (clock === ClockId.MONOTONIC) waiting.deadlineNs = timeout
    // The other clock is read first: what passes between the two makes the wait longer, not shorter.
    else waiting.deadlineNs = timeout - now(clock) + now(MONOTONIC)
  }

  function loadDescriptor(waiting: Waiting, fd: number): void {
    const descriptor = table.get(fd)
    waiting.descriptor = descriptor
    if (descriptor === undefined) waiting.error = Errno.BADF
    else if (!descriptor.may(POLL_FD)) waiting.error = Errno.NOTCAPABLE
    else if (descriptor instanceof SocketDescriptor && descriptor.file.pendingError !== 0) {
      waiting.error = wasiErrno(descriptor.file.pendingError)
    } else waiting.pollIndex = pollfds.add(descriptor.hostFd, waiting.type === EventType.FD_READ ? POLLIN : POLLOUT)
  }

  function writeEvent(ptr: number, waiting: Waiting, error: Errno, nbytes: number, flags: number): void {
    memory.clear(ptr, Event.size)
    memory.setU32(ptr + Event.userdata, waiting.userdataLow)
    memory.setU32(ptr + Event.userdata + 4, waiting.userdataHigh)
    memory.setU16(ptr + Event.error, error)
    memory.setU8(ptr + Event.type, waiting.type)
    memory.setU32(ptr + Event.nbytes, nbytes)
    memory.setU16(ptr + Event.flags, flags)
  }

  function writeReadiness(ptr: number, waiting: Waiting, revents: number): void {
    const descriptor = waiting.descriptor!
    let error: Errno = Errno.SUCCESS
    if ((revents & POLLNVAL) !== 0) error = Errno.BADF
    else if ((revents & POLLERR) !== 0) {
      // A pipe's write end reports POLLERR when nobody reads any more; only sockets say why.
      error = descriptor instanceof SocketDescriptor ? wasiErrno(network.pollError(descriptor)) : Errno.PIPE
    }
    let nbytes = 0
    if (error === Errno.SUCCESS && waiting.type === EventType.FD_READ) {
      unread.view.setInt32(0, 0, true)
      if (ioctl(descriptor.hostFd, FIONREAD, unread.address) === 0) nbytes = unread.view.getInt32(0, true)
    }
    writeEvent(ptr, waiting, error, nbytes, (revents & POLLHUP) !== 0 ? EventRwFlags.FD_READWRITE_HANGUP : 0)
  }

  return {
    /**
     * Waits for the first of the subscriptions and reports all that have occurred by then.
     * @param count number of subscriptions, 48 bytes each (56 in snapshot 0); room for as many events, 32 bytes each
     */
    poll_oneoff(subscriptionsPtr, eventsPtr, count, eventCountPtr) {
      subscriptionsPtr >>>= 0
      eventsPtr >>>= 0
      count >>>= 0
      eventCountPtr >>>= 0
      if (!memory.contains(subscriptionsPtr, count * Subscription.size)) return Errno.FAULT
      if (!memory.contains(eventsPtr, count * Event.size) || !memory.contains(eventCountPtr, 4)) return Errno.FAULT
      if (count === 0 || count > MAX_SUBSCRIPTIONS) return Errno.INVAL

      pollfds.clear()
      let known = 0
      let deadlineNs: bigint | undefined
      for (let i = 0; i < count; i++) {
        const waiting = record(i)
        load(waiting, subscriptionsPtr + i * Subscription.size)
        if (waiting.error !== Errno.SUCCESS) known++
        else if (waiting.type === EventType.CLOCK && (deadlineNs === undefined || waiting.deadlineNs < deadlineNs)) {
          deadlineNs = waiting.deadlineNs
        }
      }

      const ready = waiter.poll(pollfds, known > 0 ? 0n : timeLeft(deadlineNs))
      if (ready < 0) return errnoOf(ready)
      const reached = deadlineNs === undefined ? 0n : now(MONOTONIC)

      let events = 0
      for (let i = 0; i < count; i++) {
        const waiting = record(i)
        const eventPtr = eventsPtr + events * Event.size
        if (waiting.error !== Errno.SUCCESS) writeEvent(eventPtr, waiting, waiting.error, 0, 0)
        else if (waiting.type === EventType.CLOCK) {
          if (waiting.deadlineNs > reached) continue
          writeEvent(eventPtr, waiting, Errno.SUCCESS, 0, 0)
        } else {
          const revents = pollfds.revents(waiting.pollIndex)
          if (revents === 0) continue
          writeReadiness(eventPtr, waiting, revents)
        }
        events++
      }
      memory.setU32(eventCountPtr, events)
      return Errno.SUCCESS
    },
  }
}

function timeLeft(deadlineNs: bigint | undefined): bigint | undefined {
  if (deadlineNs === undefined) return undefined
  const left = deadlineNs - now(MONOTONIC)
  return left > 0n ? left : 0n
}
