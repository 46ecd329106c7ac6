/** `--dir` and `--map-dir`: what a program sees of them, through its C library. */
import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { compileGuest } from '../../scripts/guest-compiler.mjs'
import { finish, start } from './harness.ts'

/** Obeys its arguments: `names`, `read PATH`, `write PATH TEXT`, `list PATH`, `mkdir PATH`. */
const SOURCE = `
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <wasi/api.h>

static int
fail(void)
{
    printf("%s\\n", strerror(errno));
    return 1;
}

int
main(int count, char **words)
{
    char room[256];
    const char *what = words[1];
    if (strcmp(what, "names") == 0) {
        __wasi_prestat_t prestat;
        for (int fd = 3; __wasi_fd_prestat_get(fd, &prestat) == 0; fd++) {
            if (__wasi_fd_prestat_dir_name(fd, (uint8_t *)room, prestat.u.dir.pr_name_len) != 0)
                return 1;
            printf("%d %.*s\\n", fd, (int)prestat.u.dir.pr_name_len, room);
        }
        return 0;
    }
    if (strcmp(what, "read") == 0) {
        FILE *file = fopen(words[2], "r");
        if (file == NULL || fgets(room, sizeof room, file) == NULL)
            return fail();
        printf("%s\\n", room);
        return 0;
    }
    if (strcmp(what, "write") == 0) {
        FILE *file = fopen(words[2], "w");
        if (file == NULL || fputs(words[3], file) < 0 || fclose(file) != 0)
            return fail();
        return 0;
    }
    if (strcmp(what, "mkdir") == 0)
        return mkdir(words[2], 0777) == 0 ? 0 : fail();
    DIR *directory = opendir(words[2]);
    if (directory == NULL)
        return fail();
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        if (entry->d_name[0] != '.')
            printf("%s\\n", entry->d_name);
    closedir(directory);
    return count == 3 ? 0 : 1;
}
`

let root: string
let module: string

before(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'berth-directories-')))
  mkdirSync(join(root, 'data/sub'), { recursive: true })
  writeFileSync(join(root, 'data/hello.txt'), 'hello')
  writeFileSync(join(root, 'secret.txt'), 'secret')
  symlinkSync('../secret.txt', join(root, 'data/way-out'))
  const source = join(root, 'files.c')
  writeFileSync(source, SOURCE)
  module = await compileGuest({ sources: [source] })
})

after(() => rmSync(root, { recursive: true }))

async function run(options: readonly string[], ...words: string[]) {
  const child = start([...options, module, ...words], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const { exit, stdout, stderr } = await finish(child)
  return { exit, stdout: stdout.trimEnd(), stderr: stderr.trimEnd() }
}

test('without --dir there is no file', async () => {
  assert.deepEqual(await run([], 'names'), { exit: 0, stdout: '', stderr: '' })
  assert.equal((await run([], 'read', 'data/hello.txt')).exit, 1)
})

test('directories get the descriptors from 3 on: those of --dir first, then those of --map-dir', async () => {
  const options = ['--map-dir=/b::data/sub', '--dir=data', '--map-dir=c::.', '--dir=./data/sub/']
  assert.equal((await run(options, 'names')).stdout, '3 data\n4 ./data/sub/\n5 /b\n6 c')
})

test('a directory with /proc in it is told, whatever is given of it', async () => {
  for (const directory of ['/', '/proc', '/proc/self', '/proc::ro']) {
    const { exit, stderr } = await run([`--dir=${directory}`], 'names')
    assert.equal(exit, 0)
    assert.match(stderr, /^iwasm: warning: \/\S*: \/proc can be reached in it/)
  }
  assert.equal((await run(['--dir=/etc', `--dir=${root}`], 'names')).stderr, '')
})

test('more than eight directories', async () => {
  const options = Array.from({ length: 20 }, (_, i) => `--map-dir=/d${i}::data`)
  assert.equal((await run(options, 'names')).stdout.split('\n').length, 20)
  assert.equal((await run(options, 'read', '/d19/hello.txt')).stdout, 'hello')
})

for (const [options, path] of [
  [['--dir=.'], 'data/hello.txt'],
  [['--dir=data'], 'data/hello.txt'],
  [['--dir=data::ro'], 'data/hello.txt'],
  [['--map-dir=/srv::data'], '/srv/hello.txt'],
  [['--map-dir=/srv/www::data::ro'], '/srv/www/sub/../hello.txt'],
  [['--map-dir=/::data'], '/hello.txt'],
] as const) {
  test(`${options.join(' ')}: ${path} can be read`, async () => {
    assert.deepEqual(await run(options, 'read', path), { exit: 0, stdout: 'hello', stderr: '' })
  })
}

for (const path of ['data/../secret.txt', 'data/way-out', '/etc/passwd', 'data/sub/../../secret.txt']) {
  test(`--dir=data: ${path} cannot be read`, async () => {
    const { exit, stdout } = await run(['--dir=data'], 'read', path)
    assert.equal(exit, 1)
    assert.ok(!stdout.includes('secret'), stdout)
  })
}

test('what is written is there; in a directory for reading only it is not', async () => {
  assert.deepEqual(await run(['--dir=data'], 'write', 'data/new.txt', 'new'), { exit: 0, stdout: '', stderr: '' })
  assert.equal(readFileSync(join(root, 'data/new.txt'), 'utf8'), 'new')
  assert.equal((await run(['--dir=data'], 'mkdir', 'data/made')).exit, 0)
  assert.ok(existsSync(join(root, 'data/made')))
  for (const words of [
    ['write', 'data/new.txt', 'x'],
    ['write', 'data/newer.txt', 'x'],
    ['mkdir', 'data/more'],
  ]) {
    const { exit, stdout } = await run(['--dir=data::ro'], ...words)
    assert.deepEqual([exit, stdout], [1, 'Read-only file system'])
  }
  assert.equal(readFileSync(join(root, 'data/new.txt'), 'utf8'), 'new')
})

test('a directory that is not there, or none, ends the command before the program starts', async () => {
  for (const [option, message] of [
    ['--dir=missing', 'error while pre-opening directory missing: no such file or directory'],
    ['--dir=secret.txt', 'error while pre-opening directory secret.txt: not a directory'],
    ['--map-dir=/x::missing', 'error while pre-opening mapped directory missing: no such file or directory'],
    ['--map-dir=/x::', 'error while pre-opening mapped directory : no such file or directory'],
  ] as const) {
    assert.deepEqual(await run([option], 'names'), { exit: 255, stdout: '', stderr: `iwasm: ${message}` })
  }
})
