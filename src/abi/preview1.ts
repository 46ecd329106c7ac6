/**
 * Numbers and memory layouts of WASI preview 1. Source: WASI snapshot-01.
 * Layouts are byte offsets from the start of the record; all values are little-endian.
 */

/** `filetype`, u8. */
export const FileType = {
  UNKNOWN: 0,
  BLOCK_DEVICE: 1,
  CHARACTER_DEVICE: 2,
  DIRECTORY: 3,
  REGULAR_FILE: 4,
  SOCKET_DGRAM: 5,
  SOCKET_STREAM: 6,
  SYMBOLIC_LINK: 7,
} as const
export type FileType = (typeof FileType)[keyof typeof FileType]

/** `fdflags`, u16 bit set. */
export const FdFlags = { APPEND: 1, DSYNC: 2, NONBLOCK: 4, RSYNC: 8, SYNC: 16 } as const
export const ALL_FD_FLAGS = 0x1f

/** `riflags`, u16 bit set: what `sock_recv` is asked. */
export const RiFlags = { RECV_PEEK: 1, RECV_WAITALL: 2 } as const

/** `roflags`, u16 bit set: what `sock_recv` answers. */
export const RoFlags = { RECV_DATA_TRUNCATED: 1 } as const

/** `sdflags`, u8 bit set: which directions `sock_shutdown` closes. */
export const SdFlags = { RD: 1, WR: 2 } as const

/** `eventtype`, u8. */
export const EventType = { CLOCK: 0, FD_READ: 1, FD_WRITE: 2 } as const

/** `eventrwflags`, u16 bit set. */
export const EventRwFlags = { FD_READWRITE_HANGUP: 1 } as const

/** `subclockflags`, u16 bit set. */
export const SubclockFlags = { ABSTIME: 1 } as const

/** `clockid`, u32. */
export const ClockId = { REALTIME: 0, MONOTONIC: 1, PROCESS_CPUTIME: 2, THREAD_CPUTIME: 3 } as const

/** `whence`, u8. The numbers are those of POSIX `SEEK_SET`, `SEEK_CUR`, `SEEK_END`. */
export const Whence = { SET: 0, CUR: 1, END: 2 } as const

/** `oflags`, u16 bit set: how `path_open` opens. */
export const OFlags = { CREAT: 1, DIRECTORY: 2, EXCL: 4, TRUNC: 8 } as const
export const ALL_OFLAGS = 0xf

/** `lookupflags`, u32 bit set. */
export const LookupFlags = { SYMLINK_FOLLOW: 1 } as const
export const ALL_LOOKUP_FLAGS = 0x1

/** `fstflags`, u16 bit set: which times are set, and whether to the one given or to the present. */
export const FstFlags = { ATIM: 1, ATIM_NOW: 2, MTIM: 4, MTIM_NOW: 8 } as const
export const ALL_FST_FLAGS = 0xf

/** `advice`, u8. */
export const Advice = { NORMAL: 0, SEQUENTIAL: 1, RANDOM: 2, WILLNEED: 3, DONTNEED: 4, NOREUSE: 5 } as const

/** `preopentype`, u8: directories are the only kind. */
export const PreopenType = { DIR: 0 } as const

/**
 * `rights`, u64 bit set, as preview 1 numbers it up to bit 29. The bits above are the socket extension's own. The original
 * also gave 28 and 29 a meaning of its own (connect, listen); preview 1's (shutdown, accept) is the one a C library knows.
 * Held as bigint only in this table and at the border; descriptors keep two 32-bit halves.
 */
