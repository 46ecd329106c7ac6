/** Programs of lib-pthread end in every way while their threads wait for each other. */
import { before, describe } from 'node:test'
import { start } from '../cli/harness.ts'
import { compilePthreadEnds } from './guest.ts'
import { END_HANG_MS, testEveryWayToEnd } from './ways-to-end.ts'

const CALLS = ['pthread_mutex_lock', 'pthread_cond_wait', 'pthread_cond_timedwait', 'pthread_join', 'sem_wait']

let module: string

before(async () => {
  module = await compilePthreadEnds()
})

describe('the end of all threads, whatever they wait for', { concurrency: 3 }, () => {
  for (const call of CALLS) {
    testEveryWayToEnd(call, async (_, options, way) =>
      start([...options, module, call, way], { stdio: ['ignore', 'pipe', 'pipe'], hangMs: END_HANG_MS }),
    )
  }
})
