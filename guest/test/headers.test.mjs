/**
 * The headers compile in every dialect, alone, before and after the system's headers, with every toolchain there is and all
 * warnings being errors; so do the library's sources.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { SOURCES, toolchains } from './toolchains.mjs'

const WARNINGS = [
  '-Wall',
  '-Wextra',
  '-Wpedantic',
  '-Wconversion',
  '-Wsign-conversion',
  '-Wshadow',
  '-Wundef',
  '-Werror',
]
const C = ['c99', 'c11', 'c17', 'c23', 'gnu99', 'gnu17', 'gnu23']
const CXX = ['c++11', 'c++14', 'c++17', 'c++20']

const SYSTEM = ['sys/types.h', 'netinet/tcp.h', 'sys/socket.h', 'netinet/in.h', 'arpa/inet.h', 'sys/uio.h', 'errno.h']
const OURS = ['wasi_socket_ext.h', 'wasi_socket_raw.h']
const include = (names) => names.map((name) => `#include <${name}>\n`).join('')

/** Something from every part of the header, so that a macro that expands to nonsense is noticed. */
const USE_EXT = `
int use(struct addrinfo *info, struct ip_mreq *v4, struct ipv6_mreq *v6);
int use(struct addrinfo *info, struct ip_mreq *v4, struct ipv6_mreq *v6) {
  int sum = info->ai_flags + (int)v4->imr_interface.s_addr + (int)v6->ipv6mr_interface;
  sum += MSG_TRUNC + MSG_PEEK + MSG_NOSIGNAL + SOMAXCONN + SO_RCVTIMEO + TCP_NODELAY + IP_TTL + IPV6_V6ONLY;
  sum += accept4(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), (struct sockaddr *)0, (socklen_t *)0, SOCK_NONBLOCK);
  return sum + EAI_NONAME + AI_NUMERICSERV + (gai_strerror(EAI_AGAIN) != (const char *)0);
}
`
const USE_RAW = `
__wasi_errno_t use_raw(__wasi_addr_t *addr);
__wasi_errno_t use_raw(__wasi_addr_t *addr) { addr->kind = IPv4; return __wasi_sock_bind(3, addr); }
`
const PROGRAMS = {
  alone: include(['wasi_socket_ext.h']) + USE_EXT,
  raw_alone: include(['wasi_socket_raw.h']) + USE_RAW,
  before: include(OURS) + include(SYSTEM) + USE_EXT + USE_RAW,
  reversed: include([...OURS].reverse()) + include(OURS) + USE_EXT + USE_RAW,
  after: include(SYSTEM) + include(OURS) + USE_EXT + USE_RAW,
}

for (const toolchain of toolchains()) {
  describe(toolchain.name, () => {
    before(() => toolchain.open())
    after(() => toolchain.close())

    for (const standard of [...C, ...CXX]) {
      test(`headers as ${standard}`, async (t) => {
        const extension = standard.includes('+') ? 'cc' : 'c'
        const named = ([name, text]) => [`${name}.${extension}`, text]
        const system = await toolchain.compile([`-std=${standard}`, '-fsyntax-only', `system.${extension}`], {
          [`system.${extension}`]: include(SYSTEM),
        })
        const programs = Object.entries(PROGRAMS).filter(([name]) => name !== 'after' || system.ok)
        // C99 and the libc of 2022: see the comment at the head of wasi_socket_ext.h
        if (!system.ok) t.diagnostic(`the system headers alone do not compile as ${standard}; so not after them`)
        const files = Object.fromEntries(programs.map(named))
        const result = await toolchain.compile(
          [`-std=${standard}`, ...WARNINGS, '-fsyntax-only', ...Object.keys(files)],
          files,
        )
        assert.equal(result.messages, '')
        assert.ok(result.ok)
      })
    }

    for (const standard of ['c99', 'gnu23']) {
      test(`sources as ${standard}`, async () => {
        const names = SOURCES.filter((path) => path.endsWith('.c'))
        const files = Object.fromEntries(
          SOURCES.map((path) => [path, readFileSync(new URL(`../${path}`, import.meta.url))]),
        )
        const result = await toolchain.compile([`-std=${standard}`, ...WARNINGS, '-fsyntax-only', ...names], files)
        assert.equal(result.messages, '')
        assert.ok(result.ok)
      })
    }

    test('outside of WASI preview 1 the header says what is wrong', async () => {
      for (const [macro, expected] of [
        ['-U__wasi__', /is for WASI programs/],
        ['-D__wasip2__', /is for WASI preview 1/],
      ]) {
        const result = await toolchain.compile([macro, '-fsyntax-only', 'alone.c'], { 'alone.c': PROGRAMS.alone })
        assert.ok(!result.ok)
        assert.match(result.messages, expected)
      }
    })
  })
}
