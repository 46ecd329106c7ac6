/** `node run.mjs PORT BYTES ROUNDS [blocking|libc]`: runs the component, whose arguments are those of this process. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { modulePath } from './build.mjs'

const path = modulePath()
// In a process of its own, since the engine would still be busy with the compilers while this one measures.
if (!existsSync(path)) execFileSync(process.execPath, [fileURLToPath(new URL('build.mjs', import.meta.url))])
const { run } = await import(path)
try {
  run.run()
} catch (error) {
  console.error(error ?? 'usage: run.mjs PORT BYTES ROUNDS [blocking|libc]')
  process.exit(1)
}
