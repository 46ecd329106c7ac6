/**
 * `npm test`: installs what is missing, checks format, lint and types, builds, and runs every test. The last line counts
 * checks and tests together: `N passed, N failed`. With words behind `--`, runs only the test files whose path contains one
 * of them, without the checks.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from './build.mjs'
import { installDependencies } from './install-dependencies.mjs'
import { formatCounts } from './test-reporter.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const COUNTS = join(ROOT, 'build/test-counts.json')
const only = process.argv.slice(2)
const total = { passed: 0, failed: 0, skipped: 0 }

process.chdir(ROOT)
// With this variable Node.js 20 reads every certificate of the system at each start: 67 ms for nothing, hundreds of times.
delete process.env.NODE_EXTRA_CA_CERTS
installDependencies()
if (only.length === 0) {
  check('format and lint', ['node_modules/.bin/biome', 'check', '--error-on-warnings', '.'])
  check('types', ['node_modules/.bin/tsc', '-p', '.'])
}
await build()
runTests()
console.log(formatCounts(total))
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1

function check(name, [command, ...args]) {
  const passed = spawnSync(command, args, { stdio: 'inherit' }).status === 0
  total[passed ? 'passed' : 'failed']++
  console.log(`${name}: ${passed ? 'passed' : 'failed'}`)
}

/** The files that take longest first, so that the other processor has something to do until the end. */
function startOrder(file) {
  const longest = ['test/oracle/oracle.test.ts', 'test/cc/compile.test.ts', 'guest/test/headers.test.mjs']
  const place = longest.indexOf(file)
  return place < 0 ? longest.length : place
}

function runTests() {
  const files = ['test', 'guest/test']
    .filter((dir) => existsSync(dir))
    .flatMap((dir) => readdirSync(dir, { recursive: true }).map((name) => join(dir, name)))
    .filter((file) => /\.test\.(ts|mjs)$/.test(file))
    .filter((file) => only.length === 0 || only.some((part) => file.includes(part)))
    .sort((a, b) => startOrder(a) - startOrder(b) || (a < b ? -1 : 1))
  mkdirSync(join(ROOT, 'build'), { recursive: true })
  rmSync(COUNTS, { force: true })
  const reporter = new URL('./test-reporter.mjs', import.meta.url).href
  const options = ['--import', 'tsx', '--test', '--test-concurrency=2', `--test-reporter=${reporter}`]
  const { status } = spawnSync(process.execPath, [...options, ...files], {
    stdio: ['ignore', 'inherit', 'inherit'],
    // What is kept between runs is not the user's.
    env: { ...process.env, TEST_COUNTS: COUNTS, XDG_CACHE_HOME: join(ROOT, 'build/cache') },
  })
  if (!existsSync(COUNTS)) {
    total.failed++
    console.log(`the test runner ended with status ${status} and without counts`)
    return
  }
  const counts = JSON.parse(readFileSync(COUNTS, 'utf8'))
  for (const outcome of Object.keys(total)) total[outcome] += counts[outcome]
  // A runner that failed without a failed test has failed all the same.
  if (status !== 0 && counts.failed === 0) total.failed++
}
