/**
 * What `wasi_unstable` (snapshot 0) lays out differently from preview 1. Everything else is the same.
 * Layouts are byte offsets from the start of the record. Source: WASI snapshot-0.
 */
import { Filestat, Subscription, Whence } from './preview1.ts'

/** The records and numbers that differ between the two, as one of them has them. */
export interface Layouts {
  readonly filestat: { readonly [Field in keyof typeof Filestat]: number }
  readonly subscription: { readonly [Field in keyof typeof Subscription]: number }
  readonly whence: { readonly [Name in keyof typeof Whence]: number }
}

export const PREVIEW1_LAYOUTS: Layouts = { filestat: Filestat, subscription: Subscription, whence: Whence }

export const UNSTABLE_LAYOUTS: Layouts = {
  /** 56 bytes: `nlink` is u32. */
  filestat: { size: 56, dev: 0, ino: 8, filetype: 16, nlink: 20, fileSize: 24, atim: 32, mtim: 40, ctim: 48 },
  /** 56 bytes: a clock has an identifier u64, which nothing uses, before its number. */
  subscription: {
    size: 56,
    userdata: 0,
    tag: 8,
    clockId: 24,
    clockTimeout: 32,
    clockPrecision: 40,
    clockFlags: 48,
    fd: 16,
  },
  whence: { CUR: 0, END: 1, SET: 2 },
}
