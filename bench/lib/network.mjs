/**
 * The network in which is measured: a namespace with a loopback interface and nothing else. What a machine does to its packets
 * is not there (a firewall, a congestion control that paces what is sent), so that two machines measure the same.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'

/** What Linux has unless somebody has chosen another. */
const CONGESTION_CONTROL = 'cubic'
const SETTING = '/proc/sys/net/ipv4/tcp_congestion_control'
const PREPARED = `ip link set lo up && echo ${CONGESTION_CONTROL} >${SETTING} && exec "$@"`
/** In the environment of what runs in a network of its own. */
const MARK = 'BERTH_BENCH_NETWORK'
/** The first is enough for root, the second needs a kernel that lets everybody have user namespaces. */
const WAYS = [['--net'], ['--net', '--map-root-user']]

/** The network of this process, in words. */
export function network() {
  const congestionControl = readFileSync(SETTING, 'utf8').trim()
  return process.env[MARK] === 'own' ? `own namespace, ${congestionControl}` : `the machine's, ${congestionControl}`
}

/**
 * Runs this program again in a network of its own, to its end.
 * @returns {Promise<number | undefined>} its exit code; undefined where this process is the one that measures
 */
export async function inOwnNetwork() {
  if (process.env[MARK] !== undefined) return undefined
  const way = WAYS.find((options) => spawnSync('unshare', wrapped(options, ['true'])).status === 0)
  if (way === undefined) return undefined
  const again = [process.execPath, ...process.execArgv, ...process.argv.slice(1)]
  const child = spawn('unshare', wrapped(way, again), { stdio: 'inherit', env: { ...process.env, [MARK]: 'own' } })
  process.on('exit', () => child.kill('SIGTERM'))
  const [code, signal] = await once(child, 'exit')
  return code ?? 128 + constants.signals[signal]
}

function wrapped(options, argv) {
  return [...options, '--', 'sh', '-c', PREPARED, 'sh', ...argv]
}