export const Rights = {
  FD_DATASYNC: 1n << 0n,
  FD_READ: 1n << 1n,
  FD_SEEK: 1n << 2n,
  FD_FDSTAT_SET_FLAGS: 1n << 3n,
  FD_SYNC: 1n << 4n,
  FD_TELL: 1n << 5n,
  FD_WRITE: 1n << 6n,
  FD_ADVISE: 1n << 7n,
  FD_ALLOCATE: 1n << 8n,
  PATH_CREATE_DIRECTORY: 1n << 9n,
  PATH_CREATE_FILE: 1n << 10n,
  PATH_LINK_SOURCE: 1n << 11n,
  PATH_LINK_TARGET: 1n << 12n,
  PATH_OPEN: 1n << 13n,
  FD_READDIR: 1n << 14n,
  PATH_READLINK: 1n << 15n,
  PATH_RENAME_SOURCE: 1n << 16n,
  PATH_RENAME_TARGET: 1n << 17n,
  PATH_FILESTAT_GET: 1n << 18n,
  PATH_FILESTAT_SET_SIZE: 1n << 19n,
  PATH_FILESTAT_SET_TIMES: 1n << 20n,
  FD_FILESTAT_GET: 1n << 21n,
  FD_FILESTAT_SET_SIZE: 1n << 22n,
  FD_FILESTAT_SET_TIMES: 1n << 23n,
  PATH_SYMLINK: 1n << 24n,
  PATH_REMOVE_DIRECTORY: 1n << 25n,
  PATH_UNLINK_FILE: 1n << 26n,
  POLL_FD_READWRITE: 1n << 27n,
  SOCK_SHUTDOWN: 1n << 28n,
  SOCK_ACCEPT: 1n << 29n,
  SOCK_BIND: 1n << 30n,
  SOCK_ACCEPT_EXT: 1n << 31n,
  SOCK_RECV: 1n << 32n,
  SOCK_SEND: 1n << 33n,
  SOCK_ADDR_LOCAL: 1n << 34n,
  SOCK_ADDR_REMOTE: 1n << 35n,
  SOCK_RECV_FROM: 1n << 36n,
  SOCK_SEND_TO: 1n << 37n,
} as const

/** What a fresh socket may do: 0x3f_f820_004a, the value the original reports. */
export const SOCKET_RIGHTS = 0x3f_f820_004an

/** What a socket hands on to the sockets that it accepts; the original's value. */
export const SOCKET_RIGHTS_INHERITING = 0x3f_ffff_ffffn

/** `iovec` and `ciovec`: 8 bytes. `buf` u32 guest address, `len` u32 bytes. */
export const Iovec = { size: 8, buf: 0, len: 4 } as const

/** `fdstat`: 24 bytes. filetype u8, flags u16, rights u64 twice. */
export const Fdstat = { size: 24, filetype: 0, flags: 2, rightsBase: 8, rightsInheriting: 16 } as const

/** `dirent`: 24 bytes, then the name without a NUL. `next` u64 cookie, `ino` u64, `namlen` u32 bytes, `type` u8 file type. */
export const Dirent = { size: 24, next: 0, ino: 8, namlen: 16, type: 20 } as const

/** `prestat`: 8 bytes. tag u8 (a `PreopenType`), length of the name u32 bytes. */
export const Prestat = { size: 8, tag: 0, nameLength: 4 } as const

/** `filestat`: 64 bytes. All u64 but `filetype` u8; times in nanoseconds since the epoch. */
export const Filestat = {
  size: 64,
  dev: 0,
  ino: 8,
  filetype: 16,
  nlink: 24,
  fileSize: 32,
  atim: 40,
  mtim: 48,
  ctim: 56,
} as const

/**
 * `subscription`: 48 bytes. userdata u64, tag u8 (an `EventType`); then for a clock id u32, timeout u64 ns,
 * precision u64 ns, flags u16; for a descriptor fd u32.
 */
export const Subscription = {
  size: 48,
  userdata: 0,
  tag: 8,
  clockId: 16,
  clockTimeout: 24,
  clockPrecision: 32,
  clockFlags: 40,
  fd: 16,
} as const

/** `event`: 32 bytes. userdata u64, error u16, type u8, nbytes u64, flags u16. */
export const Event = { size: 32, userdata: 0, error: 8, type: 10, nbytes: 16, flags: 24 } as const
