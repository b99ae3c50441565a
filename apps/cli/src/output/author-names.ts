/** The values of a run by the names that the author wrote: canonical SQL has words of its own for them. */
export const withAuthorNames = (line: string): string => line.replaceAll(/__seeknal_(\w+?)__/gu, '{{ $1 }}');
