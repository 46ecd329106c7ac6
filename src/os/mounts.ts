import { readFileSync, realpathSync } from 'node:fs'

/**
 * Whether a directory lies in a file system of processes, or has one below it: there is the memory of this process, as a
 * file. Source: proc_pid_mountinfo(5).
 */
export function reachesProcesses(directory: string): boolean {
  let mounts: string
  let path: string
  try {
    mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    path = realpathSync(directory)
  } catch {
    return false
  }
  return mounts.split('\n').some((line) => {
    const [mount, system] = line.split(' - ')
    // Blanks in the path are written as octal numbers; those of /proc have none.
    const point = mount?.split(' ')[4]
    if (point === undefined || !system?.startsWith('proc ')) return false
    return isBelow(point, path) || isBelow(path, point)
  })
}

function isBelow(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory.endsWith('/') ? directory : `${directory}/`)
}
