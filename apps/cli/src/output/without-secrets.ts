/** What looks like a token: those of libSQL are JSON web tokens. */
const TOKEN = /eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/gu;
/** A value beside the name of a secret, as in a setting or a URL; the name of a variable is none. */
const NAMED = /((?:auth_?token|password)["']?\s*[:=]\s*["']?)(?!\$\{)[^\s"'&,})]+/giu;
const USER = /(\w:\/\/)[^\s/@:]+:[^\s/@]+@/gu;

/** A text for people or logs, without the tokens and passwords that stand in it: lines of a file may hold some. */
export const withoutSecrets = (text: string): string =>
  text.replaceAll(TOKEN, '…').replaceAll(NAMED, '$1…').replaceAll(USER, '$1…@');
