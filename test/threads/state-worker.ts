/**
 * One thread of the tests: runs the role that it is given over the shared state, and ends as a thread of a program does.
 * Counters are words of a second buffer, so that the test can count what happened.
 */
import { workerData } from 'node:worker_threads'
import { PthreadState } from '../../src/threads/pthread-state.ts'
import { ROLES, type WorkerData } from './state-roles.ts'

const { buffer, counters, handle, role, parameters } = workerData as WorkerData
const state = new PthreadState(buffer, handle)
const result = ROLES[role](state, new Int32Array(counters), ...parameters)
state.beginEnd()
state.threads.end(result)
