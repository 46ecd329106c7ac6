import { runCommand } from './command.ts'

runCommand('berth')
