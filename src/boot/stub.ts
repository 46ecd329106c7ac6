/** What each command, Worker and the library is loaded by: runs the bundle of its name with its compiled code from the cache. */
import { join } from 'node:path'
import { runBundle } from './code-cache.ts'

/** Put in by the build. */
declare const BERTH_BUNDLE: string
declare const BERTH_BUILD: string
declare const module: { exports: unknown }
declare const require: NodeJS.Require
declare const __dirname: string

module.exports = runBundle({ file: join(__dirname, BERTH_BUNDLE), build: BERTH_BUILD }, require)
