/** What a program is told of its standard streams: terminal, file, pipe, device, closed; readable or writable. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { before, test } from 'node:test'
import { compileGuest } from '../../scripts/guest-compiler.mjs'
import { file, shell } from './harness.ts'

/** One line for each stream: is it a terminal, what kind, how it is open. To the file argv[1], as any stream may be closed. */
const SOURCE = `
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int
main(int count, char **words)
{
    FILE *report = count > 1 ? fopen(words[1], "w") : stdout;
    for (int fd = 0; fd < 3; fd++) {
        struct stat status;
        int flags = fcntl(fd, F_GETFL);
        const char *kind = fstat(fd, &status) != 0 ? "nothing"
                           : S_ISREG(status.st_mode) ? "file"
                           : S_ISCHR(status.st_mode) ? "device"
                                                     : "other";
        const char *access = flags < 0                               ? "closed"
                             : (flags & O_ACCMODE) == O_RDONLY ? "read"
                             : (flags & O_ACCMODE) == O_WRONLY ? "write"
                                                               : "both";
        fprintf(report, "%s%s %s%s", isatty(fd) ? "terminal " : "", kind, access, fd < 2 ? ", " : "\\n");
    }
    return fclose(report);
}
`

let module: string
let input: string

before(async () => {
  module = await compileGuest({ sources: [file(SOURCE, 'kinds.c')] })
  input = file('input')
})

const CASES: readonly (readonly [redirections: string, report: string])[] = [
  ['< INPUT > out 2>> errors', 'file read, file write, file write'],
  ['<> INPUT 1<> out 2> /dev/null', 'file both, file both, device write'],
  ['< /dev/null > /dev/full 2> errors', 'device read, device write, file write'],
]

for (const [redirections, report] of CASES) {
  test(`iwasm ${redirections}`, async () => {
    const directory = file('', 'report').replace(/report$/, '')
    const line = `cd ${directory} && $IWASM --dir=. ${module} report ${redirections.replace('INPUT', input)}; cat report`
    assert.equal((await shell(line)).stdout, `${report}\n`)
  })
}

test('pipes', async () => {
  const directory = file('', 'report').replace(/report$/, '')
  const line = `cd ${directory} && (echo | $IWASM --dir=. ${module} report 2>&1) | cat; cat report`
  assert.equal((await shell(line)).stdout, 'other read, other write, other write\n')
})

const noTerminal = spawnSync('script', ['--version']).status !== 0 && 'no script(1), which makes terminals'

test('a terminal', { skip: noTerminal }, async () => {
  const { stdout } = await shell(`script -qec '$IWASM ${module}' /dev/null < /dev/null`)
  assert.match(stdout, /^(\^@|\^D|[\b])*terminal device both, terminal device both, terminal device both\r\n/)
})
