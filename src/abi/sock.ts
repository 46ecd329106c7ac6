/**
 * Numbers and memory layouts of the socket extension ("lib-socket"), wasm32, little-endian.
 * Offsets are bytes from the start of the record.
 */

/** `__wasi_addr_type_t`, u32: which member of an address union is valid. */
export const AddrKind = { IPV4: 0, IPV6: 1 } as const

/** `__wasi_address_family_t`, u32. */
export const AddressFamily = { INET4: 0, INET6: 1, INET_UNSPEC: 2 } as const

/** `__wasi_sock_type_t`, i32. `ANY` is valid in resolver hints only. */
export const SockType = { ANY: -1, DGRAM: 0, STREAM: 1 } as const

/**
 * `__wasi_addr_t`: 24 bytes. kind u32; for IPv4 four address bytes in reading order and a port; for IPv6 eight
 * 16-bit groups and a port. Ports and groups are in the guest's (little-endian) order, not the network's.
 */
export const Addr = { size: 24, kind: 0, ip4: 4, ip4Port: 8, ip6: 4, ip6Port: 20 } as const

/** `__wasi_addr_ip_t`: 20 bytes. kind u32, then 4 or 16 address bytes as in {@link Addr}. */
export const AddrIp = { size: 20, kind: 0, ip4: 4, ip6: 4 } as const

/** `__wasi_addr_info_t`: 28 bytes. an {@link Addr}, then the socket type i32. */
export const AddrInfo = { size: 28, addr: 0, type: 24 } as const

/** `__wasi_addr_info_hints_t`: 12 bytes. type i32, family u32, `hints_enabled` u8. */
export const AddrInfoHints = { size: 12, type: 0, family: 4, enabled: 8 } as const
