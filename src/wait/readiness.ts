import { EPOLL_EVENT, POLLERR, POLLHUP } from '../os/constants.ts'
import { HostErrno } from '../os/errno.ts'
import { type EventLoopHandle, HostBuffer, whileReadable } from '../os/ffi.ts'
import { close } from '../os/libc.ts'
import { epollCreate1, epollCtl, epollWait } from '../os/libc-further.ts'

const EPOLL_CLOEXEC = 0x80000
const EPOLL_CTL_ADD = 1
const EPOLL_CTL_MOD = 3
const EPOLLONESHOT = 0x4000_0000

/** Taken from the kernel in one turn of the event loop; the rest comes in the next. */
const MAX_EVENTS = 256

/** Who waits for a descriptor. */
export interface Sleeper {
  /** It is ready, or cannot be waited for: the sleeper looks for itself. Must not throw, and ends its wait. */
  wake(): void
}

interface Waiting {
  readonly sleeper: Sleeper
  readonly events: number
}

/** Those who wait for one descriptor. */
interface Watched {
  waiting: Waiting[]
  /** For what the kernel has been asked, and has not told yet. */
  armed: number
}

/**
 * Waiting on the event loop: one epoll set for all that wait in this thread, itself watched by one handle of the event loop.
 *
 * Each descriptor is armed for one event (EPOLLONESHOT) and stays in the set disarmed: to wait for it again is one system
 * call. Who has stopped waiting may leave it armed; the event then finds nobody. The kernel takes closed files out itself.
 */
export class Readiness {
  readonly #watched = new Map<number, Watched>()
  readonly #events = new HostBuffer(MAX_EVENTS * EPOLL_EVENT.size)
  readonly #event = new HostBuffer(16)
  #epollFd = -1
  #handle: EventLoopHandle | undefined
  #waitingCount = 0
  #users = 0
  #isLookDue = false

  /** Somebody may wait from now on. */
  enter(): void {
    this.#users++
  }

  /** The other side of {@link enter}: after the last one the set is closed. */
  leave(): void {
    if (--this.#users > 0 || this.#waitingCount > 0) return
    this.#handle?.close()
    this.#handle = undefined
    if (this.#epollFd >= 0) close(this.#epollFd)
    this.#epollFd = -1
  }

  /**
   * Wakes `sleeper` when one of `events` is there, an error or a hang-up. It keeps the process alive until then.
   * @param events POLLIN and the like, which are epoll's too
   */
  add(hostFd: number, events: number, sleeper: Sleeper): void {
    this.#open()
    let watched = this.#watched.get(hostFd)
    if (watched === undefined) {
      watched = { waiting: [], armed: 0 }
      this.#watched.set(hostFd, watched)
    }
    watched.waiting.push({ sleeper, events })
    if (this.#waitingCount++ === 0) this.#handle?.ref()
    this.#arm(hostFd, watched)
  }

  remove(hostFd: number, sleeper: Sleeper): void {
    const watched = this.#watched.get(hostFd)
    if (watched === undefined) return
    const before = watched.waiting.length
    watched.waiting = watched.waiting.filter((each) => each.sleeper !== sleeper)
    this.#waitingCount -= before - watched.waiting.length
    if (watched.waiting.length === 0) this.#watched.delete(hostFd)
    if (this.#waitingCount === 0) this.#handle?.unref()
  }

  /** A descriptor is closed: who waits for it would wait for ever. */
  closed(hostFd: number): void {
    const watched = this.#watched.get(hostFd)
    if (watched !== undefined) for (const { sleeper } of [...watched.waiting]) sleeper.wake()
  }

  #open(): void {
    if (this.#epollFd >= 0) return
    const epollFd = epollCreate1(EPOLL_CLOEXEC)
    if (epollFd < 0) throw new Error(`no epoll set: errno ${-epollFd}`)
    this.#epollFd = epollFd
    this.#handle = whileReadable(epollFd, () => this.#called())
    this.#handle.unref()
  }

  /** Asks the kernel for what those who wait want, unless it is asked already. */
  #arm(hostFd: number, watched: Watched): void {
    const wanted = watched.waiting.reduce((all, { events }) => all | events, 0)
    if (watched.armed !== 0 && (wanted & ~watched.armed) === 0) return
    const { address, view } = this.#event
    view.setUint32(0, (wanted | EPOLLONESHOT) >>> 0, true)
    view.setUint32(EPOLL_EVENT.data, hostFd, true)
    let result = epollCtl(this.#epollFd, EPOLL_CTL_MOD, hostFd, address)
    if (result === -HostErrno.ENOENT) result = epollCtl(this.#epollFd, EPOLL_CTL_ADD, hostFd, address)
    watched.armed = (wanted | POLLERR | POLLHUP) >>> 0
    // What epoll does not take (EPERM) is always ready, so nobody waits for it but for what it never has. Whoever waits for
    // something else that cannot be watched looks again.
    if (result < 0 && result !== -HostErrno.EPERM) setImmediate(() => this.#wake(hostFd, POLLERR))
  }

  #called(): void {
    if (this.#isLookDue) return
    this.#isLookDue = true
    // What is woken goes on in a microtask, and those may not run after this callback.
    setImmediate(() => {
      this.#isLookDue = false
      this.#look()
    })
  }

  #look(): void {
    if (this.#epollFd < 0) return
    const { address, view } = this.#events
    const count = epollWait(this.#epollFd, address, MAX_EVENTS, 0)
    // Copied: arming again and waking use the kernel as well, and may close the set.
    const ready: [hostFd: number, events: number][] = []
    for (let i = 0; i < count; i++) {
      const at = i * EPOLL_EVENT.size
      ready.push([view.getInt32(at + EPOLL_EVENT.data, true), view.getUint32(at, true)])
    }
    for (const [hostFd, events] of ready) this.#wake(hostFd, events)
  }

  #wake(hostFd: number, events: number): void {
    const watched = this.#watched.get(hostFd)
    if (watched === undefined) return
    watched.armed = 0
    for (const each of [...watched.waiting]) {
      if ((events & (each.events | POLLERR | POLLHUP)) !== 0) each.sleeper.wake()
    }
    if (watched.waiting.length > 0) this.#arm(hostFd, watched)
  }
}

/** Of this thread. */
export const readiness = new Readiness()
