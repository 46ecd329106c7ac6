/**
 * The control messages that pass between a program and the kernel. Others are not handed over: descriptors and credentials
 * of other processes among them. Numbers are Linux's; data has the same layout on both sides.
 */
import { IPPROTO_IP, IPPROTO_IPV6, SOL_SOCKET } from '../os/constants.ts'

const IP_TOS = 1
const IP_TTL = 2
const IP_PKTINFO = 8
const IPV6_PKTINFO = 50
const IPV6_HOPLIMIT = 52
const IPV6_TCLASS = 67
const SCM_TIMESTAMP = 29
const SCM_TIMESTAMPNS = 35

const TO_PROGRAM: Readonly<Record<number, readonly number[]>> = {
  [SOL_SOCKET]: [SCM_TIMESTAMP, SCM_TIMESTAMPNS],
  [IPPROTO_IP]: [IP_TOS, IP_TTL, IP_PKTINFO],
  [IPPROTO_IPV6]: [IPV6_PKTINFO, IPV6_HOPLIMIT, IPV6_TCLASS],
}

const FROM_PROGRAM: Readonly<Record<number, readonly number[]>> = {
  [IPPROTO_IP]: [IP_TOS, IP_TTL, IP_PKTINFO],
  [IPPROTO_IPV6]: [IPV6_PKTINFO, IPV6_HOPLIMIT, IPV6_TCLASS],
}

export interface ControlMessage {
  readonly level: number
  readonly type: number
  readonly data: Uint8Array
}

export function passesToProgram({ level, type }: ControlMessage): boolean {
  return TO_PROGRAM[level]?.includes(type) ?? false
}

export function passesFromProgram({ level, type }: ControlMessage): boolean {
  return FROM_PROGRAM[level]?.includes(type) ?? false
}

/**
 * The source address that a message of a program asks for (`ipi_spec_dst`, `ipi6_addr`), as address bytes; undefined if it
 * asks for none. Sending from an address is a use of it, as binding is.
 */
export function requestedSource({ level, type, data }: ControlMessage): Uint8Array | undefined {
  let source: Uint8Array | undefined
  if (level === IPPROTO_IP && type === IP_PKTINFO && data.length >= 12) source = data.subarray(4, 8)
  if (level === IPPROTO_IPV6 && type === IPV6_PKTINFO && data.length >= 20) source = data.subarray(0, 16)
  return source?.some((byte) => byte !== 0) ? source : undefined
}
