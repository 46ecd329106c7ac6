/** What the embedding thread and the Workers of a program say to each other. */

import type { Resolver } from '../net/resolver.ts'
import type { AddressInfo, AddressInfoFailure, HostHints, NameInfo } from '../os/resolver.ts'
import type { SharedProgram } from '../runtime/thread.ts'
import type { Grants } from './options.ts'
import type { DenyEvent } from './types.ts'

/** What all Workers of a program get. */
export interface SpawnedProgram {
  readonly main: WebAssembly.Module
  readonly shared: Omit<SharedProgram, 'module' | 'memory'>
  /** For threads, where the module can have any. */
  readonly thread: WebAssembly.Module | undefined
  /** Where threads share it. */
  readonly memory: WebAssembly.Memory | undefined
  /** The most that a memory which they do not share may have. */
  readonly memoryPages: number | undefined
  readonly grants: Grants
  /** Whether somebody wants to know of refusals. */
  readonly reportsRefusals: boolean
  readonly quota: SharedArrayBuffer | undefined
}

/** To a Worker: run a thread of a program. */
export interface RunMessage {
  readonly program: SpawnedProgram
  /** 0 is the main thread. */
  readonly place: number
}

export type Question =
  | {
      readonly about: 'name'
      readonly host: Uint8Array | undefined
      readonly service: Uint8Array | undefined
      readonly hints: HostHints | undefined
    }
  | {
      readonly about: 'address'
      readonly parameters: Parameters<Resolver['nameInfo']>
    }

/** To a Worker: what it waits for. */
export type AnswerMessage = AddressInfo | NameInfo | AddressInfoFailure

/** How a program ended by itself. */
export type End =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'trap'; readonly reason: string; readonly stack: string | undefined }
  /** It could not be started. */
  | { readonly kind: 'load'; readonly message: string }
  /** A defect of ours. */
  | { readonly kind: 'defect'; readonly message: string; readonly stack: string | undefined }

/** From a Worker. */
export type WorkerMessage =
  | { readonly kind: 'ended'; readonly end: End; readonly memoryBytes: number }
  | { readonly kind: 'thread wanted'; readonly place: number }
  | { readonly kind: 'refused'; readonly event: DenyEvent }
  | { readonly kind: 'question'; readonly question: Question }

/** Words that the embedding thread shares with one Worker. */
export const Word = {
  /** Grows with each answer. */
  ANSWERS: 0,
  /** Refusals that were told and not yet heard. */
  REFUSALS: 1,
  /**
   * For what the Worker still has to prepare itself: one for its own code, one for each program. Unless it is 0 the Worker
   * must not be ended: the FFI ends the whole process if the engine is taken from it while it declares functions.
   */
  PREPARING: 2,
  count: 3,
} as const

/** So many refusals wait to be heard at most: a program must not fill the memory of the embedding one. */
export const MAX_UNHEARD = 64
