/** The guest's own allocator: what the module exports, where the types are these. Addresses may arrive signed. */
export interface Allocator {
  readonly malloc?: ((sizeBytes: number) => number) | undefined
  readonly free?: ((block: number) => void) | undefined
  /** C's `aligned_alloc`, or `memalign`, which has the same type. */
  readonly alignedAlloc?: ((alignment: number, sizeBytes: number) => number) | undefined
}

/** `sizeof(void *)` of the guest: POSIX wants no smaller alignment. */
const POINTER_BYTES = 4

/**
 * Allocates what the guest's `free` can take back, which an aligned address inside a larger block is not. So a module that
 * exports only `malloc` gets what that gives by itself: 8 or 16 in C libraries, more by luck. (To try on until a block lies
 * right was measured with WASI libc: in a used heap, 8 attempts fail at 64 in seven cases of ten.)
 * @returns an address divisible by `alignment`; 0 if that is no power of two of at least {@link POINTER_BYTES}, or cannot
 * be had
 */
export function allocateAligned(allocator: Allocator, alignment: number, sizeBytes: number): number {
  const { malloc, free, alignedAlloc } = allocator
  const isAligned = (block: number): boolean => block % alignment === 0
  if (alignment < POINTER_BYTES || (alignment & (alignment - 1)) !== 0) return 0
  const block = (alignedAlloc?.(alignment, sizeBytes) ?? malloc?.(sizeBytes) ?? 0) >>> 0
  if (isAligned(block)) return block
  free?.(block)
  return 0
}
