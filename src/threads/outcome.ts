/** How an operation on an object of {@link import('./pthread-state.ts').PthreadState} ended. */
export const Outcome = {
  OK: 0,
  /** The handle stands for no such object, or the operation cannot be done on it now. */
  FAILED: -1,
  /** The time was over before what was waited for happened. */
  EXPIRED: 1,
  /** The calling thread has been cancelled and must end; what it waited for did not happen. */
  CANCELLED: 2,
} as const
export type Outcome = (typeof Outcome)[keyof typeof Outcome]
