export const COMPILER_COMMANDS = ['cc', 'c++', 'ar', 'ranlib', 'cmake-toolchain'] as const
export type CompilerCommand = (typeof COMPILER_COMMANDS)[number]

export function isCompilerCommand(word: string): word is CompilerCommand {
  return (COMPILER_COMMANDS as readonly string[]).includes(word)
}
