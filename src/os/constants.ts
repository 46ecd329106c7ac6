/**
 * Host constants and structure layouts for Linux on x64 and arm64 (the values are the same on both). Another platform is
 * another table. Layouts are byte offsets.
 * Sources: asm-generic/fcntl.h, linux/openat2.h, linux/stat.h, linux/dirent.h, asm-generic/socket.h, linux/in.h, linux/in6.h, linux/tcp.h, netdb.h, poll.h; struct layouts of the LP64 ABI.
 */

export const AF_UNSPEC = 0
export const AF_UNIX = 1
export const AF_INET = 2
export const AF_INET6 = 10
export const SOCK_STREAM = 1
export const SOCK_DGRAM = 2
export const SOCK_SEQPACKET = 5
export const SOCK_NONBLOCK = 0x800
export const SOCK_CLOEXEC = 0x80000

export const MSG_OOB = 0x1
export const MSG_PEEK = 0x2
export const MSG_DONTROUTE = 0x4
export const MSG_CTRUNC = 0x8
export const MSG_TRUNC = 0x20
export const MSG_DONTWAIT = 0x40
export const MSG_WAITALL = 0x100
export const MSG_EOR = 0x80
export const MSG_ERRQUEUE = 0x2000
export const MSG_NOSIGNAL = 0x4000
export const MSG_MORE = 0x8000
export const MSG_WAITFORONE = 0x10000
export const MSG_CMSG_CLOEXEC = 0x40000000

export const SHUT_RD = 0
export const SHUT_WR = 1
export const SHUT_RDWR = 2

export const F_DUPFD_CLOEXEC = 1030
export const F_SETFD = 2
export const FD_CLOEXEC = 1
export const F_GETFL = 3
export const F_SETFL = 4
export const O_RDONLY = 0
export const O_WRONLY = 1
export const O_RDWR = 2
export const O_ACCMODE = 3
export const O_CREAT = 0x40
export const O_EXCL = 0x80
export const O_NOCTTY = 0x100
export const O_TRUNC = 0x200
export const O_APPEND = 0x400
export const O_NONBLOCK = 0x800
export const O_DSYNC = 0x1000
export const O_CLOEXEC = 0x80000
/** Synchronised input and output; the bit of O_DSYNC is part of it. */
export const O_SYNC = 0x101000
export const O_PATH = 0x200000
// The only two that arm64 numbers differently.
export const O_DIRECTORY = process.arch === 'arm64' ? 0x4000 : 0x10000
export const O_NOFOLLOW = process.arch === 'arm64' ? 0x8000 : 0x20000

export const AT_FDCWD = -100
export const AT_SYMLINK_NOFOLLOW = 0x100
export const AT_REMOVEDIR = 0x200
export const AT_SYMLINK_FOLLOW = 0x400
export const AT_EMPTY_PATH = 0x1000
export const UTIME_NOW = 0x3fffffff
export const UTIME_OMIT = 0x3ffffffe

export const POSIX_FADV_NORMAL = 0
export const POSIX_FADV_RANDOM = 1
export const POSIX_FADV_SEQUENTIAL = 2
export const POSIX_FADV_WILLNEED = 3
export const POSIX_FADV_DONTNEED = 4
export const POSIX_FADV_NOREUSE = 5

/** The longest path that the kernel takes, its NUL included, in bytes. */
export const PATH_MAX = 4096

/** Numbers of system calls that old C libraries have no function for. */
export const SYS_OPENAT2 = 437
export const SYS_STATX = process.arch === 'arm64' ? 291 : 332
export const SYS_GETDENTS64 = process.arch === 'arm64' ? 61 : 217

/** `struct open_how`: 24 bytes, each field 8. */
export const OPEN_HOW = { size: 24, flags: 0, mode: 8, resolve: 16 } as const
export const RESOLVE_NO_MAGICLINKS = 0x2
export const RESOLVE_BENEATH = 0x8

/** `struct statx`: 256 bytes, the same on all machines. Each time is seconds s64 and nanoseconds u32. */
export const STATX = {
  size: 256,
  nlink: 16,
  mode: 28,
  ino: 32,
  fileSize: 40,
  atim: 64,
  ctim: 96,
  mtim: 112,
  devMajor: 136,
  devMinor: 140,
} as const
export const STATX_BASIC_STATS = 0x7ff

/** The type of a file in its mode. */
export const S_IFMT = 0xf000
export const S_IFSOCK = 0xc000
export const S_IFLNK = 0xa000
export const S_IFREG = 0x8000
export const S_IFBLK = 0x6000
export const S_IFDIR = 0x4000
export const S_IFCHR = 0x2000

/** `struct linux_dirent64`: 19 bytes, then the name with its NUL; `reclen` covers all and padding. */
export const DIRENT64 = { ino: 0, off: 8, reclen: 16, type: 18, name: 19 } as const

export const TCGETS = 0x5401
export const FIONREAD = 0x541b
export const FIONBIO = 0x5421
export const SIOCOUTQ = 0x5411
export const SIOCATMARK = 0x8905

