/**
 * The headers compile in every dialect, alone, before and after the system's headers, with every toolchain there is and all
 * warnings being errors; so do the library's sources.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { HEADERS, libraryFiles, toolchains } from './toolchains.mjs'

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
/** A program that knows nothing of WASI: every header is Linux's, and brings what it brings there. */
const USE_LINUX = `
int use_linux(struct msghdr *message, struct mmsghdr *many, struct group_source_req *group, struct tcp_info *info);
int use_linux(struct msghdr *message, struct mmsghdr *many, struct group_source_req *group, struct tcp_info *info) {
  struct sockaddr_un path = { AF_UNIX, { 0 } };
  struct sockaddr_in6 v6 = { AF_INET6, 0, 0, IN6ADDR_LOOPBACK_INIT, 1 };
  struct sockaddr_in v4 = { AF_INET, 0, { INADDR_ANY }, { 0 } };
  struct ip_mreqn index = { { 0 }, { 0 }, 1 };
  struct in6_pktinfo where = { IN6ADDR_ANY_INIT, 2 };
  struct linger linger = { 1, 0 };
  int pair[2], sum = socketpair(AF_LOCAL, SOCK_SEQPACKET | SOCK_CLOEXEC, PF_UNSPEC, pair);
  struct cmsghdr *cmsg;
  for (cmsg = CMSG_FIRSTHDR(message); cmsg; cmsg = CMSG_NXTHDR(message, cmsg))
    sum += *CMSG_DATA(cmsg) + (int)CMSG_LEN(sizeof where) + (int)CMSG_SPACE(sizeof(int));
  sum += sendmmsg(3, many, 1, MSG_MORE | MSG_OOB) + recvmmsg(3, many, 1, MSG_WAITFORONE, (struct timespec *)0);
  sum += setsockopt(3, SOL_TCP, TCP_USER_TIMEOUT, &linger, sizeof linger);
  sum += setsockopt(3, IPPROTO_IP, MCAST_JOIN_SOURCE_GROUP, group, sizeof *group);
  sum += connect(3, (const struct sockaddr *)&path, sizeof path) + (int)v6.sin6_addr.s6_addr32[0] + v4.sin_zero[0];
  return sum + group->gsr_group.ss_family + info->tcpi_state + index.imr_ifindex + (int)sizeof(struct ucred) + SO_BINDTODEVICE;
}
`
const SIZES = `
#define SIZE(type, size) extern char size_of_##type[sizeof(struct type) == size ? 1 : -1]
SIZE(sockaddr, 16); SIZE(sockaddr_in, 16); SIZE(sockaddr_in6, 28); SIZE(sockaddr_un, 110); SIZE(sockaddr_storage, 128);
SIZE(msghdr, 28); SIZE(mmsghdr, 32); SIZE(cmsghdr, 12); SIZE(in_pktinfo, 12); SIZE(in6_pktinfo, 20); SIZE(ip_mreqn, 12);
`
const LINUX = [
  'sys/types.h',
  'sys/socket.h',
  'sys/un.h',
  'netinet/in.h',
  'netinet/tcp.h',
  'netinet/udp.h',
  'netinet/ip.h',
]

const PROGRAMS = {
  linux: include(LINUX) + USE_LINUX + SIZES,
  linux_reversed: include([...LINUX].reverse()) + USE_LINUX + SIZES,
  ...Object.fromEntries(
    HEADERS.map((path) => path.slice('include/'.length)).map((name) => [
      `only_${name.replace(/\W/g, '_')}`,
      include([name, name]),
    ]),
  ),
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
      test(`headers as ${standard}`, async () => {
        const extension = standard.includes('+') ? 'cc' : 'c'
        const named = ([name, text]) => [`${name}.${extension}`, text]
        const programs = Object.entries(PROGRAMS)
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
        const files = { ...libraryFiles('original'), ...libraryFiles('full') }
        const names = Object.keys(files).filter((path) => path.endsWith('.c'))
        const result = await toolchain.compile(
          [`-std=${standard}`, ...WARNINGS, '-Isrc', '-fsyntax-only', ...names],
          files,
        )
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
