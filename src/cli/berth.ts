import { isCompilerCommand } from './compiler-commands.ts'

const [subcommand = '', ...rest] = process.argv.slice(2)
// Each loads what it needs: a compile does not want system calls, a run no compiler driver.
if (isCompilerCommand(subcommand)) {
  void import('../cc/main.ts').then(async ({ compilerCommand }) =>
    process.exit(await compilerCommand(subcommand, rest)),
  )
} else {
  void import('./command.ts').then(({ runCommand }) => runCommand('berth'))
}
