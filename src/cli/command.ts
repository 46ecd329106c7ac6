import { completeKeptCode } from '../boot/keep-code.ts'
import { exitNow } from '../os/libc.ts'
import { main } from './main.ts'
import { realProcess } from './process.ts'

/** The whole process: it leaves through libc's `_exit`, since Node.js hangs on exit while a worker is in a system call. */
export function runCommand(command: 'iwasm' | 'berth'): void {
  const exit = (code: number): never => {
    completeKeptCode()
    return exitNow(code)
  }
  exit(main(command, process.argv.slice(2), realProcess(exit)))
}
