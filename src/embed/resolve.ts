/** Names that a program asks for, answered by the embedding program instead of the host. */
import { isIP } from 'node:net'
import type { BackgroundResolver } from '../net/resolver.ts'
import {
  AF_INET,
  AF_INET6,
  AI_CANONNAME,
  AI_NUMERICHOST,
  EAI_ADDRFAMILY,
  EAI_AGAIN,
  EAI_FAIL,
  EAI_NONAME,
  NI_NAMEREQD,
  NI_NUMERICHOST,
  SOCK_DGRAM,
  SOCK_STREAM,
} from '../os/constants.ts'
import { type AddressInfo, type AddressInfoFailure, addressInfo, type HostHints, nameInfo } from '../os/resolver.ts'
import { invalidValue } from './errors.ts'
import type { ResolvedHost, ResolveFunction, ResolveHints } from './types.ts'

const NOT_FOUND_CODES = ['ENOTFOUND', 'ENODATA', 'EAI_NONAME', 'EAI_NODATA']
const AGAIN_CODES = ['EAI_AGAIN', 'EAGAIN', 'ETIMEOUT', 'ETIMEDOUT', 'ESERVFAIL', 'ECANCELLED']

/** Who answers with such a function. Of addresses it knows no names. */
export function hookResolver(resolve: ResolveFunction): BackgroundResolver {
  return {
    async addressInfo(host, service, hints) {
      let answer: unknown
      try {
        answer = await resolve(Buffer.from(host ?? []).toString(), hintsOf(hints))
      } catch (error) {
        return failure(statusOf(error))
      }
      try {
        return expand(readAnswer(answer), host ?? new Uint8Array(0), service, hints)
      } catch (error) {
        process.emitWarning(error as Error)
        return failure(EAI_FAIL)
      }
    },

    async nameInfo(address, hostRoom, serviceRoom, flags) {
      if ((flags & NI_NAMEREQD) !== 0) return failure(EAI_NONAME)
      return nameInfo(address, hostRoom, serviceRoom, flags | NI_NUMERICHOST)
    },
  }
}

function hintsOf(hints: HostHints | undefined): ResolveHints {
  const family = hints?.family === AF_INET ? 4 : hints?.family === AF_INET6 ? 6 : 0
  const socktype = hints?.socktype === SOCK_STREAM ? 'stream' : hints?.socktype === SOCK_DGRAM ? 'dgram' : undefined
  return { family, socktype }
}

interface Answer {
  readonly addresses: readonly string[]
  readonly canonicalName: string | undefined
}

/** @throws TypeError for what is no list of addresses */
function readAnswer(answer: unknown): Answer {
  if (!Array.isArray(answer)) throw invalidValue('resolve()', answer, 'must be an array of addresses')
  let canonicalName: string | undefined
  const addresses = answer.map((entry: unknown) => {
    const given = typeof entry === 'object' && entry !== null ? (entry as Exclude<ResolvedHost, string>) : undefined
    const address = given === undefined ? entry : given.address
    const family = typeof address === 'string' ? isIP(address) : 0
    if (family === 0 || (given?.family !== undefined && given.family !== family)) {
      throw invalidValue('resolve()', address, 'must be an address in digits, of the family told')
    }
    if (typeof given?.canonicalName === 'string') canonicalName ??= given.canonicalName
    return address as string
  })
  return { addresses, canonicalName }
}

/** What `getaddrinfo` answers for the addresses in digits: all services, types and families are dealt with there. */
function expand(
  { addresses, canonicalName }: Answer,
  name: Uint8Array,
  service: Uint8Array | undefined,
  hints: HostHints | undefined,
): AddressInfo | AddressInfoFailure {
  const { flags = 0, family = 0, socktype = 0, protocol = 0 } = hints ?? {}
  const entries: AddressInfo['entries'][number][] = []
  for (const address of addresses) {
    const numeric = { family, socktype, protocol, flags: (flags | AI_NUMERICHOST) & ~AI_CANONNAME }
    const found = addressInfo(Buffer.from(address), service, numeric)
    if ('entries' in found) entries.push(...found.entries)
    else if (found.status !== EAI_ADDRFAMILY && found.status !== EAI_NONAME) return found
  }
  if (entries.length === 0) return failure(EAI_NONAME)
  const isNamed = (flags & AI_CANONNAME) !== 0
  return { entries, canonicalName: isNamed ? Buffer.from(canonicalName ?? name) : new Uint8Array(0) }
}

function statusOf(error: unknown): number {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? ''
  if (NOT_FOUND_CODES.includes(code)) return EAI_NONAME
  return AGAIN_CODES.includes(code) ? EAI_AGAIN : EAI_FAIL
}

function failure(status: number): AddressInfoFailure {
  return { status, hostErrno: 0 }
}
