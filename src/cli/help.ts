export const HELP = `Usage: iwasm [options] FILE [arguments of the program]

Runs a WebAssembly program that uses WASI and Berkeley sockets, with only the network authority that is granted here.

Network (everything that is not granted is refused):
  --addr-pool=ADDRESS/PREFIX[,...]  addresses the program may bind and connect to, send to and join, as CIDR blocks:
                                    --addr-pool=127.0.0.1/32,192.0.2.0/24,::1/128 (repeatable; default: none)
  --allow-resolve=PATTERN           names the program may look up: domain.com, *.example.com (all names below
                                    example.com), or * (repeatable; default: none)
  --listen=ADDRESS:PORT             a listening socket as the program's next descriptor behind its directories;
                                    for programs that can accept and not bind (repeatable)
  --allow-device=NAME               a network interface that a socket may be tied to with SO_BINDTODEVICE (repeatable)
  --allow-abstract=NAME             an abstract name of a Unix-domain socket, or * for all (repeatable)

Files (none but these):
  --dir=DIR                         a directory with all below it, under the same name; DIR::ro for reading only
                                    (repeatable)
  --map-dir=GUEST::HOST             the directory HOST under the name GUEST; also with ::ro (repeatable)

Program:
  --env=KEY=VALUE                   an environment variable (repeatable; the host's are not passed on)
  -f NAME, --function NAME          call this export with the arguments, print its result, and do not run the program
  --repl                            read lines 'FUNCTION ARGUMENT...' from standard input and call each
  --max-threads=N                   threads besides the first one (default: 4)
  --busy-poll=MICROSECONDS          look so long for what the program waits for before its thread sleeps (default: 0)
  --timeout=MS                      end the program after so many milliseconds (default: no limit)

Messages:
  -v=N                              0 errors only, 1 refusals too, 2 warnings too (default), up to 5
  --help, -h                        this text
  --version                         the version

Accepted for scripts made for other runtimes, without effect: --interp, --stack-size=BYTES, --heap-size=BYTES,
--native-lib=FILE.

Exit code: the program's own (modulo 256); 1 after a trap or a usage error; 255 if the module,
or something that it was granted, cannot be had.
`

export const BERTH_HELP = `Usage: berth run [options] FILE [arguments of the program]
       berth cc | c++ [clang options] FILE...   compile and link programs that use sockets
       berth ar | ranlib [options] FILE...      the archiver of the same compiler
       berth cmake-toolchain                    the path of a toolchain file for CMake
       berth --help | --version

'berth run' takes the options of iwasm:

`
