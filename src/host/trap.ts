/** The host ends the program as a trap does; `message` is the reason. */
export class Trap extends Error {
  override readonly name = 'Trap'
}
