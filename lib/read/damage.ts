/** Why a stream cannot be read on. What turns it into a {@link ReadError} knows where the stream came from. */
export class Damage extends Error {
  override readonly name = 'Damage';
}
