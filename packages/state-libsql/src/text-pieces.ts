import { createHash } from 'node:crypto';

/** A piece of a text, and the hash that names it. */
export interface Piece {
  readonly hash: string;
  readonly bytes: Buffer;
}

const LEAST_BYTES = 4096;
const MOST_BYTES = 65_536;
/** A cut is where this many bits of the rolling hash are zero: one byte in 16,384. */
const ZERO_BITS = 14;

/** A number for each value of a byte, all bits of it mixed. */
const GEAR: Int32Array = Int32Array.from({ length: 256 }, (_, value) =>
  createHash('sha256').update(`${value}`).digest().readInt32LE(),
);

/**
 * Cuts a text where what stands around the cut says so, so that two texts that differ in one place differ in a
 * piece or two, wherever the place is. At least one piece; joined they are the text in UTF-8.
 *
 * @see Xia, Jiang, Feng, Douglis, Shilane, Hua, Fu, Zhang, Zhou: Ddelta, a deduplication-inspired fast delta
 *   compression approach, Performance Evaluation 79, 2014: the rolling hash ("gear").
 */
export function textPieces(text: string): readonly Piece[] {
  const bytes = Buffer.from(text);
  const pieces: Piece[] = [];
  let start = 0;
  let rolling = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    // Each byte moves out of the hash after 32 more.
    rolling = ((rolling << 1) + (GEAR[bytes[at] ?? 0] ?? 0)) | 0;
    const length = at + 1 - start;
    if (length < LEAST_BYTES || (rolling >>> (32 - ZERO_BITS) !== 0 && length < MOST_BYTES)) continue;
    pieces.push(pieceOf(bytes.subarray(start, at + 1)));
    start = at + 1;
  }
  if (start < bytes.length || pieces.length === 0) pieces.push(pieceOf(bytes.subarray(start)));
  return pieces;
}

const pieceOf = (bytes: Buffer): Piece => ({
  hash: createHash('sha256').update(bytes).digest('base64url').slice(0, 22),
  bytes,
});
