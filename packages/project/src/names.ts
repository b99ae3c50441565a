const NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,62}$/;
const LONGEST = 63;

/** Names that Windows keeps for devices: a file of that name cannot be made there. */
const DEVICES = new Set(
  ['con', 'prn', 'aux', 'nul'].concat(
    Array.from({ length: 9 }, (_, i) => [`com${i + 1}`, `lpt${i + 1}`]).flat(),
  ),
);

/** Whether a name may stand in a path, a view and a command line alike. */
export const isName = (text: string): boolean => NAME.test(text) && !DEVICES.has(text.toLowerCase());

/** An allowed name close to what was written: letters of other scripts go, everything else becomes `_`. */
export function proposedName(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9_-]+/g, '_')
    .replaceAll(/^[_-]+|[_-]+$/g, '')
    .slice(0, LONGEST - 1);
  if (plain === '') return 'node';
  return isName(plain) ? plain : `_${plain}`;
}
