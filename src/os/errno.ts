import { Errno } from '../abi/errno.ts'

/**
 * Host errno numbers that the host code itself answers or tests for. The calls of this room answer a result or the
 * negative of one of these; nothing else in the project knows the host's numbers.
 * Source: Linux asm-generic/errno-base.h and errno.h (the same on x64 and arm64).
 */
export const HostErrno = {
  EPERM: 1,
  ENOENT: 2,
  EINTR: 4,
  EIO: 5,
  EBADF: 9,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EFAULT: 14,
  EEXIST: 17,
  EXDEV: 18,
  ENODEV: 19,
  ENOTDIR: 20,
  EISDIR: 21,
  EINVAL: 22,
  EMFILE: 24,
  EROFS: 30,
  ERANGE: 34,
  ENAMETOOLONG: 36,
  ENOSYS: 38,
  ENOTEMPTY: 39,
  ELOOP: 40,
  EMSGSIZE: 90,
  ENOPROTOOPT: 92,
  EPROTONOSUPPORT: 93,
  ESOCKTNOSUPPORT: 94,
  EOPNOTSUPP: 95,
  EAFNOSUPPORT: 97,
  ECONNABORTED: 103,
  ENOBUFS: 105,
  ENOTCONN: 107,
  EALREADY: 114,
  EINPROGRESS: 115,
  EDQUOT: 122,
} as const

/**
 * Linux errno -> WASI errno. WASI lacks a number for some; each of those takes the nearest that a program already
 * handles. Numbers that no call of ours answers are left out and become IO.
 */
const LINUX_TO_WASI: readonly (readonly [linux: number, wasi: Errno])[] = [
  [1, Errno.PERM],
  [2, Errno.NOENT],
  [3, Errno.SRCH],
  [4, Errno.INTR],
  [5, Errno.IO],
  [6, Errno.NXIO],
  [7, Errno.TOOBIG],
  [8, Errno.NOEXEC],
  [9, Errno.BADF],
  [10, Errno.CHILD],
  [11, Errno.AGAIN],
  [12, Errno.NOMEM],
  [13, Errno.ACCES],
  [14, Errno.FAULT],
  [16, Errno.BUSY],
  [17, Errno.EXIST],
  [18, Errno.XDEV],
  [19, Errno.NODEV],
  [20, Errno.NOTDIR],
  [21, Errno.ISDIR],
  [22, Errno.INVAL],
  [23, Errno.NFILE],
  [24, Errno.MFILE],
  [25, Errno.NOTTY],
  [26, Errno.TXTBSY],
  [27, Errno.FBIG],
  [28, Errno.NOSPC],
  [29, Errno.SPIPE],
  [30, Errno.ROFS],
  [31, Errno.MLINK],
  [32, Errno.PIPE],
  [33, Errno.DOM],
  [34, Errno.RANGE],
  [35, Errno.DEADLK],
  [36, Errno.NAMETOOLONG],
  [37, Errno.NOLCK],
  [38, Errno.NOSYS],
  [39, Errno.NOTEMPTY],
  [40, Errno.LOOP],
  [42, Errno.NOMSG],
  [43, Errno.IDRM],
  [64, Errno.NETUNREACH], // ENONET: machine is not on the network
  [67, Errno.NOLINK],
  [71, Errno.PROTO],
  [72, Errno.MULTIHOP],
  [74, Errno.BADMSG],
  [75, Errno.OVERFLOW],
  [84, Errno.ILSEQ],
  [88, Errno.NOTSOCK],
  [89, Errno.DESTADDRREQ],
  [90, Errno.MSGSIZE],
  [91, Errno.PROTOTYPE],
  [92, Errno.NOPROTOOPT],
  [93, Errno.PROTONOSUPPORT],
  [94, Errno.PROTOTYPE], // ESOCKTNOSUPPORT
  [95, Errno.NOTSUP],
  [96, Errno.AFNOSUPPORT], // EPFNOSUPPORT
  [97, Errno.AFNOSUPPORT],
  [98, Errno.ADDRINUSE],
  [99, Errno.ADDRNOTAVAIL],
  [100, Errno.NETDOWN],
  [101, Errno.NETUNREACH],
  [102, Errno.NETRESET],
  [103, Errno.CONNABORTED],
  [104, Errno.CONNRESET],
  [105, Errno.NOBUFS],
  [106, Errno.ISCONN],
  [107, Errno.NOTCONN],
  [108, Errno.PIPE], // ESHUTDOWN: the transport endpoint was shut down
  [109, Errno.NOBUFS], // ETOOMANYREFS
  [110, Errno.TIMEDOUT],
  [111, Errno.CONNREFUSED],
  [112, Errno.HOSTUNREACH], // EHOSTDOWN
  [113, Errno.HOSTUNREACH],
  [114, Errno.ALREADY],
  [115, Errno.INPROGRESS],
  [116, Errno.STALE],
  [122, Errno.DQUOT],
  [125, Errno.CANCELED],
  [130, Errno.OWNERDEAD],
  [131, Errno.NOTRECOVERABLE],
]

const wasiByLinux = new Uint8Array(134).fill(Errno.IO)
wasiByLinux[0] = Errno.SUCCESS
for (const [linux, wasi] of LINUX_TO_WASI) wasiByLinux[linux] = wasi

/** The one way from a host errno (positive) to the guest's. */
export function wasiErrno(hostErrno: number): Errno {
  return (wasiByLinux[hostErrno] ?? Errno.IO) as Errno
}
