/** Cases as the results have them. */

/** @param {object} [more] */
export function entry(more) {
  return {
    group: 'TCP',
    name: 'ping-pong',
    unit: 'µs',
    better: 'lower',
    target: { ratioAtMost: 1.15 },
    baseline: 'native',
    labels: {},
    failures: {},
    figures: { native: [10, 20, 40], berth: [11, 24, 40] },
    rounds: 3,
    date: '2026-12-01T10:00:00.000Z',
    commit: 'abc1234',
    ...more,
  }
}

export const HERE = {
  machine: { cpu: 'a CPU', cores: 2, memoryGiB: 24, arch: 'x64' },
  network: 'own namespace, cubic',
  versions: {
    berth: '0.1.0',
    node: '20.20.2',
    v8: '11.3',
    koffi: '3.3.4',
    kernel: '6.18.44-local',
    libc: 'glibc 2.41',
    cc: null,
    clang: '22.0.0',
  },
  missing: ['iwasm', 'wasmtime', 'wasmedge'],
}

export const MEASURED = { date: '2026-12-01T09:00:00.000Z', commit: 'abc1234' }
