/** The types of what an embedding program passes and gets. */
import type { Socket as DatagramSocket } from 'node:dgram'
import type { Server, Socket } from 'node:net'
import type { TrapError } from './errors.ts'
import type { GuestListener } from './guest-listener.ts'

/** A use of the network that was refused. */
export interface DenyEvent {
  readonly operation: 'bind' | 'listen' | 'connect' | 'send to' | 'join group' | 'resolve' | 'bind to device'
  readonly protocol: 'tcp' | 'udp' | 'unix' | undefined
  /** What was asked for: `192.0.2.1:80`, `[::1]:80`, a name, a path. */
  readonly target: string
  /** The options that would have allowed it, to be merged into those given; undefined where none would. */
  readonly grant: Pick<NetworkOptions, 'addrPool' | 'allowResolve' | 'allowDevice' | 'allowAbstract'> | undefined
}

/** What a program may do on the network: nothing that is not granted here. */
export interface NetworkOptions {
  /** Addresses that the program may bind, listen at, connect and send to: `ADDRESS/PREFIX` each. */
  readonly addrPool?: readonly string[] | undefined
  /** Names that it may look up: `domain.com`, `*.example.com` for those below it, `*` for all. */
  readonly allowResolve?: readonly string[] | undefined
  /** Network interfaces that it may tie a socket to (`SO_BINDTODEVICE`). */
  readonly allowDevice?: readonly string[] | undefined
  /** Abstract names of Unix-domain sockets that it may use, without the leading NUL; `*` for all. */
  readonly allowAbstract?: readonly string[] | undefined
  /** Is told of each refusal. Must not throw: what it throws is reported as an uncaught exception. */
  readonly onDeny?: ((event: DenyEvent) => void) | undefined
}

/** A directory for the program, by the name under which it is to know it. */
export type Preopens = Readonly<Record<string, string | { readonly path: string; readonly readOnly?: boolean }>>

/** What a program is started with. */
export interface ProgramOptions extends NetworkOptions {
  /** `argv`, the program's own name first. */
  readonly args?: readonly string[] | undefined
  /** Nothing of the environment of this process is added. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  readonly preopens?: Preopens | undefined
  /** Addresses, as `ADDRESS:PORT` or `[ADDRESS]:PORT`, where the program is given sockets that listen. */
  readonly listen?: readonly string[] | undefined
  /**
   * Microseconds for which the program looks for what it waits for before its thread sleeps, 0 to 100,000. Default 0. A program
   * of `startAsync` never does: its thread has other things to do.
   */
  readonly busyPoll?: number | undefined
}

/** What the program wants addresses for. */
export interface ResolveHints {
  /** 0 where either will do. */
  readonly family: 0 | 4 | 6
  /** Undefined where either will do. */
  readonly socktype: 'stream' | 'dgram' | undefined
}

/** An address in digits; an IPv6 address may have a zone. */
export type ResolvedHost =
  | string
  | {
      readonly address: string
      readonly family?: 4 | 6 | undefined
      /** The name that the one asked for is another name of. */
      readonly canonicalName?: string | undefined
    }

/**
 * Answers a name that the program is allowed to look up. No addresses, or an error with the code `ENOTFOUND`, mean that
 * there is no such name; with `EAI_AGAIN` or `ETIMEOUT`, that it may be asked again; any other, that it cannot be answered.
 */
export type ResolveFunction = (
  name: string,
  hints: ResolveHints,
) => Promise<readonly ResolvedHost[]> | readonly ResolvedHost[]

/** What can be handed to a guest: a server, a connection or a datagram socket of Node.js, or a descriptor of any socket. */
export type HandedSocket = Server | Socket | DatagramSocket | GuestListener | number

/** An instance of a module: `WebAssembly.Instance`, by what is used of it. */
export interface WasmInstance {
  // biome-ignore lint/suspicious/noExplicitAny: a module may export anything under any name
  readonly exports: Record<string, any>
}

/** What an instance is made with: by module, the functions and other things by name. */
// biome-ignore lint/suspicious/noExplicitAny: functions of any type, which the engine checks
export type WasmImports = Record<string, Record<string, any>>

/**
 * What a standard stream of a program is: a pipe to the embedding program, that of the embedding program itself, nothing, or
 * a descriptor of the embedding process, which is duplicated.
 */
export type Stdio = 'pipe' | 'inherit' | 'ignore' | number

/** A path, a `file:` URL, the bytes of a module, or one that is compiled (`WebAssembly.Module`). */
export type ModuleSource = string | URL | ArrayBuffer | ArrayBufferView | object

/** What a program may use at most. */
export interface Limits {
  /** Its memory, in pages of 64 KiB. Default: what the module itself declares. */
  readonly memoryPages?: number | undefined
  /** Threads besides the main one. Default 4. */
  readonly threads?: number | undefined
  /** Sockets open at once, duplicates and listeners counted; one more answers EMFILE. */
  readonly sockets?: number | undefined
  /** Payload over all sockets, Unix-domain sockets too; what goes beyond answers EDQUOT. */
  readonly bytesSent?: number | undefined
  readonly bytesReceived?: number | undefined
}

export interface SpawnOptions extends ProgramOptions {
  /** For all three standard streams, or each. Default `'pipe'`. */
  readonly stdio?: Stdio | readonly (Stdio | null | undefined)[] | undefined
  readonly stdin?: Stdio | undefined
  readonly stdout?: Stdio | undefined
  readonly stderr?: Stdio | undefined
  /** Sockets that the program gets behind its directories and listeners; see {@link HandedSocket}. */
  readonly sockets?: readonly HandedSocket[] | undefined
  /** Ends the program; `result` then rejects with an AbortError. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds after which the program is killed. Default: never. */
  readonly timeout?: number | undefined
  /** With what `timeout` and `signal` kill. Default `'SIGTERM'`. */
  readonly killSignal?: NodeJS.Signals | number | undefined
  readonly limits?: Limits | undefined
  /** Answers the names that the program looks up and may look up, in place of the host. */
  readonly resolve?: ResolveFunction | undefined
}

/** How a program ended: one of the three is not null. */
export interface WasiResult {
  readonly exitCode: number | null
  /** With what it was killed. */
  readonly signal: NodeJS.Signals | null
  readonly trap: TrapError | null
}

/** Where a program listens that was given a listener. */
export interface ListeningAddress {
  readonly address: string
  readonly family: 'IPv4' | 'IPv6'
  readonly port: number
}
