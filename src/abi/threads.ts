/** wasi-threads. Source: the proposal; `thread-spawn` answers a thread's number, or a negative one. */
export const THREADS_MODULE = 'wasi'

export const THREADS_SIGNATURES = {
  'thread-spawn': 'i:i',
} as const
