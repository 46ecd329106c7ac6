import { writeSync } from 'node:fs'

/** Where the command writes, and how the process ends; a test brings its own. */
export interface Process {
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  readonly env: Readonly<Record<string, string | undefined>>
  readonly pid: number
  /** Ends the process at once with a code of 0 to 255. */
  readonly exit: (code: number) => never
}

/** The process that the command runs in. Output is written before the call returns: nothing is lost at the end. */
export function realProcess(exit: (code: number) => never): Process {
  const writeTo = (fd: number) => (text: string) => writeAll(fd, text)
  return { stdout: writeTo(1), stderr: writeTo(2), env: process.env, pid: process.pid, exit }
}

function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(fd, bytes, done)
    } catch (error) {
      // A full pipe that somebody else made non-blocking: again. A reader that is gone: nobody is left to tell.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return
    }
  }
}
