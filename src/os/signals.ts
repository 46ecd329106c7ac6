import { declare, errno, HostBuffer } from './ffi.ts'

/**
 * A signal that does nothing but interrupt: the first real-time one that neither the C library nor Node.js uses for itself
 * and that is free by their documentation.
 */
const WAKE_SIGNAL = 40

/** `struct sigaction` of the C library: 152 bytes; handler, 128 bytes of mask, flags, restorer. */
const SIGACTION_SIZE = 152

let declared: ReturnType<typeof declareFunctions> | undefined

function declareFunctions() {
  return {
    dlsym: declare('dlsym', 'uintptr_t', ['uintptr_t', 'uintptr_t']),
    getpid: declare('getpid', 'int', []),
    gettid: declare('gettid', 'int', []),
    sigaction: declare('sigaction', 'int', ['int', 'uintptr_t', 'uintptr_t']),
    tgkill: declare('tgkill', 'int', ['int', 'int', 'int']),
  }
}

/** Declared at the first use: declaring costs start-up. */
function native() {
  declared ??= declareFunctions()
  return declared
}

/**
 * Makes {@link interrupt} work in this process. The handler is the C library's `abs`: it takes an int, and touches neither
 * memory nor errno. Without SA_RESTART, system calls end with EINTR.
 * @returns 0 or a negative host errno
 */
export function allowInterrupts(): number {
  const name = new HostBuffer(4)
  name.bytes.set(Buffer.from('abs'))
  const action = new HostBuffer(SIGACTION_SIZE)
  action.setPointer(0, native().dlsym(0, name.address))
  const result = native().sigaction(WAKE_SIGNAL, action.address, 0)
  return result < 0 ? -errno() : 0
}

/** The kernel's number of this thread. */
export function threadId(): number {
  return native().gettid()
}

/** Interrupts the system call that a thread of this process is in, if it is in one. One that has ended is nobody. */
export function interrupt(thread: number): void {
  native().tgkill(native().getpid(), thread, WAKE_SIGNAL)
}
