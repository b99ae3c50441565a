/** A name as SQL spells it whatever is in it. */
export const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
