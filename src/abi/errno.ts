/**
 * WASI preview 1 `errno`, u16. POSIX spells these with a leading E.
 * Source: WASI snapshot-01, `errno` variants, in their order.
 */
export const Errno = {
  SUCCESS: 0, //        no error
  TOOBIG: 1, //         argument list too long (E2BIG)
  ACCES: 2, //          permission denied
  ADDRINUSE: 3, //      address in use
  ADDRNOTAVAIL: 4, //   address not available
  AFNOSUPPORT: 5, //    address family not supported
  AGAIN: 6, //          resource unavailable, or operation would block
  ALREADY: 7, //        connection already in progress
  BADF: 8, //           bad file descriptor
  BADMSG: 9, //         bad message
  BUSY: 10, //          device or resource busy
  CANCELED: 11, //      operation canceled
  CHILD: 12, //         no child processes
  CONNABORTED: 13, //   connection aborted
  CONNREFUSED: 14, //   connection refused
  CONNRESET: 15, //     connection reset
  DEADLK: 16, //        resource deadlock would occur
  DESTADDRREQ: 17, //   destination address required
  DOM: 18, //           argument out of domain of function
  DQUOT: 19, //         quota exceeded (reserved)
  EXIST: 20, //         file exists
  FAULT: 21, //         bad address
  FBIG: 22, //          file too large
  HOSTUNREACH: 23, //   host is unreachable
  IDRM: 24, //          identifier removed
  ILSEQ: 25, //         illegal byte sequence
  INPROGRESS: 26, //    operation in progress
  INTR: 27, //          interrupted function
  INVAL: 28, //         invalid argument
  IO: 29, //            input/output error
  ISCONN: 30, //        socket is connected
  ISDIR: 31, //         is a directory
  LOOP: 32, //          too many levels of symbolic links
  MFILE: 33, //         file descriptor value too large
  MLINK: 34, //         too many links
  MSGSIZE: 35, //       message too large
  MULTIHOP: 36, //      reserved
  NAMETOOLONG: 37, //   filename too long
  NETDOWN: 38, //       network is down
  NETRESET: 39, //      connection aborted by network
  NETUNREACH: 40, //    network unreachable
  NFILE: 41, //         too many files open in system
  NOBUFS: 42, //        no buffer space available
  NODEV: 43, //         no such device
  NOENT: 44, //         no such file or directory
  NOEXEC: 45, //        executable file format error
  NOLCK: 46, //         no locks available
  NOLINK: 47, //        reserved
  NOMEM: 48, //         not enough space
  NOMSG: 49, //         no message of the desired type
  NOPROTOOPT: 50, //    protocol not available
  NOSPC: 51, //         no space left on device
  NOSYS: 52, //         function not supported
  NOTCONN: 53, //       the socket is not connected
  NOTDIR: 54, //        not a directory or a symbolic link to one
  NOTEMPTY: 55, //      directory not empty
  NOTRECOVERABLE: 56, // state not recoverable
  NOTSOCK: 57, //       not a socket
  NOTSUP: 58, //        not supported, or operation not supported on socket (EOPNOTSUPP)
  NOTTY: 59, //         inappropriate I/O control operation
  NXIO: 60, //          no such device or address
  OVERFLOW: 61, //      value too large to be stored in data type
  OWNERDEAD: 62, //     previous owner died
  PERM: 63, //          operation not permitted
  PIPE: 64, //          broken pipe
  PROTO: 65, //         protocol error
  PROTONOSUPPORT: 66, // protocol not supported
  PROTOTYPE: 67, //     protocol wrong type for socket
  RANGE: 68, //         result too large
  ROFS: 69, //          read-only file system
  SPIPE: 70, //         invalid seek
  SRCH: 71, //          no such process
  STALE: 72, //         reserved
  TIMEDOUT: 73, //      connection timed out
  TXTBSY: 74, //        text file busy
  XDEV: 75, //          cross-device link
  NOTCAPABLE: 76, //    extension: capabilities insufficient
} as const

export type Errno = (typeof Errno)[keyof typeof Errno]
