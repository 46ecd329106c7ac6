/**
 * The thread functions that modules made for the original's lib-pthread import from `env`.
 * Source: reference, section 7.1. Notation as in signatures.ts.
 */

export const PTHREAD_MODULE = 'env'

export const PTHREAD_SIGNATURES = {
  __pthread_self: ':i',
  posix_memalign: 'iii:i',
  pthread_cancel: 'i:i',
  pthread_cond_broadcast: 'i:i',
  pthread_cond_destroy: 'i:i',
  pthread_cond_init: 'ii:i',
  pthread_cond_signal: 'i:i',
  pthread_cond_timedwait: 'iiI:i',
  pthread_cond_wait: 'ii:i',
  pthread_create: 'iiii:i',
  pthread_detach: 'i:i',
  pthread_exit: 'i:',
  pthread_getspecific: 'i:i',
  pthread_join: 'ii:i',
  pthread_key_create: 'ii:i',
  pthread_key_delete: 'i:i',
  pthread_mutex_destroy: 'i:i',
  pthread_mutex_init: 'ii:i',
  pthread_mutex_lock: 'i:i',
  pthread_mutex_unlock: 'i:i',
  pthread_self: ':i',
  pthread_setspecific: 'ii:i',
  sem_close: 'i:i',
  sem_getvalue: 'ii:i',
  sem_open: 'iiii:i',
  sem_post: 'i:i',
  sem_trywait: 'i:i',
  sem_unlink: 'i:i',
  sem_wait: 'i:i',
} as const

export type PthreadFunction = keyof typeof PTHREAD_SIGNATURES

/** What a cancelled thread leaves for those who join it: C's `(void *)-1`. */
export const PTHREAD_CANCELED = -1

/**
 * The flags of `sem_open`. The original hands them to the host as they are, so guests pass Linux's numbers; a guest that
 * uses its C library's has WASI's. The two do not collide: in Linux, WASI's bits are O_DSYNC and O_DIRECT, which mean
 * nothing to a semaphore.
 */
export const SemFlags = { LINUX_CREAT: 0x40, LINUX_EXCL: 0x80, WASI_CREAT: 0x1000, WASI_EXCL: 0x4000 } as const
