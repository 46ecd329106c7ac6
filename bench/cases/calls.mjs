/** What one call costs on this machine: natively, through the FFI alone, and as a guest's. It explains the other ratios. */
import { everywhere, measured } from '../lib/sides.mjs'

const CALLS = 500_000

/** @param {import('../lib/case.mjs').Tools} tools */
export async function cases(tools) {
  const programs = await everywhere(tools, 'call', { iwasm: true })
  const everyone = { ...programs, ffi: (args) => tools.node('call_ffi', args) }
  return [
    {
      group: 'calls',
      name: 'getsockopt of a flag',
      unit: 'ns',
      better: 'lower',
      labels: { ffi: 'FFI alone' },
      sides: measured(everyone, (argv) => tools.figure(argv([CALLS]), { core: 0 })),
    },
  ]
}
