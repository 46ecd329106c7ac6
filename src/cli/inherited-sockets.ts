import { LoadError } from '../runtime/errors.ts'

/** The first descriptor that a service manager passes. */
const FIRST_FD = 3
/** More than this is a mistake. */
const MAX_SOCKETS = 1024

export interface InheritedSocket {
  readonly hostFd: number
  /** The name that the service gave it, or `unknown`. */
  readonly name: string
}

/**
 * The sockets that a service manager has opened for this process.
 * Source: sd_listen_fds(3): LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES.
 * @throws LoadError if they are for this process and make no sense
 */
export function inheritedSockets(
  env: Readonly<Record<string, string | undefined>>,
  processId: number,
): readonly InheritedSocket[] {
  const { LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES } = env
  // Somebody else's: the variables are inherited further than the descriptors.
  if (LISTEN_PID !== String(processId)) return []
  if (LISTEN_FDS === undefined || !/^\d{1,4}$/.test(LISTEN_FDS) || Number(LISTEN_FDS) > MAX_SOCKETS) {
    throw new LoadError(`LISTEN_FDS=${LISTEN_FDS ?? ''}: not a number of sockets`)
  }
  const names = LISTEN_FDNAMES?.split(':') ?? []
  return Array.from({ length: Number(LISTEN_FDS) }, (_, i) => ({ hostFd: FIRST_FD + i, name: names[i] || 'unknown' }))
}
