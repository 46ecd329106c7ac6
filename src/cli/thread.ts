/** The Worker of a thread: takes jobs until the process ends. */
import { workerData } from 'node:worker_threads'
import { endProgram } from '../host/trap.ts'
import { Network } from '../net/network.ts'
import { exitNow } from '../os/libc.ts'
import { ProcessExit } from '../runtime/errors.ts'
import { runThread } from '../runtime/thread.ts'
import { Messages } from './messages.ts'
import { createPolicy } from './policy.ts'
import { realProcess } from './process.ts'
import { startThreadWorker, type ThreadData } from './thread-worker.ts'
import { reportTrap } from './trap-report.ts'

const { program, place, command, config } = workerData as ThreadData
const process = realProcess(exitNow)
const messages = new Messages(command, config.logLevel, process.stderr)

try {
  runThread(program, place, {
    connect: () => ({ network: new Network(createPolicy(config, messages)) }),
    startWorker: (shared, other) => startThreadWorker({ program: shared, place: other, command, config }),
    exit: (code) => {
      if (config.functionName !== undefined || config.repl) endProgram(new ProcessExit(code))
      return process.exit(code & 0xff)
    },
  })
} catch (error) {
  exitNow(endingCode(error))
}

/** A thread that ends like this ends the program. A defect of ours must not leave the others waiting for it. */
function endingCode(error: unknown): number {
  try {
    return reportTrap(error, messages)
  } catch (defect) {
    process.stderr(`${(defect as Error).stack}\n`)
    return 70
  }
}