export const POLLIN = 0x1
export const POLLPRI = 0x2
export const POLLOUT = 0x4
export const POLLERR = 0x8
export const POLLHUP = 0x10
export const POLLNVAL = 0x20
export const POLLRDHUP = 0x2000

export const SOL_SOCKET = 1
export const SO_REUSEADDR = 2
export const SO_TYPE = 3
export const SO_ERROR = 4
export const SO_BROADCAST = 6
export const SO_SNDBUF = 7
export const SO_RCVBUF = 8
export const SO_KEEPALIVE = 9
export const SO_LINGER = 13
export const SO_REUSEPORT = 15
export const SO_DOMAIN = 39
export const SO_RCVTIMEO = 20
export const SO_SNDTIMEO = 21

export const IPPROTO_TCP = 6
export const TCP_NODELAY = 1
export const TCP_KEEPIDLE = 4
export const TCP_KEEPINTVL = 5
export const TCP_QUICKACK = 12
export const TCP_FASTOPEN_CONNECT = 30

export const IPPROTO_IP = 0
export const IP_TTL = 2
export const IP_MULTICAST_TTL = 33
export const IP_MULTICAST_LOOP = 34
export const IP_ADD_MEMBERSHIP = 35
export const IP_DROP_MEMBERSHIP = 36

export const IPPROTO_IPV6 = 41
export const IPV6_MULTICAST_LOOP = 19
export const IPV6_JOIN_GROUP = 20
export const IPV6_LEAVE_GROUP = 21
export const IPV6_V6ONLY = 26

export const AI_CANONNAME = 0x2
export const AI_NUMERICHOST = 0x4
export const EAI_NONAME = -2
export const EAI_AGAIN = -3
export const EAI_FAIL = -4
export const EAI_NODATA = -5
export const EAI_FAMILY = -6
export const EAI_SOCKTYPE = -7
export const EAI_SERVICE = -8
export const EAI_ADDRFAMILY = -9
export const EAI_MEMORY = -10
export const EAI_SYSTEM = -11
export const EAI_OVERFLOW = -12
export const NI_NUMERICHOST = 0x1
export const NI_NAMEREQD = 0x8

/** At most so many pieces in one vectored call (`UIO_MAXIOV`). */
export const IOV_MAX = 1024

/** `struct iovec`: 16 bytes; base and length, 8 bytes each. */
export const IOVEC_SIZE = 16

/** `struct msghdr`: 56 bytes. The length fields that are narrower on musl are read as little-endian with zero padding. */
export const MSGHDR = {
  size: 56,
  name: 0,
  namelen: 8,
  iov: 16,
  iovlen: 24,
  control: 32,
  controllen: 40,
  flags: 48,
} as const

/** `struct mmsghdr`: 64 bytes, a `msghdr` and the number of bytes. */
export const MMSGHDR = { size: 64, bytes: 56 } as const

/** The header of a control message: 16 bytes; data follows, and the next one begins at a multiple of 8. */
export const CMSGHDR = { size: 16, len: 0, level: 8, type: 12, alignment: 8 } as const

/** `struct epoll_event`: packed to 12 bytes on x64 only. */
export const EPOLL_EVENT = process.arch === 'x64' ? ({ size: 12, data: 4 } as const) : ({ size: 16, data: 8 } as const)

/** `struct ifaddrs`: 56 bytes. `ifu` is the broadcast or the peer's address. */
export const IFADDRS = { size: 56, next: 0, name: 8, flags: 16, addr: 24, netmask: 32, ifu: 40 } as const

/** `struct ifreq`: 40 bytes. */
export const IFREQ = { size: 40, name: 0, value: 16 } as const

/** `struct group_req` (136 bytes) and `struct group_source_req` (264). */
export const GROUP_REQ = { size: 136, sourceSize: 264, index: 0, group: 8, source: 136 } as const

/** `struct pollfd`: 8 bytes. */
export const POLLFD = { size: 8, fd: 0, events: 4, revents: 6 } as const

/** `struct sockaddr_in`: 16 bytes. Port and address in network order. */
export const SOCKADDR_IN = { size: 16, family: 0, port: 2, addr: 4, zero: 8 } as const

/** `struct sockaddr_in6`: 28 bytes. Port, flow info and address in network order, scope id in the host's. */
export const SOCKADDR_IN6 = { size: 28, family: 0, port: 2, flowinfo: 4, addr: 8, scopeId: 24 } as const

/** `struct addrinfo`: 48 bytes. */
export const ADDRINFO = {
  size: 48,
  flags: 0,
  family: 4,
  socktype: 8,
  protocol: 12,
  addrlen: 16,
  addr: 24,
  canonname: 32,
  next: 40,
} as const

/** `struct ip_mreq` (8 bytes) and `struct ipv6_mreq` (20 bytes). */
export const IP_MREQ = { size: 8, group: 0, interface: 4 } as const
export const IPV6_MREQ = { size: 20, group: 0, interface: 16 } as const
