/** Thrown where node-sql-parser's tree and the text disagree, or either is not understood; caught at the top. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

export function refuse(reason: string): never {
  throw new Refusal(reason);
}
