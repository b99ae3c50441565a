/** Why a query is opaque that nests more deeply than the stack allows. */
export const TOO_DEEP = 'nested too deeply';

/** What `work` gives; where it runs out of stack, what `instead` gives. */
export function withinStack<T>(work: () => T, instead: () => T): T {
  try {
    return work();
  } catch (error) {
    // Nothing else here makes a RangeError.
    if ((error as { readonly name?: unknown }).name !== 'RangeError') throw error;
    return instead();
  }
}
