import { exitNow } from '../os/libc.ts'
import { main } from './main.ts'
import { realProcess } from './process.ts'

/** The whole process: it leaves through libc's `_exit`, since Node.js hangs on exit while a worker is in a system call. */
export function runCommand(command: 'iwasm' | 'berth'): void {
  exitNow(main(command, process.argv.slice(2), realProcess(exitNow)))
}
