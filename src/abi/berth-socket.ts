/**
 * The additional import module: numbers and layouts, as docs/abi.md describes them. Where the guest's C library has a
 * number, it is used; offsets are bytes.
 */

export const BERTH_MODULE = 'berth_socket_v1'

/** As `SIGNATURES` in signatures.ts. */
export const BERTH_SIGNATURES = {
  socket: 'iiii:i',
  socket_pair: 'iiii:i',
  bind: 'iii:i',
  connect: 'iii:i',
  accept: 'iiiii:i',
  get_name: 'iiii:i',
  send_message: 'iiii:i',
  receive_message: 'iiii:i',
  send_messages: 'iiiii:i',
  receive_messages: 'iiiiIi:i',
  get_option: 'iiiii:i',
  set_option: 'iiiii:i',
  poll: 'iiIi:i',
  epoll_create: 'ii:i',
  epoll_control: 'iiii:i',
  epoll_wait: 'iiiIi:i',
  duplicate: 'iiii:i',
  io_control: 'iii:i',
  address_info: 'iiiiiii:i',
  name_info: 'iiiiiii:i',
  interfaces: 'iii:i',
} as const

/** Address families of WASI libc. */
export const GuestFamily = { UNSPEC: 0, INET: 1, INET6: 2, UNIX: 3 } as const

/** Socket types and flags of WASI libc; SEQPACKET is an addition. */
export const GuestType = { DGRAM: 5, STREAM: 6, SEQPACKET: 7 } as const
export const GuestTypeFlags = { CLOEXEC: 0x2000, NONBLOCK: 0x4000 } as const

/** `SOL_SOCKET` of WASI libc; all other levels have Linux's numbers. */
export const GUEST_SOL_SOCKET = 0x7fff_ffff

/** Message flags. */
export const GuestMsg = {
  PEEK: 1,
  WAITALL: 2,
  OOB: 4,
  CTRUNC: 8,
  DONTROUTE: 0x10,
  TRUNC: 0x20,
  DONTWAIT: 0x40,
  EOR: 0x80,
  ERRQUEUE: 0x2000,
  NOSIGNAL: 0x4000,
  MORE: 0x8000,
  WAITFORONE: 0x1_0000,
  CMSG_CLOEXEC: 0x4000_0000,
} as const

/** Events of `poll`. */
export const GuestPoll = { IN: 1, OUT: 2, PRI: 4, RDHUP: 8, ERR: 0x1000, HUP: 0x2000, NVAL: 0x4000 } as const

/** `struct sockaddr_in` (16), `sockaddr_in6` (28), `sockaddr_un` (2 and a path of at most 108). */
export const GuestSockaddr = {
  family: 0,
  port: 2,
  in: { size: 16, addr: 4 },
  in6: { size: 28, flowinfo: 4, addr: 8, scopeId: 24 },
  un: { path: 2 },
} as const

export const GuestMsghdr = {
  size: 28,
  name: 0,
  namelen: 4,
  iov: 8,
  iovlen: 12,
  control: 16,
  controllen: 20,
  flags: 24,
} as const

export const GuestMmsghdr = { size: 32, bytes: 28 } as const

/** The header of a control message; its data follows, and the next one begins at a multiple of 4. */
export const GuestCmsghdr = { size: 12, len: 0, level: 4, type: 8, alignment: 4 } as const

export const GuestPollfd = { size: 8, fd: 0, events: 4, revents: 6 } as const

export const GuestEpollEvent = { size: 16, events: 0, data: 8 } as const

/** The option value of `MCAST_JOIN_GROUP` and its family. */
export const GuestGroupRequest = { size: 72, index: 0, group: 8, source: 40 } as const

/** `struct ifreq` as far as it is used: a name, then an int or a `sockaddr`. */
export const GuestIfreq = { size: 32, name: 0, nameSize: 16, value: 16 } as const

/** `address_info`: hints, the result's head, and one entry. */
export const GuestAddressHints = { size: 16, flags: 0, family: 4, type: 8, protocol: 12 } as const
export const GuestAddressList = { size: 8, count: 0, canonicalNameBytes: 4 } as const
export const GuestAddressEntry = { size: 48, family: 0, type: 4, protocol: 8, addrlen: 12, addr: 16 } as const

/** One entry of `interfaces`. */
export const GuestInterface = {
  size: 120,
  index: 0,
  flags: 4,
  name: 8,
  nameSize: 16,
  address: 24,
  netmask: 56,
  broadcast: 88,
} as const
