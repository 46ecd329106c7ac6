import type { JobResult } from './job.ts'

/** Client and server speak lines of JSON: a job, empty lines while it runs, a result. */
export function encodeResult({ code, stdout, stderr, trace }: JobResult): string {
  const paths = [trace.read, trace.seen, trace.missing, trace.written].map((set) => [...set])
  return JSON.stringify([
    code,
    Buffer.from(stdout).toString('base64'),
    Buffer.from(stderr).toString('base64'),
    ...paths,
  ])
}

export function decodeResult(line: string): JobResult {
  const [code, stdout, stderr, ...paths] = JSON.parse(line) as [number, string, string, ...string[][]]
  const [read, seen, missing, written] = paths.map((list) => new Set(list))
  return {
    code,
    stdout: Buffer.from(stdout, 'base64'),
    stderr: Buffer.from(stderr, 'base64'),
    trace: { read: read!, seen: seen!, missing: missing!, written: written! },
  }
}

/** The server says so often that it is alive, and a client that has heard nothing for long works for itself. */
export const ALIVE_MS = 1_000
export const SILENCE_MS = 15_000
