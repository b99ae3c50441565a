const BOOLEAN = /^(?:yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$/;
const DATE =
  /^\d{4}-\d\d?-\d\d?(?:(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?[ \t]*(?:Z|[-+]\d\d?(?::?\d\d)?)?)?$/;
const OCTAL = /^[-+]?0[0-7_]+$/;
const SEXAGESIMAL = /^[-+]?[1-9][0-9_]*(?::[0-5]?\d)+(?:\.[0-9_]*)?$/;
const UNDERSCORED = /^[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*(?:\.[0-9_]*)?)$/;

/**
 * What YAML 1.1 (PyYAML, Ruby) makes of a plain scalar, where YAML 1.2 makes something else of it: `NO` is
 * false there and text here. Null where both agree.
 */
export function readBefore(plain: string): string | null {
  if (BOOLEAN.test(plain)) return /^(?:yes|on)$/i.test(plain) ? 'the boolean true' : 'the boolean false';
  if (DATE.test(plain)) return plain.length > 10 ? 'a timestamp' : 'a date';
  if (OCTAL.test(plain)) return 'an octal number';
  if (SEXAGESIMAL.test(plain)) return 'a number to the base 60';
  if (UNDERSCORED.test(plain) && (plain.includes('_') || plain.includes('0b'))) return 'a number';
  if (/^0o[0-7]+$/.test(plain)) return 'text';
  return null;
}
