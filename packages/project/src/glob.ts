/** Whether a path has the signs of a pattern. */
export const isGlob = (path: string): boolean => /[*?[\]{}]/.test(path);

/**
 * A pattern over paths with forward slashes: `*` and `?` within a name, `**` over any number of folders,
 * `[ab]` and `{a,b}`. Names that begin with a dot are matched only by a dot.
 */
export function globPattern(glob: string): RegExp {
  let source = '';
  let braces = 0;
  for (let i = 0; i < glob.length; i += 1) {
    const rest = glob.slice(i);
    const character = glob[i] as string;
    const atStart = i === 0 || glob[i - 1] === '/';
    const set = /^\[(!?)([^\]/]+)\]/.exec(rest);
    if (atStart && rest.startsWith('**/')) {
      source += '(?:(?!\\.)[^/]+/)*';
      i += 2;
    } else if (atStart && rest === '**') {
      source += '(?:(?!\\.)[^/]+/)*(?!\\.)[^/]+';
      i += 1;
    } else if (character === '*') source += `${atStart ? '(?!\\.)' : ''}[^/]*`;
    else if (character === '?') source += `${atStart ? '(?!\\.)' : ''}[^/]`;
    else if (set !== null) {
      source += `[${set[1] === '!' ? '^/' : ''}${(set[2] as string).replaceAll(/[\\^\]]/g, '\\$&')}]`;
      i += set[0].length - 1;
    } else if (character === '{' && rest.includes('}')) {
      source += '(?:';
      braces += 1;
    } else if (character === '}' && braces > 0) {
      source += ')';
      braces -= 1;
    } else if (character === ',' && braces > 0) source += '|';
    else source += character.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  }
  return new RegExp(`^${source}$`);
}

/** The folder a pattern cannot match outside of: what stands before its first sign. */
export const globRoot = (glob: string): string =>
  glob
    .split('/')
    .slice(0, -1)
    .join('/')
    .replace(/(?:^|\/)[^/]*[*?[\]{}].*$/, '');
